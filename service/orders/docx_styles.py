"""Styles of a draft order, and the parts of a DOCX that its library has no words for."""

from __future__ import annotations

from typing import Any

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

FONT = "Times New Roman"
"""On every word processor, or with a twin of the same widths; what acts are set in."""

INK, QUIET, ACCENT = (
    RGBColor(0x1A, 0x20, 0x26),
    RGBColor(0x5B, 0x65, 0x70),
    RGBColor(0x01, 0x5E, 0x8C),
)

BROWN, WARM = RGBColor(0x5C, 0x43, 0x00), "FFF3D6"
"""Text and background of what is not final."""

PAGE_CM, MARGINS_CM = (21.0, 29.7), (2.4, 2.2)
"""A4; left and right."""

TEXT_WIDTH_CM = PAGE_CM[0] - sum(MARGINS_CM)


def set_styles(document: Any) -> None:
    """Set page, language and styles of an empty document."""
    section = document.sections[0]
    section.page_width, section.page_height = (Cm(side) for side in PAGE_CM)
    section.left_margin, section.right_margin = (Cm(side) for side in MARGINS_CM)
    section.top_margin, section.bottom_margin = Cm(2.7), Cm(2.0)
    section.header_distance, section.footer_distance = Cm(1.0), Cm(0.9)
    _language(document)
    styles = document.styles
    _set(styles["Normal"], 11)
    for name, size, after in (("Title", 18, 10), ("Heading 1", 18, 8)):
        _set(styles[name], size, bold=True, after=after, before=14)
        styles[name].paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for line in styles["Title"].element.findall(f".//{qn('w:pBdr')}"):
        line.getparent().remove(line)
    _set(styles["Heading 2"], 11.5, bold=True, before=11, after=4)
    _set(styles["Heading 3"], 14, colour=ACCENT, before=16, after=8)
    _set(styles["List Bullet"], 11, after=4)
    _set(_new(styles, "Signataire"), 11).paragraph_format.left_indent = Cm(8)
    _set(
        _new(styles, "Clause"), 11, after=6
    ).paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _set(_new(styles, "Collectivité"), 19)
    _set(_new(styles, "Notice"), 8.5, bold=True, colour=BROWN)
    _set(_new(styles, "Note"), 9.5, before=4, after=3)
    _set(_new(styles, "Tableau"), 9, before=2, after=2)
    foot = _set(_new(styles, "Pied"), 8, colour=QUIET)
    foot.paragraph_format.tab_stops.add_tab_stop(Cm(TEXT_WIDTH_CM), WD_TAB_ALIGNMENT.RIGHT)


def shade(paragraph: Any) -> None:
    """Give a paragraph the background of the notice."""
    properties = paragraph._p.get_or_add_pPr()  # noqa: SLF001 - python-docx has no word for shading
    properties.append(_shading())


def add_page_field(paragraph: Any, name: str) -> None:
    """Add a field that the word processor fills: ``PAGE`` or ``NUMPAGES``."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    run, text = OxmlElement("w:r"), OxmlElement("w:t")
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)  # noqa: SLF001 - python-docx has no word for fields


def mark_blank(run: Any) -> None:
    """Mark a run as still to be filled in or checked."""
    run.font.color.rgb = BROWN
    run._r.get_or_add_rPr().append(_shading())  # noqa: SLF001 - python-docx has no word for it


def keep_whole(row: Any, *, is_header: bool = False) -> None:
    """Let a row never break across pages; a header row stands on top of the table on every page."""
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001 - python-docx has no word for it
    properties.append(OxmlElement("w:cantSplit"))
    if is_header:
        properties.append(OxmlElement("w:tblHeader"))


def add_borders(table: Any, colour: str, *, inside: bool) -> None:
    """Give a table thin lines: around it, or between its rows."""
    borders = OxmlElement("w:tblBorders")
    sides = ("top", "bottom", "insideH") if inside else ("top", "left", "bottom", "right")
    for side in sides:
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", colour)):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)  # noqa: SLF001 - python-docx has no word for it


def _shading() -> Any:
    shading = OxmlElement("w:shd")
    shading.set(qn("w:val"), "clear")
    shading.set(qn("w:fill"), WARM)
    return shading


def _new(styles: Any, name: str) -> Any:
    style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = styles["Normal"]
    return style


def _set(
    style: Any,
    size: float,
    *,
    bold: bool = False,
    colour: RGBColor = INK,
    before: float = 0,
    after: float = 0,
) -> Any:
    style.font.name, style.font.size = FONT, Pt(size)
    style.font.bold, style.font.italic = bold, False
    style.font.color.rgb = colour
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{script}"), None)
    style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(after)
    return style


def _language(document: Any) -> None:
    """Declare the whole document French, for spelling and for screen readers."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    properties = defaults.find(qn("w:rPrDefault")).find(qn("w:rPr"))
    language = properties.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        properties.append(language)
    language.set(qn("w:val"), "fr-FR")
