"""The commands that bring other detectors: pull, import, export, train, compare, quantise."""
