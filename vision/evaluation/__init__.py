"""How good it is: answers against true states of frames, found stays against true ones, with intervals."""
