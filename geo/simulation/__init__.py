"""A documented demand process: what happens at invented kerbs, and what a device would have seen of it."""
