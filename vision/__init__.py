"""The edge: camera frames in, stays and coverage out."""
