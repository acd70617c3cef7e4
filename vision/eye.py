"""A scene as its camera sees it now: prepared anew only when the frames' size or the camera's move changes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vision.health import moved_scene
from vision.observation import SceneView, prepare
from vision.scene import Scene


class Eye:
    """A scene prepared for frames as they come.

    Parameters
    ----------
    scene
        The view as calibrated.
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._key: tuple[tuple[int, int], bytes] | None = None
        self._view: SceneView | None = None

    def view(self, size_wh: tuple[int, int], moved: NDArray[np.float64] | None) -> SceneView:
        """Return the scene for frames of a size, in pixels, seen by a camera that moved by a matrix (`Finding.moved`)."""
        key = (size_wh, b"" if moved is None else moved.tobytes())
        if self._view is None or key != self._key:
            scene = self._scene if moved is None else moved_scene(self._scene, moved)
            self._view, self._key = prepare(scene, size_wh), key
        return self._view
