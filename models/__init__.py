"""The detector: trusted weights, how to read them, and the recipes that make them."""
