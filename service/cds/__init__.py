"""The CDS 1.1 interface: events pushed by devices."""
