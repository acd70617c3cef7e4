"""What to expect: the typical week of a bay, and its next hours."""
