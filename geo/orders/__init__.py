"""Draft orders: what a person needs to make the legal act, never the act itself."""
