"""The native HTTP interface under /api/v1."""
