"""Suggestions: which change of a time rule is worth its signs, how sure that is, and why."""
