"""The bench: how fast the edge is, on workloads made here."""
