"""`airelib need`: deliveries that establishments are expected to get, street by street, without a camera."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from geo.errors import InvalidFile

if TYPE_CHECKING:
    from geo.need.parameters import Parameters
    from geo.need.written import Result

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("establishments", type=FILE)
@click.option(
    "--streets",
    type=FILE,
    help="GeoJSON of named lines; left out, streets are those that rows name.",
)
@click.option("--bays", type=FILE, help="GeoJSON of bays to compare with.")
@click.option(
    "--parameters",
    "parameters_file",
    type=FILE,
    help="TOML or JSON of ratios and other parameters, each with its source.",
)
@click.option(
    "--within-m",
    type=click.FloatRange(0, min_open=True),
    help="Farthest that a bay serves an establishment, in a straight line; default: the parameter.",
)
@click.option(
    "--by",
    type=click.Choice(["street", "segment"]),
    default="street",
    show_default=True,
    help="What is summed over.",
)
@click.option(
    "--staff",
    "staff_form",
    type=click.Choice(["numbers", "codes"]),
    help="How to read the column of staff; default: told from its values.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write: .geojson or .csv.",
)
@click.option("--report", is_flag=True, help="Print a report too, with sources and limits.")
def need(establishments: Path, out: Path, *, report: bool, **options: Any) -> None:
    """Estimate the deliveries a week of each street from a CSV of ESTABLISHMENTS, by published ratios.

    What is written is a prior, marked so in every row: it is no measure. Establishments whose activity or staff is not
    known are listed, never counted as zero; rows that cannot be read are refused with their reason.
    """
    from geo.files.writing import write_whole
    from geo.need.written import need_csv, need_geojson, need_report

    writers = {".geojson": need_geojson, ".json": need_geojson, ".csv": need_csv}
    if out.suffix.lower() not in writers:
        raise InvalidFile(f"{out} ends in {out.suffix!r}: wanted .geojson or .csv")
    result = _computed(establishments, options)
    write_whole(out, writers[out.suffix.lower()](result))
    if report:
        click.echo(need_report(result), nl=False)
    for note in result.refused if not report else ():
        click.echo(f"refused: row {note.row}: {note.message} [{note.code}]", err=True)
    left = sum(one.standing != "counted" for one in result.needs)
    click.echo(
        f"{out}: {result.total.mid:.0f} deliveries a week expected (from {result.total.low:.0f} to "
        f"{result.total.high:.0f}; prior, no measure) of {len(result.needs) - left} establishments on "
        f"{len(result.sums)} streets; {left} not counted, {len(result.refused)} rows refused",
        err=True,
    )


def _computed(establishments: Path, options: dict[str, Any]) -> Result:
    from geo.bays import read_bays
    from geo.need.establishments import read_establishments
    from geo.need.expected import expected
    from geo.need.places import spots_of
    from geo.need.sums import Surroundings, add_bays, by_street
    from geo.need.written import Result
    from geo.streets import read_streets

    parameters = _parameters(options["parameters_file"], options["within_m"])
    streets_file, bays_file = options["streets"], options["bays"]
    read = read_establishments(establishments.read_bytes(), options["staff_form"])
    streets = read_streets(streets_file.read_bytes()) if streets_file else ()
    needs = expected(read.establishments, parameters)
    spots = spots_of(read.establishments, streets, parameters.snap_m.value)
    sums = by_street(needs, spots, streets, options["by"])
    elsewhere = None
    if bays_file:
        bays = read_bays(bays_file.read_bytes())
        for item in bays.refusals:
            click.echo(f"refused: bay {item.row}: {item.message} [{item.code}]", err=True)
        around = Surroundings(streets, bays.bays, options["by"])
        elsewhere = add_bays(sums, needs, spots, around, parameters)
    return Result(
        needs, list(sums.values()), parameters, read.refused, read.staff_form, streets, elsewhere
    )


def _parameters(path: Path | None, within_m: float | None) -> Parameters:
    from geo.need.parameters import Parameters, Sourced, read_parameters

    parameters = read_parameters(path.read_bytes(), path.name) if path else Parameters()
    if within_m is None:
        return parameters
    return replace(parameters, within_m=Sourced(within_m, "asked for on the command line"))
