"""What a change of rule did, against bays where nothing changed."""
