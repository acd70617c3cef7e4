"""A draft order as DOCX with real styles, so that a person completes it in a word processor."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Cm, Pt

from geo.orders.content import Order
from geo.orders.printed import printed
from service.orders.docx_styles import (
    TEXT_WIDTH_CM,
    add_borders,
    add_page_field,
    keep_whole,
    mark_blank,
    set_styles,
    shade,
)

BLANK = re.compile(r"(\[[^\]]+\])")
"""What is still to be filled in or checked."""

ZIP_DATE = (1980, 1, 1, 0, 0, 0)
"""Date of every part of the file, so that the same order gives the same bytes; the earliest that ZIP knows."""

SIGN_WIDTH_CM = 7.5

LAST_LINES = 2
"""Heading and paragraph of the last article, with which the signature stays on one page."""

RIGHT, CENTER = WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER


def order_docx(order: Order) -> bytes:
    """Return the draft as DOCX; the same order gives the same bytes."""
    data = printed(order)
    document = Document()
    set_styles(document)
    _properties(document, order, data)
    _frame(document, data)
    _head(document, data)
    _act(document, data)
    for position, annex in enumerate(data["annexes"]):
        _annex(document, annex, is_first=position == 0)
    checks = document.add_paragraph("À vérifier avant de signer (page à retirer)", "Heading 3")
    checks.paragraph_format.page_break_before = True
    for check in data["checks"]:
        _write(document.add_paragraph(style="List Bullet"), check)
    return _packed(document)


def _properties(document: Any, order: Order, data: dict[str, Any]) -> None:
    noon = datetime.combine(order.dated_on, time(12))
    core = document.core_properties
    core.title, core.subject, core.author = data["title"], data["subject"], "Airelib"
    core.language, core.category, core.comments = "fr-FR", "Projet d'arrêté", data["notice"]
    core.created = core.modified = noon
    core.last_modified_by, core.revision = "Airelib", 1


def _frame(document: Any, data: dict[str, Any]) -> None:
    """Write the notice on top of every page and the page number below."""
    section = document.sections[0]
    notice = section.header.paragraphs[0]
    notice.style = "Notice"
    shade(notice)
    _write(notice, " ".join(filter(None, (data["notice"], data["sample_notice"]))))
    foot = section.footer.paragraphs[0]
    foot.style = "Pied"
    _write(foot, f"{data['title']} \N{EN DASH} {data['reference']}\tpage ")
    add_page_field(foot, "PAGE")
    foot.add_run(" / ")
    add_page_field(foot, "NUMPAGES")


def _head(document: Any, data: dict[str, Any]) -> None:
    table = document.add_table(rows=1, cols=2)
    left, right = table.rows[0].cells
    left.paragraphs[0].style = right.paragraphs[0].style = "Tableau"
    _lines(left, data["head"])
    _lines(right, ["RÉPUBLIQUE FRANÇAISE"], RIGHT)
    name = right.add_paragraph(data["authority"], "Collectivité")
    name.alignment = RIGHT
    document.add_paragraph("ARRÊTÉ", "Title")
    _clause(document, "OBJET\N{NO-BREAK SPACE}:", data["subject"], "")
    box = document.add_table(rows=1, cols=len(data["register"]))
    add_borders(box, "C9CED4", inside=False)
    for cell, (label, value) in zip(box.rows[0].cells, data["register"], strict=True):
        cell.paragraphs[0].style = "Tableau"
        _lines(cell, [label, value])
    author = document.add_paragraph(style="Clause")
    author.alignment = CENTER
    author.paragraph_format.space_before = Pt(14)
    _write(author, data["author"])


def _act(document: Any, data: dict[str, Any]) -> None:
    for clause in (*data["visas"], *data["grounds"]):
        _clause(document, clause["lead"], clause["text"], "\N{NO-BREAK SPACE};")
    document.add_paragraph("ARRÊTE", "Heading 1")
    for article in data["articles"]:
        title = f"{article['number']} \N{EN DASH} {article['title']}"
        document.add_paragraph(title, "Heading 2")
        first, *others = article["paragraphs"]
        _write(document.add_paragraph(style="Clause"), first)
        for item in article["items"]:
            _write(document.add_paragraph(style="List Bullet"), item, bold=True)
        for text in others:
            _write(document.add_paragraph(style="Clause"), text)
    for paragraph in document.paragraphs[-LAST_LINES:]:
        paragraph.paragraph_format.keep_with_next = True
    for position, line in enumerate(data["signature"]):
        paragraph = document.add_paragraph(style="Signataire")
        paragraph.paragraph_format.space_before = Pt((22, 10, 34)[position])
        paragraph.paragraph_format.keep_with_next = position < len(data["signature"]) - 1
        _write(paragraph, line)


def _annex(document: Any, annex: dict[str, Any], *, is_first: bool) -> None:
    title = document.add_paragraph(annex["title"], "Heading 3")
    title.paragraph_format.page_break_before = is_first
    for text in annex["paragraphs"]:
        _write(document.add_paragraph(style="Clause"), text)
    if annex["table"] is not None:
        _table(document, annex["table"])
    for lines in annex["signs"]:
        _sign(document, lines)
    for text in annex["after"]:
        _write(document.add_paragraph(style="Note"), text)


def _table(document: Any, data: dict[str, Any]) -> None:
    table = document.add_table(rows=1, cols=len(data["columns"]))
    table.autofit = False
    add_borders(table, "C9CED4", inside=True)
    _row(table.rows[0], data["columns"], data, bold=True)
    keep_whole(table.rows[0], is_header=True)
    for cells in data["rows"]:
        row = table.add_row()
        keep_whole(row)
        _row(row, cells, data)
    for column, share in zip(table.columns, data["widths"], strict=True):
        column.width = Cm(TEXT_WIDTH_CM * share)


def _row(row: Any, texts: Sequence[str], data: dict[str, Any], *, bold: bool = False) -> None:
    for position, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
        cell.width = Cm(TEXT_WIDTH_CM * data["widths"][position])
        paragraph = cell.paragraphs[0]
        paragraph.style = "Tableau"
        if position in data["right"]:
            paragraph.alignment = RIGHT
        _write(paragraph, text, bold=bold)


def _sign(document: Any, lines: Sequence[str]) -> None:
    table = document.add_table(rows=1, cols=1)
    table.alignment = WD_TABLE_ALIGNMENT.LEFT
    table.autofit = False
    add_borders(table, "1A2026", inside=False)
    keep_whole(table.rows[0])
    cell = table.rows[0].cells[0]
    table.columns[0].width = cell.width = Cm(SIGN_WIDTH_CM)
    cell.paragraphs[0].style = "Tableau"
    _lines(cell, lines, CENTER)
    for run in cell.paragraphs[0].runs:
        run.bold, run.font.size = True, Pt(12)
    document.add_paragraph(style="Note")


def _lines(cell: Any, lines: Sequence[str], alignment: Any = None) -> None:
    for position, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if position == 0 else cell.add_paragraph(style="Tableau")
        paragraph.alignment = alignment
        _write(paragraph, line)


def _clause(document: Any, lead: str, text: str, end: str) -> None:
    paragraph = document.add_paragraph(style="Clause")
    paragraph.add_run(f"{lead} ").bold = True
    _write(paragraph, f"{text}{end}", bold=end == "")


def _write(paragraph: Any, text: str, *, bold: bool = False) -> None:
    """Add a text to a paragraph; blanks are marked as with a pen."""
    for part in filter(None, BLANK.split(text)):
        run = paragraph.add_run(part)
        run.bold = bold or None
        if BLANK.fullmatch(part):
            mark_blank(run)


def _packed(document: Any) -> bytes:
    """Return the document with every part dated alike."""
    raw, packed = io.BytesIO(), io.BytesIO()
    document.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            entry = zipfile.ZipInfo(name, ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return packed.getvalue()
