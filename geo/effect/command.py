"""`airelib effect`: what changes of rules did, against bays where nothing changed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo.errors import InvalidFile, InvalidInput
from geo.files.writing import write_whole

if TYPE_CHECKING:
    from geo.effect.register import Adoption, Registration
    from geo.study.folder import OpenStudy

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
WEEKS = click.IntRange(2, 52)


@click.command()
@click.option(
    "--data",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of a study.",
)
@click.option(
    "--adopted", required=True, type=FILE, help="CSV: bay_id, adopted_on, measure, control_bay_ids."
)
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--weeks-before", type=WEEKS, default=8, show_default=True)
@click.option("--weeks-after", type=WEEKS, default=8, show_default=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--register",
    "only",
    flag_value="register",
    help="Look at no stay: write what will be compared, with its hash.",
)
@click.option(
    "--two-waves",
    "only",
    flag_value="waves",
    help="Look at no stay: write the adoptions spread over two waves drawn by lot, as CSV.",
)
@click.option(
    "--registered", "registered_file", type=FILE, help="What --register wrote at adoption."
)
def effect(data: Path, adopted: Path, out: Path, **options: Any) -> None:
    """Measure the effect of the rules adopted, per bay and per measure, against control bays."""
    from geo.effect.register import Spans, register
    from geo.effect.report import read_adoptions
    from geo.effect.waves import two_waves
    from geo.study.folder import open_study

    adoptions = read_adoptions(_rows(adopted))
    spans = Spans(options["weeks_before"], options["weeks_after"])
    with open_study(data) as opened:
        registrations = register(opened.study, adoptions, spans)
        if options["only"] == "waves":
            waves = two_waves(adoptions, options["seed"], spans.after)
            register(opened.study, waves, spans)
            write_whole(out, _table(waves))
        elif options["only"] == "register":
            write_whole(out, _json({"registrations": [one.document() for one in registrations]}))
        else:
            kept = options["registered_file"]
            known = _registered(kept, registrations) if kept else registrations
            write_whole(
                out, _json(_document(opened, known, options["seed"], is_kept=kept is not None))
            )
    click.echo(str(out))


def _document(
    opened: OpenStudy, registrations: Sequence[Registration], seed: int, *, is_kept: bool
) -> dict[str, Any]:
    """Measure, say each verdict, and return the document."""
    from geo.effect.measure import measured
    from geo.effect.panel import panel
    from geo.effect.report import effect_document

    bay_ids = [bay_id for one in registrations for bay_id in (one.bay_id, *one.control_bay_ids)]
    found = measured(panel(opened, bay_ids), registrations, seed)
    for one in (*found[0], *found[1]):
        outcome, main = next(iter(one.effects.items()))
        share = "unknown" if main.effect is None else f"{main.effect.mean:+.0%}"
        name = one.measure if one in found[1] else one.bay_ids[0]
        click.echo(f"{name}: {outcome.value} {share}, {main.verdict.value}")
    return effect_document(
        opened.study, registrations, found, seed=seed, is_registered_before=is_kept
    )


def _registered(path: Path, asked: Sequence[Registration]) -> list[Registration]:
    """Return the registrations of a file, which must be of the bays that are asked for."""
    from geo.effect.register import registration_of

    try:
        documents = json.loads(path.read_text(encoding="utf-8"))["registrations"]
        found = {one.bay_id: one for one in map(registration_of, documents)}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidFile(f"{path} holds no registrations: {error!r}") from error
    for one in asked:
        kept = found.get(one.bay_id)
        if kept is None or (kept.adopted_on, kept.measure) != (one.adopted_on, one.measure):
            raise InvalidInput(
                f"bay {one.bay_id!r}, adopted on {one.adopted_on} by {one.measure!r}, is not so in {path}: wanted its "
                "registration"
            )
    return [found[one.bay_id] for one in asked]


def _rows(path: Path) -> list[dict[str, str | None]]:
    from geo.effect.report import COLUMNS

    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            columns = tuple(reader.fieldnames or ())
            rows: list[dict[str, str | None]] = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InvalidFile(f"{path} cannot be read as CSV: {error}") from error
    missing = [name for name in COLUMNS[:3] if name not in columns]
    if missing:
        raise InvalidFile(
            f"{path} has the columns {', '.join(columns) or 'none'}: wanted also {', '.join(missing)}"
        )
    return rows


def _table(adoptions: Sequence[Adoption]) -> bytes:
    from geo.effect.report import COLUMNS, adoption_row

    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    table.writerows(adoption_row(one) for one in adoptions)
    return text.getvalue().encode()


def _json(document: Any) -> bytes:
    return (json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()
