"""What only a person can say of an order, and the blanks that stand where nothing was said."""

from __future__ import annotations

import tomllib
from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import ConfigDict, Field, ValidationError

from geo.errors import InvalidFile
from geo.frozen import Frozen

Line = Annotated[str, Field(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\[\]]+$")]
"""A line of text without the brackets that mark blanks."""


class Signer(StrEnum):
    """Whose police power it is: the mayor's, or transferred to the president of the intercommunal body."""

    MAYOR = "maire"
    PRESIDENT = "president_epci"


class OrderFields(Frozen):
    """What a person says, by the names under which it stands in the file and in the blanks; None leaves a blank."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    number: Line | None = Field(None, alias="numero_arrete")
    commune_name: Line | None = Field(None, alias="nom_commune")
    department: Line | None = Field(None, alias="departement")
    service: Line | None = Field(None, alias="service")
    signer: Signer | None = Field(None, alias="qualite_signataire")
    signer_name: Line | None = Field(None, alias="nom_signataire")
    group_name: Line | None = Field(None, alias="nom_epci")
    """Name of the intercommunal body, with its article: ``la communauté d'agglomération de …``."""
    delegation: Line | None = Field(None, alias="arrete_delegation")
    """Order that delegates the signature, where the signer is not the mayor or president in person."""
    opinions: tuple[Line, ...] = Field((), alias="avis")
    """Opinions to be cited, each as it follows ``Vu``."""
    is_departmental: bool | None = Field(None, alias="voie_departementale")
    from_on: date | None = Field(None, alias="date_entree_en_vigueur")
    repealed: tuple[Line, ...] = Field((), alias="arretes_abroges")
    reasons: tuple[Line, ...] = Field((), alias="motifs")
    """Further reasons, each as it follows ``Considérant``."""
    court: Line | None = Field(None, alias="tribunal_administratif")
    """Town of the administrative court."""
    executors: tuple[Line, ...] = Field((), alias="charges_execution")
    place: Line | None = Field(None, alias="lieu_signature")


def blank(name: str, hint: str = "") -> str:
    """Return what stands where a person has still to write."""
    return f"[{name}{f' : {hint}' if hint else ''}]"


def read_fields(data: bytes) -> OrderFields:
    """Read the fields of a commune from TOML.

    Raises
    ------
    InvalidFile
        No TOML, a key that is not known, or a value that cannot be used.
    """
    try:
        return OrderFields.model_validate(tomllib.loads(data.decode()))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InvalidFile(
            f"the settings of the order are no TOML: {error}; wanted key = value lines"
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        known = ", ".join(str(field.alias) for field in OrderFields.model_fields.values())
        raise InvalidFile(
            f"the settings of the order have {where} = {first.get('input')!r}: {first['msg']}; known keys are {known}"
        ) from error
