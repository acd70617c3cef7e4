"""Intercommunal bodies (EPCI): groups of communes with a SIREN, from the file of communes or a list."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from geo.communes_codes import commune_code, tidy_code
from geo.communes_fields import NOT_TOLD, SIREN_PATTERN
from geo.csv_rows import first_cell, read_rows
from geo.errors import InvalidFile, InvalidInput
from geo.inventory.found import Note
from geo.words import is_insee

if TYPE_CHECKING:
    from geo.csv_rows import Row

SIRENS = ("siren", "n_siren", "code_siren", "siren_epci", "code_epci", "epci")
NAMES = (
    "raison_sociale",
    "name",
    "nom",
    "nom_officiel",
    "nom_du_groupement",
    "nom_epci",
    "libepci",
)
KINDS = ("nature_juridique", "kind", "nature", "nature_epci", "type_epci")
MEMBERS = ("insee", "members", "membres", "code_insee", "codgeo", "insee_membre", "insee_com")
"""Columns, as ``geo.csv_rows`` names them.

DGCL: ``siren, raison_sociale, nature_juridique, insee``; Banatic: ``N° SIREN, Nom du groupement, Nature juridique``;
INSEE: ``EPCI, LIBEPCI, CODGEO``; Admin Express: ``code_siren, nom(_officiel), nature``.
"""

OWN_TAX = ("CC", "CA", "CU", "ME", "METRO", "MET69", "COMMUNAUTE", "METROPOLE")
OTHER_KINDS = ("EPT", "SI", "SM", "PETR", "POLEM", "ETABLISSEMENT PUBLIC TERRITORIAL", "SYNDICAT")
"""How kinds with and without taxation of their own begin (CGCT L5211-1 and following; labels of DGCL, IGN).

The métropole de Lyon (MET69) is no EPCI but taxes in its place; the territories of Grand Paris (EPT) do not tax.
"""


@dataclass(frozen=True)
class Group:
    """An intercommunal body."""

    siren: str
    name: str
    kind: str | None
    """Legal kind as its file writes it: CA, CC, CU, Métropole …; None where it does not."""
    members: tuple[str, ...]
    """INSEE codes of its communes, in order."""


@dataclass(frozen=True)
class Contradiction:
    """A commune that is said to be in several groups with taxation of their own; the law allows one."""

    insee: str
    sirens: tuple[str, ...]


@dataclass(frozen=True)
class GroupsRead:
    """What a file told of groups."""

    groups: tuple[Group, ...] = ()
    refused: tuple[Note, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    nameless: Mapping[str, int] = field(default_factory=dict)
    """How many communes name a SIREN that the table of groups does not; such groups are left out."""


@dataclass
class _Draft:
    name: str
    kind: str | None
    members: set[str] = field(default_factory=set)


def is_siren(text: str) -> bool:
    """Tell whether a text is a SIREN: nine digits of which the last checks the others (Luhn; INSEE)."""
    if not re.fullmatch(SIREN_PATTERN, text, re.ASCII):
        return False
    doubled = [int(c) * (2 if i % 2 else 1) for i, c in enumerate(reversed(text))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0  # noqa: PLR2004 - sum of two digits


def check_siren(text: str | None) -> str:
    """Return a SIREN without spaces.

    Raises
    ------
    InvalidInput
        It is none.
    """
    siren = re.sub(r"\s|\.0$", "", text or "")
    if not is_siren(siren):
        raise InvalidInput(
            f"siren is {text!r}: wanted nine digits with their check digit, such as 200054781"
        )
    return siren


def has_own_tax(kind: str | None) -> bool | None:
    """Tell whether groups of a kind tax for themselves; None where the kind is not known."""
    if kind is None:
        return None
    letters = unicodedata.normalize("NFKD", kind.upper())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    if plain.startswith(OTHER_KINDS):
        return False
    return True if plain.startswith(OWN_TAX) else None


def read_groups(data: bytes) -> GroupsRead:
    """Read groups from CSV: a row for each member, or for each group with its members in one cell.

    A row that cannot be taken is refused with a reason, 1 being the first after the header, and the rest is read.

    Raises
    ------
    InvalidFile
        The file is no CSV, or lacks the columns for SIREN, name or members.
    """
    rows = read_rows(data)
    for names in (SIRENS, NAMES, MEMBERS):
        if rows and not set(names) & set(rows[0]):
            raise InvalidFile(
                f"the file has the columns {', '.join(rows[0])}: wanted one of {', '.join(names)}"
            )
    drafts: dict[str, _Draft] = {}
    refused: list[Note] = []
    for number, row in enumerate(rows, start=1):
        try:
            _add(drafts, row)
        except InvalidInput as error:
            refused.append(Note(number, error.code, str(error)))
    return _read(drafts, refused)


def groups_of(
    members: Iterable[tuple[str, Sequence[str]]], table: Iterable[Mapping[str, object]]
) -> GroupsRead:
    """Return the groups of a file of communes.

    Parameters
    ----------
    members
        INSEE code of each commune, with the SIREN that its row names.
    table
        Rows of the file's table of groups; their SIREN, name and kind under the columns listed above.
    """
    drafts: dict[str, _Draft] = {}
    refused: list[Note] = []
    for number, given in enumerate(table, start=1):
        row = {name.lower(): _text(value) for name, value in given.items()}
        try:
            siren = check_siren(first_cell(row, SIRENS))
            drafts[siren] = _Draft(_name(row, siren), first_cell(row, KINDS))
        except InvalidInput as error:
            refused.append(Note(number, error.code, str(error)))
    nameless: dict[str, int] = {}
    for insee, named in members:
        for siren in named:
            if siren in drafts:
                drafts[siren].members.add(commune_code(insee))
            else:
                nameless[siren] = nameless.get(siren, 0) + 1
    return replace(_read(drafts, refused), nameless=nameless)


def contradictions(groups: Iterable[Group]) -> tuple[Contradiction, ...]:
    """Return the communes that several groups with taxation of their own name; unknown kinds accuse nobody."""
    found: dict[str, list[str]] = {}
    for group in groups:
        if has_own_tax(group.kind):
            for insee in group.members:
                found.setdefault(insee, []).append(group.siren)
    return tuple(
        Contradiction(insee, tuple(sorted(sirens)))
        for insee, sirens in sorted(found.items())
        if len(sirens) > 1
    )


def _add(drafts: dict[str, _Draft], row: Row) -> None:
    siren = check_siren(first_cell(row, SIRENS))
    codes = [tidy_code(int(c) if c.isdigit() else c) for c in _split(first_cell(row, MEMBERS))]
    wrong = [code for code in codes if not is_insee(code)]
    if wrong or not codes:
        raise InvalidInput(
            f"members are {', '.join(map(repr, wrong)) or 'none'}: wanted INSEE codes such as 92050 or 2A004"
        )
    draft = drafts.get(siren) or _Draft(_name(row, siren), first_cell(row, KINDS))
    drafts.setdefault(siren, draft).members.update(map(commune_code, codes))


def _split(cell: str | None) -> list[str]:
    return [part for part in re.split(r"[\s,;/|]+", cell or "") if part]


def _name(row: Row, siren: str) -> str:
    name = first_cell(row, NAMES)
    if name is None:
        raise InvalidInput(f"group {siren} has no name: wanted one")
    return name


def _text(value: object) -> str:
    text = "" if value is None else str(value).strip()
    return "" if text.upper() in NOT_TOLD else text


def _read(drafts: Mapping[str, _Draft], refused: Sequence[Note]) -> GroupsRead:
    groups = tuple(
        Group(siren, draft.name, draft.kind, tuple(sorted(draft.members)))
        for siren, draft in sorted(drafts.items())
        if draft.members
    )
    return GroupsRead(groups, tuple(refused), contradictions(groups))
