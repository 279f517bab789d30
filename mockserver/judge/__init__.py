"""Judges one exchange against an edition: findings, laws of its resource objects, coverage.

Names no resource type, speaks no HTTP; the same verdict for a live call, a journal and a HAR.
"""
