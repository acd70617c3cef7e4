"""The files of the product: a schema for each, and whether a file keeps to its own."""
