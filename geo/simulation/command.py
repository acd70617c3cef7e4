"""The command `airelib simulate`: a study with its truth, from a documented demand process."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Literal

import click

REGIMES = ("base", "null", "sparse", "outages", "detector", "uniform", "growth", "overflow", "busy")
"""As ``geo.simulation.regimes.Regime``, which is imported only when the command runs."""


@click.command()
@click.option("--bays", required=True, type=click.IntRange(1, 100_000), help="Number of bays.")
@click.option("--weeks", required=True, type=click.IntRange(1, 520), help="Whole weeks.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of all draws.")
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to; made when absent.",
)
@click.option("--regime", type=click.Choice(REGIMES), default="base", show_default=True)
@click.option(
    "--lost-at-peak",
    is_flag=True,
    help="Regime outages: the time is lost in the mornings instead of at random.",
)
@click.option(
    "--deliveries-per-day",
    type=click.FloatRange(0, 200, min_open=True),
    help="Median of the bays on a weekday; left out: that of the regime.",
)
@click.option(
    "--first-on",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2026-03-02",
    show_default=True,
    help="First local day, a Monday.",
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice(["csv", "parquet"]),
    default="csv",
    show_default=True,
)
@click.option(
    "--workers",
    type=click.IntRange(1, 64),
    default=lambda: min(os.cpu_count() or 1, 8),
    help="Processes; the files are the same for any number.  [default: the cores of this machine]",
)
def simulate(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    bays: int,
    weeks: int,
    seed: int,
    out: Path,
    regime: str,
    lost_at_peak: bool,  # noqa: FBT001 - click passes flags by name
    deliveries_per_day: float | None,
    first_on: datetime,
    file_format: Literal["csv", "parquet"],
    workers: int,
) -> None:
    """Write an invented study: bays, stays, unseen times, audit, neighbours, and the truth behind them."""
    from geo.simulation.folder import Order, write_world
    from geo.simulation.regimes import Regime

    if first_on.weekday() != 0:
        raise click.BadParameter(
            f"{first_on.date()} is no Monday: wanted a Monday", param_hint="--first-on"
        )
    order = Order(
        bays,
        weeks,
        seed,
        Regime(regime),
        lost_at_peak,
        deliveries_per_day,
        first_on.date(),
        file_format,
        workers,
    )
    for name, rows in write_world(order, out):
        click.echo(f"{out / name}: {rows} rows")
