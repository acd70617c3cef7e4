"""How commands write files: whole, as the core does."""

from __future__ import annotations

from geo.files.writing import write_whole

__all__ = ["write_whole"]
