"""A study: some bays, what was seen of them over a period, and all that is needed to judge their rules."""
