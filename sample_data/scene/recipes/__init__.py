"""Recipes of the scene's shapes; they need Blender's Python module and run only to remake the GLB files."""
