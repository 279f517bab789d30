"""Plays scenarios against a server over HTTP. Names no resource type."""
