"""`airelib files`: whether a file keeps to its schema, and the schemas themselves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import click

from geo.files.checking import faults
from geo.files.columnar import checked, is_columnar
from geo.files.kinds import KINDS, TABLES, read, schema

BAD_INPUT = 2
"""Exit status for files that cannot be used, as everywhere in the product."""


@click.group()
def files() -> None:
    """Check the product's files, and print their schemas."""


@files.command("check")
@click.argument(
    "paths", metavar="PATH...", type=click.Path(path_type=Path), nargs=-1, required=True
)
@click.option("--kind", type=click.Choice(KINDS), help="What PATH is; left out, its content tells.")
@click.option(
    "--limit", type=click.IntRange(1), default=20, show_default=True, help="Faults listed per file."
)
@click.pass_context
def check_command(
    ctx: click.Context, paths: tuple[Path, ...], kind: str | None, limit: int
) -> None:
    """Check that each PATH keeps to the schema of its kind; exits with 2 when one does not."""
    counts = [_checked(path, kind, limit) for path in paths]
    if any(counts):
        ctx.exit(BAD_INPUT)


@files.command("schema")
@click.argument("kind", type=click.Choice(KINDS))
def schema_command(kind: str) -> None:
    """Print the schema of a KIND of file: a JSON Schema, or a Table Schema for CSV."""
    click.echo(json.dumps(schema(kind), indent=1, ensure_ascii=False))


def _checked(path: Path, kind: str | None, limit: int) -> int:
    """Print the faults of a file and a line that sums up, and return how many there are."""
    if is_columnar(path):
        with checked(path, kind) as (found_kind, rows, found):
            return _told(path, f"{found_kind}, {rows} rows", found, limit)
    content = read(path, kind)
    size = f", {len(content.rows)} rows" if content.kind in TABLES else ""
    found = (f"{path}, {fault}" for fault in faults(content))
    return _told(path, f"{content.kind}{size}", found, limit)


def _told(path: Path, what: str, found: Iterator[str], limit: int) -> int:
    listed = list(islice(found, limit))
    for fault in listed:
        click.echo(fault, err=True)
    count = len(listed) + sum(1 for _ in found)
    verdict = f"{count} faults, {len(listed)} listed" if count else "valid"
    click.echo(f"{path}: {what}, {verdict}", err=bool(count))
    return count
