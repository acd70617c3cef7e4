"""Column types that keep both databases telling the same time."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator
from typing_extensions import override


class UtcDateTime(TypeDecorator[datetime]):
    """An aware instant, kept as whole epoch seconds.

    SQLite forgets zones and PostgreSQL converts them, so a plain ``DATETIME`` column disagrees by
    hours between the two; a whole number cannot.
    """

    impl = BigInteger
    cache_ok = True

    @override
    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Refuse a naive instant and keep the seconds of an aware one."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"instant {value.isoformat()} has no time zone: wanted an aware one")
        return int(value.timestamp())

    @override
    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """Give back an aware instant in UTC."""
        return None if value is None else datetime.fromtimestamp(value, UTC)
