"""The camera scene: a street of the quarter with its vehicles, timetables, renderer and exact truth."""
