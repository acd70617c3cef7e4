"""An invented quarter of eleven communes with streets, bays and time rules, and the code that makes it."""
