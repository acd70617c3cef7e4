"""Commands that run the suggestion engine over the stored facts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from geo.errors import InvalidFile
from service.commands.options import database_options, make_folder, open_current
from service.settings import Settings

WORKERS = 2
"""Processes of a run."""

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def suggestions() -> None:
    """Run the suggestion engine, compute what it said again, let suggestions expire."""


@suggestions.command("run")
@click.option(
    "--commune",
    "communes",
    required=True,
    multiple=True,
    metavar="INSEE",
    help="INSEE code; may be given again for more communes.",
)
@click.option(
    "--weeks",
    type=click.IntRange(1, 104),
    default=8,
    show_default=True,
    help="Newest weeks of facts to read.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option(
    "--weights",
    "weights_file",
    type=FILE,
    help="JSON of points per physical quantity; default: those of the engine.",
)
@click.option(
    "--weights-by",
    default="airelib",
    show_default=True,
    help="Who set the weights, for the record: they are a political choice.",
)
@click.option("--params", "params_file", type=FILE, help="params.json of the study.")
@click.option("--audit", "audit_file", type=FILE, help="audit.json of the study.")
@database_options
def run_command(
    communes: tuple[str, ...], weights_by: str, settings: Settings, **given: Any
) -> None:
    """Propose rules for the bays of communes from their stored facts; each commune is a run of its own."""
    from geo.study.folder import read_weights_file
    from geo.study.words import Weights
    from service.engine_port import GeoEngine
    from service.jobs.suggest import RunWanted, run_suggestions
    from service.moments import now_utc

    files = {"params": given["params_file"], "audit": given["audit_file"]}
    weights = read_weights_file(given["weights_file"]) if given["weights_file"] else Weights()
    parameters = {name: _document(path) for name, path in files.items() if path is not None}
    engine = open_current(settings)
    for insee in communes:
        wanted = RunWanted(insee, given["weeks"], given["seed"], weights, weights_by, parameters)
        run = run_suggestions(engine, GeoEngine(WORKERS), wanted, now_utc())
        click.echo(
            f"run {run.id} over {insee}, {run.first_on} to {run.last_on}: data {run.data_hash[:12]}, "
            f"engine {run.engine_version}, seed {run.seed}"
        )


@suggestions.command("recompute")
@click.argument("suggestion_id", type=click.IntRange(1))
@click.option("--run", "run_id", type=click.IntRange(1), help="Default: the newest that says so.")
@database_options
def recompute_command(suggestion_id: int, run_id: int | None, settings: Settings) -> None:
    """Compute a suggestion again from the facts as they are now; exit with 1 where it differs."""
    from service.engine_port import GeoEngine
    from service.jobs.suggest import recompute

    found = recompute(open_current(settings), GeoEngine(WORKERS), suggestion_id, run_id)
    click.echo(f"data    {found.data_hash[:12]}, now {found.data_hash_now[:12]}")
    click.echo(f"engine  {found.engine_version}, now {found.engine_version_now}")
    if found.equal:
        click.echo("equal")
        return
    click.echo(f"not equal: {', '.join(found.differences) or 'same figures from other data'}")
    raise SystemExit(1)


@suggestions.command("expire")
@click.option(
    "--older-than",
    "max_age_days",
    type=click.IntRange(1),
    default=180,
    show_default=True,
    help="Days after the last day of their data.",
)
@database_options
def expire_command(max_age_days: int, settings: Settings) -> None:
    """Let suggestions expire whose data is too old to decide on, or whose bay has changed since."""
    from service.jobs.drift import expire_drifted
    from service.jobs.suggest import expire_old
    from service.moments import now_utc

    engine, now_at = open_current(settings), now_utc()
    old = expire_old(engine, now_at, max_age_days)
    click.echo(f"{old} suggestions expired: their data is too old")
    click.echo(f"{expire_drifted(engine, now_at)} suggestions expired: they no longer hold")


@suggestions.command("study")
@click.option("--commune", "insee", required=True, metavar="INSEE", help="INSEE code.")
@click.option("--weeks", type=click.IntRange(1, 104), default=8, show_default=True)
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to; made when absent.",
)
@database_options
def study_command(insee: str, weeks: int, out: Path, settings: Settings) -> None:
    """Write the files that a run over a commune reads, for `airelib suggest --data`."""
    from service.jobs.study_files import StudyWanted, last_weeks, write_study
    from service.moments import now_utc
    from service.store.database import reading

    with reading(open_current(settings)) as session:
        first_on, last_on = last_weeks(session, weeks, now_utc().date())
        make_folder(out)
        write_study(session, StudyWanted(insee, first_on, last_on, {}), out)
    for path in sorted(out.iterdir()):
        click.echo(f"{path}: {path.stat().st_size} bytes")


def _document(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise InvalidFile(f"{path} cannot be read: {error}; wanted a JSON object") from error
    if not isinstance(found, dict):
        raise InvalidFile(f"{path} holds {type(found).__name__}: wanted a JSON object")
    return found
