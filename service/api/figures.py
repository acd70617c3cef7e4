"""Routes of key figures: a commune's month, a bay's typical week."""

from __future__ import annotations

from fastapi import APIRouter

router = APIRouter(prefix="/api/v1", tags=["figures"])
