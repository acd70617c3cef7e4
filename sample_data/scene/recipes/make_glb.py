"""Remakes the scene's GLB files: `python -m sample_data.scene.recipes.make_glb`, in an environment with `bpy==4.5.*`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import bpy

from sample_data.scene.recipes.solids import new_stage
from sample_data.scene.recipes.street import street
from sample_data.scene.recipes.vehicles import RECIPES

FOLDER = Path(__file__).parents[1] / "glb"


def make(name: str, recipe: Callable[[], None]) -> None:
    """Build one shape on an empty stage and write it."""
    new_stage()
    recipe()
    bpy.ops.export_scene.gltf(
        filepath=str(FOLDER / f"{name}.glb"),
        export_format="GLB",
        export_apply=True,
        export_texcoords=False,
    )


if __name__ == "__main__":
    for shape, shape_recipe in {"street": street, **RECIPES}.items():
        make(shape, shape_recipe)
