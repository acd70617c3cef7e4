"""A draft order as tagged PDF: Typst fills the template with texts made by the core."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, time
from pathlib import Path
from tempfile import TemporaryDirectory

import typst

from geo.orders.content import Order
from geo.orders.printed import printed

TEMPLATE = Path(__file__).with_name("templates") / "order.typ"


def order_pdf(order: Order) -> bytes:
    """Return the draft as PDF/UA-1, A4; the same order gives the same bytes."""
    noon = datetime.combine(order.dated_on, time(12), UTC)
    with TemporaryDirectory(prefix="airelib-order-") as name:
        folder = Path(name)
        shutil.copy(TEMPLATE, folder / "order.typ")
        (folder / "data.json").write_text(json.dumps(printed(order)))
        document: bytes = typst.compile(
            folder / "order.typ",
            root=folder,
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=int(noon.timestamp()),
        )
    return document
