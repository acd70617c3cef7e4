"""The read side for desktop GIS: OGC API - Features, Part 1, 1.0.1."""
