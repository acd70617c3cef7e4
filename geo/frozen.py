"""The base of all words."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Base of all words: immutable, and refusing fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
