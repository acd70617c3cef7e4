"""Fixtures of the edge that the acceptance scenes need too."""

from tests.vision.conftest import receiver

__all__ = ["receiver"]
