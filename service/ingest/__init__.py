"""From pushed events to facts: stays, seen times and the figures that follow."""
