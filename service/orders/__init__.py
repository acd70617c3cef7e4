"""Draft orders from the store, and their files."""
