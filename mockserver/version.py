"""The version, readable without an import of anything else."""

VERSION = "0.2.0"
