"""What a rule would do: the transient loss chain, all windows at once, and an event simulation as a second opinion."""
