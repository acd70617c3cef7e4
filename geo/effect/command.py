"""`airelib effect`: what changes of rules did, against bays where nothing changed."""
