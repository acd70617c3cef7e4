"""Prints speed as figures and as ratios against a named baseline, all in one run: `make bench`."""

from __future__ import annotations

from bench_communes import bench_communes
from bench_inventory import bench_inventory

from bench_geo import bench_geo
from bench_pages import bench_pages
from bench_service import bench_service
from bench_vision import bench_vision

COLUMNS = "{:<52} {:>12} {:>10}"


def main() -> None:
    """Run every benchmark and print one table."""
    print(COLUMNS.format("what", "a second", "ratio"))  # noqa: T201 - the table is the product
    for row in (
        *bench_vision(),
        *bench_geo(),
        *bench_service(),
        *bench_inventory(),
        *bench_communes(),
        *bench_pages(),
    ):
        ratio = "baseline" if row.ratio is None else f"{row.ratio:.1f}x"
        print(COLUMNS.format(row.what, f"{row.per_s:,.1f}", ratio))  # noqa: T201 - same


if __name__ == "__main__":
    main()
