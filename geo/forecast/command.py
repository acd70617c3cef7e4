"""`airelib forecast`: how likely each bay is to be occupied, slot by slot."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from geo.errors import InvalidFile

if TYPE_CHECKING:
    from geo.forecast.outlook import Outlook
    from geo.study.words import Study

COLUMNS = ("made_at", "slot_start", "bay_id", "p_occupied")

WEEK = "week"

DAYS_PER_WEEK = 7


@click.command()
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of a study.",
)
@click.option(
    "--train-until",
    required=True,
    metavar="T",
    help="Local date, which stands for its end, or instant with offset: nothing after it is learnt from.",
)
@click.option("--until", required=True, metavar="U", help="As T: the last slot ends by it.")
@click.option(
    "--horizon-min",
    required=True,
    type=click.Choice(["30", "60", "120", WEEK]),
    help="Minutes from the making of a forecast to the middle of its slot; week: all made at T.",
)
@click.option(
    "--train-weeks",
    type=click.IntRange(1),
    help="Weeks before T that are learnt from; left out: all that were observed.",
)
@click.option(
    "--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="CSV to write."
)
def forecast(
    data: Path,
    train_until: str,
    until: str,
    *,
    horizon_min: str,
    train_weeks: int | None,
    out: Path,
) -> None:
    """Forecast each slot in (T, U]: the probability of at least one vehicle at its middle."""
    from geo.forecast.of_study import instant_s, study_outlook
    from geo.forecast.outlook import Request
    from geo.study.folder import open_study

    with open_study(data) as opened:
        zone = opened.study.period.time_zone
        request = Request(
            instant_s(train_until, zone),
            instant_s(until, zone),
            None if horizon_min == WEEK else int(horizon_min),
            None if train_weeks is None else train_weeks * DAYS_PER_WEEK,
        )
        found = study_outlook(opened, request)
        rows = _write(out, opened.study, found)
    click.echo(f"{out}: {rows} forecasts of {len(found.slot_start_s)} slots")
    missing = found.p_occupied.size - rows
    if missing:
        click.echo(
            f"note: {missing} forecasts are left out: nothing of their commune was seen before T",
            err=True,
        )


def _write(out: Path, study: Study, found: Outlook) -> int:
    """Write the forecasts by slot, then bay; return how many there are."""
    beside = out.with_name(f"{out.name}.partial")
    rows = 0
    try:
        with beside.open("w", encoding="utf-8", newline="") as stream:
            stream.write(",".join(COLUMNS) + "\n")
            for lines in _lines(study, found):
                stream.writelines(lines)
                rows += len(lines)
        beside.replace(out)
    except OSError as error:
        raise InvalidFile(
            f"{out} cannot be written: {error.strerror}; wanted a folder with room"
        ) from error
    return rows


def _lines(study: Study, found: Outlook) -> Iterator[list[str]]:
    """Yield the lines of each slot; what is unknown has none."""
    zone = ZoneInfo(study.period.time_zone)
    names = [_cell(bay.bay_id) for bay in study.bays]
    for i, (made_s, start_s) in enumerate(zip(found.made_at_s, found.slot_start_s, strict=True)):
        begin = f"{_instant(int(made_s), zone)},{_instant(int(start_s), zone)}"
        yield [
            f"{begin},{name},{p:.6f}\n"
            for name, p in zip(names, found.p_occupied[:, i].tolist(), strict=True)
            if not isnan(p)
        ]


def _instant(at_s: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at_s, UTC).astimezone(zone).isoformat()


def _cell(text: str) -> str:
    """Quote a cell where CSV asks for it (RFC 4180)."""
    if any(sign in text for sign in ',"\r\n'):
        return '"' + text.replace('"', '""') + '"'
    return text
