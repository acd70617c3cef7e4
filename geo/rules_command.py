"""`airelib rules`: what is wrong with the rules of bays, and what applies at an instant."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from geo.errors import AirelibError, InvalidFile, InvalidInput, UnknownBay, UnknownCommune
from geo.rule_languages.command import translate
from geo.vocabulary import Language
from geo.words import is_insee

if TYPE_CHECKING:
    from geo.in_force import DayBook
    from geo.inventory.found import FoundInventory
    from geo.inventory.lint import Finding
    from geo.rules_state import RuleState
    from geo.words import FoundBay, TimeRule

BAD_INPUT = 2
"""Exit status for files that cannot be used, as everywhere in the product."""

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
LANGUAGE = click.option(
    "--lang", "language", type=click.Choice(["fr", "en"]), default="fr", show_default=True
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object, both languages.")


@click.group()
def rules() -> None:
    """Look into the rules of bays: contradictions, and what applies at an instant."""


rules.add_command(translate)


@rules.command("check")
@click.argument("file", type=FILE)
@click.option("--notes", is_flag=True, help="Also list what is unknown or harmless.")
@LANGUAGE
@AS_JSON
@click.pass_context
def check_command(
    ctx: click.Context, file: Path, *, notes: bool, language: Language, as_json: bool
) -> None:
    """Look for contradictions and gaps in the bays of FILE, an inventory in any form that can be imported.

    Lists errors and warnings, and counts findings by code; exits with 2 when there is an error or a refused row.
    """
    from geo.inventory.lint import lint

    read = _read(file)
    found = lint(read.bays)
    if as_json:
        click.echo(json.dumps(_report(read, found), indent=1, ensure_ascii=False))
    else:
        _tell_findings(read, found, language, notes=notes)
    if read.refused or any(one.severity == "error" for one in found):
        ctx.exit(BAD_INPUT)


@rules.command("at")
@click.argument("file", type=FILE)
@click.option(
    "--at",
    "instant",
    required=True,
    metavar="INSTANT",
    help="ISO 8601; without its distance from UTC it is the bay's local time.",
)
@click.option("--bay", "bay_ids", multiple=True, metavar="ID", help="Only this bay; repeatable.")
@click.option(
    "--calendar",
    "calendars",
    multiple=True,
    metavar="NAME=FILE",
    help="Days of a named period: .ics, .csv or a saved .html; repeatable.",
)
@click.option("--commune", metavar="INSEE", help="Commune of bays for which the file names none.")
@click.option("--school-zone", type=click.Choice(["A", "B", "C"]), help="Instead of the commune's.")
@click.option("--time-zone", metavar="ZONE", help="Instead of the commune's.")
@LANGUAGE
@AS_JSON
@click.pass_context
def at_command(
    ctx: click.Context,
    /,
    file: Path,
    *,
    instant: str,
    language: Language,
    as_json: bool,
    **asked: Any,
) -> None:
    """Say for each bay of FILE, an inventory in any form, what applies at an instant and what comes next.

    Where a rule hangs on days that no calendar tells, says so and exits with 2.
    """
    bays = _chosen(_read(file, asked["commune"]).bays, asked["bay_ids"], file)
    places = _Places(_calendars(asked["calendars"]), asked["school_zone"], asked["time_zone"])
    at_local = _instant(instant)
    told = [_state_or_error(bay, at_local, places) for bay in bays]
    if as_json:
        click.echo(json.dumps(_states(bays, told), indent=1, ensure_ascii=False))
    else:
        _tell_states(bays, told, places, language)
    if any(isinstance(one, AirelibError) for one in told):
        ctx.exit(BAD_INPUT)


class _Places:
    """Day books of communes, and states of rules there: a file's bays share few of either."""

    def __init__(
        self,
        calendars: Mapping[str, frozenset[date]],
        school_zone: str | None,
        time_zone: str | None,
    ) -> None:
        self._told = calendars, school_zone, time_zone
        self.book = lru_cache(maxsize=None)(self._book)
        self.state = lru_cache(maxsize=None)(self._state)

    def _book(self, insee: str) -> DayBook:
        from geo.communes import time_zone_of
        from geo.in_force import day_book

        calendars, school_zone, time_zone = self._told
        return day_book(insee, time_zone or time_zone_of(insee), calendars, school_zone)

    def _state(self, insee: str, held: tuple[TimeRule, ...], at_local: datetime) -> RuleState:
        from geo.rules_state import rule_state

        book = self.book(insee)
        at = at_local if at_local.tzinfo else at_local.replace(tzinfo=ZoneInfo(book.time_zone))
        return rule_state(held, at, book)


def _read(file: Path, commune: str | None = None) -> FoundInventory:
    from geo.inventory.read import ReadOptions, read_inventory

    if commune is not None and not is_insee(commune):
        raise InvalidInput(f"commune is {commune!r}: wanted an INSEE code such as 75056")
    try:
        return read_inventory(file.read_bytes(), file.name, ReadOptions(commune=commune))
    except OSError as error:
        raise InvalidFile(f"{file} cannot be read: {error.strerror}") from error


def _chosen(bays: Sequence[FoundBay], bay_ids: Sequence[str], file: Path) -> list[FoundBay]:
    known = {bay.bay_id: bay for bay in bays}
    for bay_id in bay_ids:
        if bay_id not in known:
            raise UnknownBay(f"{file} has no bay {bay_id!r}: it holds {len(known)} bays")
    return [known[bay_id] for bay_id in dict.fromkeys(bay_ids)] if bay_ids else list(bays)


def _calendars(given: Iterable[str]) -> dict[str, frozenset[date]]:
    from geo.day_calendars import read_days

    found: dict[str, frozenset[date]] = {}
    for one in given:
        name, equals, path = one.partition("=")
        if not name or not equals or not path:
            raise InvalidInput(f"calendar is {one!r}: wanted NAME=FILE, as market_days=marche.ics")
        try:
            days = read_days(Path(path).read_bytes(), path)
        except OSError as error:
            raise InvalidFile(f"{path} cannot be read: {error.strerror}") from error
        found[name] = found.get(name, frozenset()) | days
    return found


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(
            f"instant is {text!r}: wanted ISO 8601, as 2026-03-02T10:00 or 2026-03-02T10:00+01:00"
        ) from error


def _state_or_error(bay: FoundBay, at_local: datetime, places: _Places) -> RuleState | AirelibError:
    from geo.study.bays import ALWAYS_RESERVED
    from geo.words import BayType

    if bay.commune is None:
        return UnknownCommune("the commune is not known: wanted one, by --commune")
    is_always = bay.bay_type is BayType.PERMANENT and not bay.rules
    try:
        return places.state(bay.commune, ALWAYS_RESERVED if is_always else bay.rules, at_local)
    except AirelibError as error:
        return error


def _states(bays: Sequence[FoundBay], told: Sequence[RuleState | AirelibError]) -> dict[str, Any]:
    from geo.rules_state import state_object

    return {
        "bays": [
            {"bay_id": bay.bay_id, "error": {"code": one.code, "message": str(one)}}
            if isinstance(one, AirelibError)
            else {"bay_id": bay.bay_id, **state_object(one)}
            for bay, one in zip(bays, told, strict=True)
        ]
    }


def _tell_states(
    bays: Sequence[FoundBay],
    told: Sequence[RuleState | AirelibError],
    places: _Places,
    language: Language,
) -> None:
    from geo.rules_state import state_text

    for bay, one in zip(bays, told, strict=True):
        if isinstance(one, AirelibError):
            click.echo(f"{bay.bay_id}: {one} [{one.code}]", err=True)
        else:
            zone = places.book(bay.commune or "").time_zone
            click.echo(f"{bay.bay_id}: {state_text(one, zone, language)}")


def _report(read: FoundInventory, found: Sequence[Finding]) -> dict[str, Any]:
    return {
        "bays": len(read.bays),
        "refused": [
            {"row": one.row, "code": one.code, "message": one.message} for one in read.refused
        ],
        "counts": dict(sorted(Counter(one.code for one in found).items())),
        "findings": [
            {
                "bay_id": one.bay_id,
                "code": one.code,
                "severity": one.severity,
                "fr": one.message.fr,
                "en": one.message.en,
            }
            for one in found
        ],
    }


def _tell_findings(
    read: FoundInventory, found: Sequence[Finding], language: Language, *, notes: bool
) -> None:
    from geo.inventory.lint import SEVERITIES

    for one in read.refused:
        click.echo(f"row {one.row}: {one.message} [{one.code}]", err=True)
    for finding in found:
        if notes or finding.severity != "note":
            sentence = finding.message.of(language)
            click.echo(f"{finding.bay_id}\t{finding.severity}\t{finding.code}\t{sentence}")
    counts = Counter((SEVERITIES.index(one.severity), one.code) for one in found)
    for (rank, code), count in sorted(counts.items()):
        click.echo(f"{count:7d}  {SEVERITIES[rank]:7s}  {code}")
    click.echo(f"{len(read.bays)} bays, {len(found)} findings, {len(read.refused)} refused")
