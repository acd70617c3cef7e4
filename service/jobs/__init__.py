"""Jobs that take longer than a request: called by commands and by the demonstration."""
