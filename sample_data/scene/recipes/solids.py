"""Simple solids and named finishes, built with Blender's Python module."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Any

import bmesh
import bpy

Point = tuple[float, float, float]
Face = tuple[int, ...]
Turn = tuple[float, float, float]

SMOOTH_LEVELS = 2
"""Levels of Catmull-Clark subdivision of a smooth body."""


@dataclass(frozen=True)
class Finish:
    """How a surface looks; the page may replace it by name."""

    rgb: Point
    roughness: float = 0.5
    metallic: float = 0.0
    coat: float = 0.0


FINISHES = {
    "paint": Finish((0.6, 0.6, 0.6), 0.28, 0.1, 1.0),
    "box": Finish((0.74, 0.75, 0.76), 0.42, 0.0, 0.2),
    "stripe": Finish((0.02, 0.06, 0.25), 0.35),
    "glass": Finish((0.012, 0.015, 0.018), 0.04, 0.0, 1.0),
    "tyre": Finish((0.012, 0.012, 0.013), 0.85),
    "rim": Finish((0.45, 0.46, 0.48), 0.3, 0.9),
    "plastic": Finish((0.02, 0.02, 0.022), 0.55),
    "dark": Finish((0.004, 0.004, 0.004), 0.95),
    "lamp": Finish((0.85, 0.87, 0.9), 0.08, 0.2, 1.0),
    "tail": Finish((0.45, 0.01, 0.008), 0.12, 0.0, 1.0),
    "plate": Finish((0.8, 0.8, 0.76), 0.4),
    "metal": Finish((0.55, 0.56, 0.58), 0.35, 0.8),
    "steel": Finish((0.16, 0.16, 0.17), 0.5, 0.5),
    "skin": Finish((0.5, 0.3, 0.22), 0.6),
    "cloth": Finish((0.05, 0.12, 0.35), 0.8),
    "trousers": Finish((0.03, 0.03, 0.05), 0.85),
    "hair": Finish((0.03, 0.02, 0.015), 0.8),
    "helmet": Finish((0.8, 0.8, 0.8), 0.3),
    "asphalt": Finish((0.055, 0.056, 0.058), 0.9),
    "patch": Finish((0.035, 0.035, 0.037), 0.9),
    "paving": Finish((0.16, 0.155, 0.145), 0.9),
    "square": Finish((0.24, 0.22, 0.19), 0.9),
    "joint": Finish((0.1, 0.1, 0.095), 0.9),
    "kerb": Finish((0.28, 0.28, 0.27), 0.85),
    "line": Finish((0.6, 0.6, 0.58), 0.7),
    "yellow": Finish((0.58, 0.38, 0.04), 0.7),
    "manhole": Finish((0.05, 0.048, 0.045), 0.6, 0.6),
    "window": Finish((0.02, 0.025, 0.03), 0.05, 0.0, 0.5),
    "frame": Finish((0.55, 0.54, 0.5), 0.6),
    "door": Finish((0.08, 0.05, 0.03), 0.5),
    "roof": Finish((0.07, 0.075, 0.085), 0.7),
    "pole": Finish((0.08, 0.09, 0.09), 0.5, 0.6),
    "sign": Finish((0.02, 0.05, 0.4), 0.4),
    "bark": Finish((0.07, 0.05, 0.035), 0.9),
    "leaf": Finish((0.04, 0.09, 0.02), 0.8),
    "facade0": Finish((0.26, 0.22, 0.17), 0.9),
    "facade1": Finish((0.31, 0.29, 0.25), 0.9),
    "facade2": Finish((0.20, 0.10, 0.07), 0.9),
    "facade3": Finish((0.34, 0.30, 0.24), 0.9),
    "shop0": Finish((0.03, 0.08, 0.06), 0.5),
    "shop1": Finish((0.15, 0.03, 0.03), 0.5),
    "shop2": Finish((0.04, 0.05, 0.12), 0.5),
    "shop3": Finish((0.30, 0.27, 0.20), 0.5),
}
"""Colours are linear RGB in 0..1, chosen by eye."""


def new_stage() -> None:
    """Empty Blender's scene."""
    bpy.ops.wm.read_factory_settings(use_empty=True)


def solid(
    vertices: Sequence[Point],
    faces: Sequence[Face],
    finishes: Sequence[str],
    face_finish: Sequence[int] = (),
) -> Any:
    """Add a mesh with outward normals and give its Blender object; `face_finish` indexes `finishes` by face."""
    mesh = bpy.data.meshes.new("solid")
    mesh.from_pydata(vertices, [], faces)
    for name in finishes:
        mesh.materials.append(_material(name))
    for polygon, index in zip(mesh.polygons, face_finish, strict=False):
        polygon.material_index = index
    mesh.validate()
    _turn_outward(mesh)
    added = bpy.data.objects.new("solid", mesh)
    bpy.context.scene.collection.objects.link(added)
    return added


def smooth(added: Any, levels: int = 0) -> None:
    """Shade an object smoothly, after subdividing its surface `levels` times."""
    for polygon in added.data.polygons:
        polygon.use_smooth = True
    if levels:
        added.modifiers.new("smooth", "SUBSURF").levels = levels


def round_edges(added: Any, width_m: float) -> None:
    """Chamfer the sharp edges of an object."""
    if width_m:
        chamfer = added.modifiers.new("edges", "BEVEL")
        chamfer.width, chamfer.segments, chamfer.limit_method = width_m, 2, "ANGLE"


def block(
    centre: Point, size: Point, finish: str, rounded_m: float = 0.0, turn: Turn = (0, 0, 0)
) -> None:
    """Add a box by its centre and full size in metres; `turn` is in radians about x, y and z."""
    x, y, z = (extent / 2 for extent in size)
    vertices = [(a * x, b * y, c * z) for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)]
    faces = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    added = solid(vertices, faces, [finish])
    added.location, added.rotation_euler = centre, turn
    round_edges(added, rounded_m)


def pair(centre: Point, size: Point, finish: str, rounded_m: float = 0.0) -> None:
    """Add a box and its mirror image across the x axis."""
    x, y, z = centre
    block((x, y, z), size, finish, rounded_m)
    block((x, -y, z), size, finish, rounded_m)


def disc(  # noqa: PLR0913 - a cylinder has this many measures
    centre: Point,
    radius_m: float,
    width_m: float,
    finish: str,
    *,
    axis: str = "y",
    sides: int = 24,
    rounded_m: float = 0.0,
) -> None:
    """Add a cylinder along an axis."""
    rim = [
        (cos(2 * pi * i / sides) * radius_m, sin(2 * pi * i / sides) * radius_m)
        for i in range(sides)
    ]
    vertices = [
        (a, b, end) if axis == "z" else (a, end, b)
        for end in (-width_m / 2, width_m / 2)
        for a, b in rim
    ]
    faces: list[Face] = [
        (i, (i + 1) % sides, sides + (i + 1) % sides, sides + i) for i in range(sides)
    ]
    faces += [tuple(range(sides)), tuple(range(sides, 2 * sides))]
    added = solid(vertices, faces, [finish])
    added.location = centre
    round_edges(added, rounded_m)


def ball(centre: Point, radii: Point, finish: str, around: int = 12) -> None:
    """Add an ellipsoid."""
    down = around * 2 // 3
    vertices = [
        (
            centre[0] + radii[0] * sin(pi * j / down) * cos(2 * pi * i / around),
            centre[1] + radii[1] * sin(pi * j / down) * sin(2 * pi * i / around),
            centre[2] + radii[2] * cos(pi * j / down),
        )
        for j in range(down + 1)
        for i in range(around)
    ]
    faces = [
        (
            j * around + i,
            j * around + (i + 1) % around,
            (j + 1) * around + (i + 1) % around,
            (j + 1) * around + i,
        )
        for j in range(down)
        for i in range(around)
    ]
    smooth(solid(vertices, faces, [finish]))


def _material(name: str) -> Any:
    if name in bpy.data.materials:
        return bpy.data.materials[name]
    finish = FINISHES[name]
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    inputs = material.node_tree.nodes["Principled BSDF"].inputs
    inputs["Base Color"].default_value = (*finish.rgb, 1)
    inputs["Roughness"].default_value = finish.roughness
    inputs["Metallic"].default_value = finish.metallic
    inputs["Coat Weight"].default_value = finish.coat
    return material


def _turn_outward(mesh: Any) -> None:
    faces = bmesh.new()
    faces.from_mesh(mesh)
    bmesh.ops.recalc_face_normals(faces, faces=faces.faces)
    faces.to_mesh(mesh)
    faces.free()
