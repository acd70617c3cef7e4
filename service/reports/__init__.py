"""A commune's month as files: table, GeoPackage and a two-page document."""
