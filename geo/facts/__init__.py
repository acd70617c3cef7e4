"""Slot facts: counts, exposures and occupancy per bay, kind of day, slot and class."""
