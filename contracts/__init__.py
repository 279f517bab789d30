"""The contracts as data; see the README. Nothing is imported from here."""
