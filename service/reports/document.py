"""The report as a two-page A4 document: Typst fills the template with texts made here."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import typst

from geo.commune_month import BayFigures, CommuneMonth
from geo.intervals import Interval
from geo.vocabulary import VEHICLE_CLASS_LABELS, Language
from geo.words import ENOUGH_COVERAGE, VehicleClass
from service.provenance import made_at
from service.reports.drawing import STEP_COLOURS, STEP_FROM
from service.reports.figures import CommuneReport, enough, full_share, shown_share
from service.reports.hours import hours_chart
from service.reports.map import commune_map
from service.reports.phrases import (
    RANGE,
    UNKNOWN,
    day_name,
    month_name,
    number,
    percent,
    read_phrases,
)

TEMPLATE = Path(__file__).with_name("templates") / "commune.typ"

ATTENTION_ROWS = 10
"""Bays in the table of those that need attention: what fits on the page."""

WORK_HOURS = range(6, 20)
"""Local hours among which the busiest is told: those in which goods are delivered (Paris's reserved hours, and one before)."""

SAME_POINTS = 1.0
"""Two months that differ by less than this many points are told as the same."""

FULL_DAY_H = 24


def report_pdf(report: CommuneReport, language: Language) -> bytes:
    """Return the document as tagged PDF; the same report gives the same bytes."""
    attention = _attention(report.month)
    with TemporaryDirectory(prefix="airelib-report-") as name:
        folder = Path(name)
        shutil.copy(TEMPLATE, folder / "commune.typ")
        (folder / "map.svg").write_text(commune_map(report, [bay.bay_id for bay in attention]))
        (folder / "hours.svg").write_text(hours_chart(report, language))
        (folder / "data.json").write_text(json.dumps(_data(report, attention, language)))
        document: bytes = typst.compile(
            folder / "commune.typ",
            root=folder,
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            timestamp=_noon_s(report.month.to_on),
        )
    return document


def _noon_s(on: date) -> int:
    return (on.toordinal() - date(1970, 1, 1).toordinal()) * 86400 + 43200


def _attention(month: CommuneMonth) -> list[BayFigures]:
    """Return the bays that are full most often in reserved hours, of those that were seen enough."""
    seen = [bay for bay in month.bays if enough(bay) and full_share(bay) is not None]
    return sorted(seen, key=lambda bay: (-(full_share(bay) or 0.0), bay.bay_id))[:ATTENTION_ROWS]


def _data(report: CommuneReport, attention: list[BayFigures], language: Language) -> dict[str, Any]:
    phrases = dict(read_phrases(language))
    month = report.month
    told = {"enough": percent(ENOUGH_COVERAGE, language)}
    return {
        "lang": language,
        "phrases": {
            name: value.format(**told) if name.startswith(("legend", "hours_note")) else value
            for name, value in phrases.items()
        },
        "commune": report.commune.name,
        "insee": report.commune.insee,
        "month": month_name(month.from_on, language),
        "date": [month.to_on.year, month.to_on.month, month.to_on.day],
        "sample": report.sample,
        "summary": _summary(report, language),
        "coverage": percent(month.coverage, language),
        "stays": number(month.stays if month.coverage else None, language),
        "hours": any(hour.occupancy is not None for hour in (*month.weekday, *month.weekend)),
        "enough": enough(month),
        "figures": list(_figures(month, language)),
        "steps": _steps(language),
        "mix": _mix(month, language),
        "attention": [_row(i, bay, report, language) for i, bay in enumerate(attention, start=1)],
        "attention_low": _low_text(month, language),
        "method": [*phrases["method"], *_measured_by(report, language)],
        "reproduce": phrases["reproduce"].format(id=report.report_id, version=report.version),
    }


def _summary(report: CommuneReport, language: Language) -> list[str]:
    """Return the sentences under the title."""
    month, phrases = report.month, read_phrases(language)
    told = {
        "month": month_name(month.from_on, language),
        "bays": len(month.bays),
        "commune": report.commune.name,
        "coverage": percent(month.coverage, language),
        "occupancy": percent(month.occupancy.value, language),
        "reserved": percent(month.reserved_occupancy.value, language),
        "enough": percent(ENOUGH_COVERAGE, language),
    }
    by_day = {i: month.weekday[i].occupancy or 0.0 for i in WORK_HOURS}
    if month.occupancy.value is None or not any(by_day.values()):
        return [phrases["summary_unseen"].format(**told)]
    at = max(by_day, key=lambda i: by_day[i])
    told |= {"peak": percent(by_day[at], language), "peak_hour": at, "peak_end": at + 1}
    sentences = [phrases["summary_seen"].format(**told), *_compared(report, language)]
    return sentences if enough(month) else [phrases["summary_low"].format(**told), *sentences]


def _compared(report: CommuneReport, language: Language) -> Iterator[str]:
    """Yield how occupancy compares with the month before, where both were seen enough."""
    now, before = report.month, report.previous
    if (
        not (enough(now) and enough(before))
        or now.occupancy.value is None
        or before.occupancy.value is None
    ):
        return
    points = 100 * (now.occupancy.value - before.occupancy.value)
    word = "same" if abs(points) < SAME_POINTS else "up" if points > 0 else "down"
    told = {"points": number(abs(points), language), "month": month_name(before.from_on, language)}
    yield read_phrases(language)[f"compared_{word}"].format(**told)


def _figures(month: CommuneMonth, language: Language) -> Iterator[dict[str, Any]]:
    """Yield the key figures with their intervals; the bar of an interval runs over 0..1 of its scale."""
    phrases = read_phrases(language)

    def tile(name: str, value: str, interval: Interval | None = None, **how: Any) -> dict[str, Any]:
        write, scale = how.get("write", percent), how.get("scale", 1.0)
        words = phrases["figures"][name]
        said = None if interval is None else _interval(interval, write, language)
        ends = (
            None
            if interval is None or interval.low is None or interval.high is None
            else [interval.low, interval.value, interval.high]
        )
        bar = None if ends is None else [min((end or 0.0) / scale, 1.0) for end in ends]
        return {
            "title": words["title"],
            "note": words["note"],
            "value": value,
            "interval": said,
            "bar": bar,
        }

    def of_day(value: float | None, lang: Language) -> str:
        return number(None if value is None else value * FULL_DAY_H, lang, 1)

    def in_min(value: float | None, lang: Language) -> str:
        return number(value, lang)

    yield tile("occupancy", percent(month.occupancy.value, language), month.occupancy)
    yield tile(
        "reserved", percent(month.reserved_occupancy.value, language), month.reserved_occupancy
    )
    yield tile("full_share", percent(month.reserved_full_share, language))
    yield tile(
        "turnover", of_day(month.turnover.value, language), month.turnover, write=of_day, scale=1.0
    )
    yield tile(
        "dwell",
        _minutes(month.dwell_median_min.value, language),
        month.dwell_median_min,
        write=in_min,
        scale=60.0,
    )
    yield tile("overstay", percent(month.overstay_share, language))


def _minutes(value: float | None, language: Language) -> str:
    """Write a length of time; a dash alone where unknown."""
    return UNKNOWN if value is None else f"{number(value, language)} min"


def _interval(interval: Interval, write: Any, language: Language) -> str | None:
    if interval.value is None:
        return None
    phrases = read_phrases(language)
    if interval.low is None or interval.high is None:
        return str(phrases["no_interval"])
    low, high = write(interval.low, language), write(interval.high, language)
    phrase = phrases["interval_same" if low == high else "interval"]
    return str(phrase.format(low=low, high=high))


def _steps(language: Language) -> list[dict[str, str]]:
    ends = [*STEP_FROM[1:], 1.0]
    return [
        {
            "colour": colour,
            "label": f"{number(100 * low, language)}{RANGE}{percent(high, language)}",
        }
        for colour, low, high in zip(STEP_COLOURS, STEP_FROM, ends, strict=True)
    ]


def _mix(month: CommuneMonth, language: Language) -> list[dict[str, Any]]:
    return [
        {
            "label": VEHICLE_CLASS_LABELS[VehicleClass(name)].of(language),
            "share": part,
            "text": percent(part, language),
        }
        for name, part in sorted(month.class_mix.items(), key=lambda item: -item[1])
    ]


def _row(i: int, bay: BayFigures, report: CommuneReport, language: Language) -> list[str]:
    capacity = next(p["properties"]["capacity"] for p in report.bays if p["id"] == bay.bay_id)
    return [
        str(i),
        bay.name or bay.bay_id,
        str(capacity),
        percent(shown_share(bay), language),
        percent(full_share(bay), language),
        percent(bay.overstay_share, language),
        _minutes(bay.dwell_median_min, language),
        number(bay.stays, language),
        percent(bay.coverage, language),
    ]


def _measured_by(report: CommuneReport, language: Language) -> list[str]:
    """Return the paragraph that tells by which calibrations the month was measured; none where none is named."""
    named = sorted(
        {(made_at(name), name) for names in report.calibrations.values() for name in names}
    )
    if not named:
        return []
    zone = ZoneInfo(report.commune.time_zone)
    days = [day_name(at.astimezone(zone).date(), language) for at, _ in named]
    told = {"n": len(named), "first": days[0], "last": days[-1]}
    phrases = read_phrases(language)
    sentences = [
        phrases["calibration_one" if len(named) == 1 else "calibration_many"].format(**told)
    ]
    again = sum(len(names) > 1 for names in report.calibrations.values())
    if again:
        word = "recalibrated_one" if again == 1 else "recalibrated_many"
        sentences.append(phrases[word].format(n=again))
    return [" ".join(sentences)]


def _low_text(month: CommuneMonth, language: Language) -> str:
    low = sum(not enough(bay) for bay in month.bays)
    if low == 0:
        return ""
    phrase = read_phrases(language)["attention_low_one" if low == 1 else "attention_low"]
    return str(
        phrase.format(n=low, bays=len(month.bays), enough=percent(ENOUGH_COVERAGE, language))
    )
