"""An order as plain values in French typography, for the templates that print it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from geo.exports.cells import printable
from geo.orders.content import NOTICE, SAMPLE_NOTICE, Order
from geo.orders.typography import french


def printed(order: Order) -> dict[str, Any]:
    """Return an order with its notices; every text has the marks of French print."""
    plain = {
        **asdict(order),
        "notice": NOTICE,
        "sample_notice": SAMPLE_NOTICE if order.is_sample else "",
        "dated_on": [order.dated_on.year, order.dated_on.month, order.dated_on.day],
    }
    found: dict[str, Any] = _french(plain)
    return found


def _french(value: Any) -> Any:
    if isinstance(value, str):
        return french(printable(value))
    if isinstance(value, dict):
        return {name: _french(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_french(part) for part in value]
    return value
