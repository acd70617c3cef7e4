"""The content of a draft order, from which its DOCX and its PDF are written alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

NOTICE = "Projet d'arrêté : une proposition, sans valeur d'acte. Une personne habilitée le relit, le complète et le signe."
"""Stands on every page."""

SAMPLE_NOTICE = "Données d'exemple : commune, rues et mesures inventées."


@dataclass(frozen=True)
class Clause:
    """A visa or a reason: a word in capitals and what follows it."""

    lead: str
    text: str


@dataclass(frozen=True)
class Article:
    """An article of the order."""

    number: str
    """``Article 1er``."""
    title: str
    paragraphs: tuple[str, ...]
    items: tuple[str, ...] = ()
    """A list after the first paragraph."""


@dataclass(frozen=True)
class Table:
    """A table with a header row."""

    columns: tuple[str, ...]
    widths: tuple[float, ...]
    """Shares of the width of the text, summing to 1."""
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()
    """Positions of columns of numbers, aligned to the right."""


@dataclass(frozen=True)
class Annex:
    """What follows the act: the list of bays, the figures it rests on, the text of the signs."""

    title: str
    paragraphs: tuple[str, ...]
    table: Table | None = None
    signs: tuple[tuple[str, ...], ...] = ()
    """Signs, each by its lines."""
    after: tuple[str, ...] = ()
    """Paragraphs after the table."""


@dataclass(frozen=True)
class Order:
    """A draft order. In every text, what stands in square brackets is for a person to fill in or to check."""

    title: str
    reference: str
    authority: str
    """Large, on top: ``Commune de Clichy``."""
    head: tuple[str, ...]
    """Lines beside it: department, service, reference."""
    register: tuple[tuple[str, str], ...]
    """Registration: label and value."""
    subject: str
    author: str
    """``Le Maire,``."""
    visas: tuple[Clause, ...]
    grounds: tuple[Clause, ...]
    articles: tuple[Article, ...]
    signature: tuple[str, ...]
    annexes: tuple[Annex, ...]
    checks: tuple[str, ...]
    """What a jurist checks before signing; on a page of its own, no part of the act."""
    dated_on: date
    """Last day of the data: the date of the files, so that the same content gives the same bytes."""
    is_sample: bool = False
