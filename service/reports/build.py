"""Builds the files of a commune's monthly report."""

from __future__ import annotations

from sqlmodel import Session

from service.reports.document import report_pdf
from service.reports.figures import assemble
from service.reports.geopackage import report_gpkg
from service.reports.phrases import read_language
from service.reports.table import report_csv


def build_report(session: Session, insee: str, month: str, lang: str = "fr") -> dict[str, bytes]:
    """Return the files of a report by name: a CSV, a GeoPackage and a PDF.

    Parameters
    ----------
    session
        Of the store; nothing is written.
    insee
        Code of the commune.
    month
        ``YYYY-MM``.
    lang
        ``fr`` or ``en``; only the PDF speaks, the other files carry its identifier.

    Raises
    ------
    UnknownCommune, UnknownBay
        There is no such commune, or it has no bay.
    InvalidInput
        The month or the language cannot be read.
    """
    language = read_language(lang)
    report = assemble(session, insee, month, language)
    stem = f"airelib-{insee}-{month}"
    return {
        f"{stem}.csv": report_csv(report),
        f"{stem}.gpkg": report_gpkg(report),
        f"{stem}-{language}.pdf": report_pdf(report, language),
    }
