"""The documented life of each resource type, for `mockserver verify`: one module a type.

Plain data and plain functions beside the kinds; none imports a kind, or another life.
"""
