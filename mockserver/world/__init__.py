"""One isolated world and what happens in it: state, clock, ids, journal, access, problems.

Pure Python: this room knows neither HTTP nor JSON Schema, and names no resource type.
"""
