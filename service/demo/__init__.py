"""The demonstration: sample quarter, service and camera worker, running together on one machine."""
