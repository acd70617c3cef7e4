"""Deliveries that establishments are expected to get, by published ratios: a prior, never a measure."""
