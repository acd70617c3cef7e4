"""The commune that a CDS base stands for."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path

from geo.errors import UnknownCommune
from geo.words import Commune, is_insee
from service.context import Ctx
from service.store.bays import get_commune
from service.store.database import reading

InseePath = Annotated[str, Path(description="INSEE code of the commune.", examples=["92024"])]
"""The code in the path of a CDS base; any text, as an unknown one is simply not there."""


def check_insee(insee: str) -> str:
    """Return a code that can be one.

    Raises
    ------
    UnknownCommune
        It has not the form of an INSEE code, so no commune has it.
    """
    if not is_insee(insee):
        raise UnknownCommune(f"no commune has the INSEE code {insee!r}")
    return insee


def commune_of_path(insee: InseePath, context: Ctx) -> Commune:
    """Return the commune of a path."""
    with reading(context.engine) as session:
        return get_commune(session, check_insee(insee))


KnownCommune = Annotated[Commune, Depends(commune_of_path)]
"""The commune of the path, which is known."""
