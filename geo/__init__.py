"""The kerb: words, places, times and figures of delivery bays, as pure functions."""
