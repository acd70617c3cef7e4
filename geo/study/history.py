"""Rule history of a bay: listed versions completed so that they cover the whole period."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from geo.errors import AirelibError, InvalidFile
from geo.files.checking import parse_instant
from geo.rules import read_rules
from geo.study.words import RuleVersion
from geo.words import TimeRule

Row = Mapping[str, str]


def read_history(
    rows: Sequence[Row], known: Iterable[str], place: str
) -> dict[str, list[RuleVersion]]:
    """Return the listed versions of each bay in order of time.

    Parameters
    ----------
    rows
        Rows that keep to the schema of ``rule_history.csv``, in any order.
    known
        Identifiers of the bays of the study.
    place
        Name of the file, for errors.

    Raises
    ------
    InvalidFile
        An unknown bay, rules that cannot be read, an empty time, or two versions of a bay that overlap.
    """
    ids = frozenset(known)
    found: dict[str, list[tuple[RuleVersion, int]]] = {}
    for line, row in enumerate(rows, start=2):
        where = f"{place}, line {line}"
        if row["bay_id"] not in ids:
            raise InvalidFile(
                f"{where}, column bay_id: found {row['bay_id']!r}: wanted a bay of bays.geojson"
            )
        found.setdefault(row["bay_id"], []).append((_version(row, where), line))
    return {bay_id: _in_order(versions, place) for bay_id, versions in found.items()}


def completed(
    versions: Sequence[RuleVersion], rules: tuple[TimeRule, ...], start_s: int, end_s: int
) -> tuple[RuleVersion, ...]:
    """Return versions that cover ``[start_s, end_s)``: where none is listed the given rules hold.

    Neighbouring versions of the same rules are one.
    """
    pieces: list[RuleVersion] = []
    at_s = start_s
    for version in versions:
        from_s, to_s = max(version.from_s, start_s), min(version.to_s, end_s)
        if from_s < to_s:
            pieces += [RuleVersion(at_s, from_s, rules), RuleVersion(from_s, to_s, version.rules)]
            at_s = to_s
    pieces.append(RuleVersion(at_s, end_s, rules))
    joined: list[RuleVersion] = []
    for piece in (piece for piece in pieces if piece.from_s < piece.to_s):
        if joined and joined[-1].rules == piece.rules:
            joined[-1] = RuleVersion(joined[-1].from_s, piece.to_s, piece.rules)
        else:
            joined.append(piece)
    return tuple(joined)


def _version(row: Row, where: str) -> RuleVersion:
    try:
        rules = read_rules(json.loads(row["rules"]))
    except (ValueError, AirelibError) as error:
        raise InvalidFile(
            f"{where}, column rules: found {row['rules']!r}: wanted rules as JSON ({error})"
        ) from error
    from_s, to_s = (int(parse_instant(row[name]).timestamp()) for name in ("from", "to"))
    if from_s >= to_s:
        raise InvalidFile(
            f"{where}, column to: found {row['to']!r}: wanted later than {row['from']}"
        )
    return RuleVersion(from_s, to_s, rules)


def _in_order(versions: list[tuple[RuleVersion, int]], place: str) -> list[RuleVersion]:
    versions.sort(key=lambda item: item[0].from_s)
    for (before, first), (after, second) in pairwise(versions):
        if after.from_s < before.to_s:
            raise InvalidFile(
                f"{place}, line {second}: found a version that overlaps that of line {first}: "
                "wanted half-open times that do not overlap"
            )
    return [version for version, _ in versions]
