"""Whether Parquet files of stays or unseen times keep to their schema, checked by an engine and not row by row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from geo.errors import InvalidFile

if TYPE_CHECKING:
    from geo.study.tables import Table


def is_columnar(path: Path) -> bool:
    """Tell whether a path is a Parquet file or a folder of them."""
    return path.is_dir() or path.suffix.lower() == ".parquet"


@contextmanager
def checked(path: Path, kind: str | None) -> Iterator[tuple[str, int, Iterator[str]]]:
    """Give the kind of Parquet files, their rows and their faults.

    Raises
    ------
    InvalidFile
        They cannot be read, lack a column, or are of no kind that is kept as Parquet.
    """
    from geo.engine import in_process
    from geo.study.tables import row_faults, source_sql

    with in_process() as connection:
        table = _table(path, kind)
        source = source_sql(table)
        try:
            connection.execute(
                f"CREATE TABLE bay AS SELECT DISTINCT CAST(bay_id AS VARCHAR) AS bay_id, 0 AS position FROM {source}"
            )
            (rows,) = connection.execute(f"SELECT count(*) FROM {source}").fetchone() or (0,)
        except OSError as error:
            raise InvalidFile(f"{path} cannot be read: {error}") from error
        yield table.layout.kind, rows, row_faults(connection, table)


def _table(path: Path, kind: str | None) -> Table:
    from geo.study.tables import STAYS, UNSEEN, Table

    files = tuple(sorted(path.rglob("*.parquet"))) if path.is_dir() else (path,)
    named = kind or path.stem
    layouts = {layout.kind: layout for layout in (STAYS, UNSEEN)}
    if not files or named not in layouts:
        raise InvalidFile(
            f"{path} is {named!r} with {len(files)} Parquet files: wanted stays or unseen, by its name or --kind, and one file or more"
        )
    return Table(layouts[named], path, files)
