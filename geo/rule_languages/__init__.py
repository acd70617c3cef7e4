"""Time rules in the languages of others: OSM opening hours, Cerema, CDS, CurbLR, sign texts."""
