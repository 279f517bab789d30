"""JSON:API documents as this API writes them: resources, identifiers, pages, inclusion.

Pure Python: from records and replies to plain dicts, and from identifiers in a body to records.
"""
