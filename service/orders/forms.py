"""The files of a draft order, by the name that commands have for each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Form:
    """How a form of files is called and served."""

    file: str
    """Name of a file, without what it is of."""
    media_type: str


DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

FORMS = {
    "docx": Form("order.docx", DOCX),
    "pdf": Form("order.pdf", "application/pdf"),
    "dialog": Form("dialog.json", "application/json"),
    "datex2": Form("datex2.xml", "application/xml"),
    "cds": Form("policy.json", "application/json"),
    "sign": Form("sign.txt", "text/plain; charset=utf-8"),
}
"""Documents for people, data for registers, text for the sign."""
