"""The conditions of a rule in plain French and English."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from geo.vocabulary import Label, Language
from geo.words import SCHOOL_DAYS, SCHOOL_HOLIDAYS, Activity, Control, TimeRule

ACTIVITY_LABELS = {
    Activity.LOADING: Label("livraison", "loading"),
    Activity.NO_LOADING: Label("livraison interdite", "no loading"),
    Activity.UNLOADING: Label("déchargement", "unloading"),
    Activity.NO_UNLOADING: Label("déchargement interdit", "no unloading"),
    Activity.PARKING: Label("stationnement permis", "parking allowed"),
    Activity.NO_PARKING: Label("stationnement interdit", "no parking"),
    Activity.STOPPING: Label("arrêt permis", "stopping allowed"),
    Activity.NO_STOPPING: Label("arrêt interdit", "no stopping"),
    Activity.TRAVEL: Label("circulation permise", "travel allowed"),
    Activity.NO_TRAVEL: Label("circulation interdite", "no travel"),
}

CONTROL_LABELS = {
    Control.CAMERA: Label("contrôle par caméra", "checked by camera"),
    Control.SENSOR: Label("contrôle par capteur", "checked by sensor"),
    Control.DISC: Label("contrôle par disque", "checked by disc"),
    Control.OTHER: Label("durée contrôlée", "stay checked"),
}

PERIOD_LABELS = {
    SCHOOL_DAYS: Label("jours d'école", "school days"),
    SCHOOL_HOLIDAYS: Label("vacances scolaires", "school holidays"),
    "market_days": Label("jours de marché", "market days"),
    "marche": Label("jours de marché", "market days"),
    "marché": Label("jours de marché", "market days"),
    "market": Label("jours de marché", "market days"),
    "works": Label("jours de travaux", "days of works"),
    "travaux": Label("jours de travaux", "days of works"),
    "events": Label("jours d'événement", "event days"),
}
"""Names that calendars usually have; any other is quoted as it is."""

MONTH_LABELS = (
    Label("janvier", "January"),
    Label("février", "February"),
    Label("mars", "March"),
    Label("avril", "April"),
    Label("mai", "May"),
    Label("juin", "June"),
    Label("juillet", "July"),
    Label("août", "August"),
    Label("septembre", "September"),
    Label("octobre", "October"),
    Label("novembre", "November"),
    Label("décembre", "December"),
)

_OF = {"a": "d'", "o": "d'"}

MONTHS_RUN = 3
"""From this many months in a row on, they are written as from the first to the last."""

_ENGLISH_SUFFIX = {1: "st", 2: "nd", 3: "rd", 21: "st", 22: "nd", 23: "rd", 31: "st"}


def conditions_text(rule: TimeRule, language: Language) -> str:
    """Return what a rule asks beyond days and hours, each part after a comma; empty for a plain one."""
    parts = [
        _days_of_month(rule, language),
        _months(rule, language),
        _parity(rule, language),
        _only(rule, language),
        _except(rule, language),
        _weight(rule, language),
        *_users(rule, language),
        CONTROL_LABELS[rule.control].of(language) if rule.control else "",
        dates_text(rule.from_on, rule.until_on, language),
    ]
    return "".join(f", {part}" for part in parts if part)


def activity_text(rule: TimeRule, language: Language) -> str:
    """Return what a rule says where it is not loading, before its days; empty for hours of loading."""
    if rule.activity is Activity.LOADING:
        return ""
    colon = " : " if language == "fr" else ": "
    return ACTIVITY_LABELS[rule.activity].of(language) + colon


def weeks_text(weeks: Sequence[int], language: Language) -> str:
    """Return which weeks of the month, to stand before the days: ``1er et 3e`` or ``1st and 3rd``; empty for all."""
    return joined([ordinal(week, language) for week in sorted(set(weeks))], language)


def dates_text(from_on: date | None, until_on: date | None, language: Language) -> str:
    """Return a half-open time of days as people write it, the last day included; empty where it has no end."""
    last_on = until_on - timedelta(days=1) if until_on else None
    if from_on and last_on:
        return _both(from_on, last_on, language)
    if from_on:
        return ("à partir du " if language == "fr" else "from ") + date_text(from_on, language)
    if last_on:
        return ("jusqu'au " if language == "fr" else "until ") + date_text(last_on, language)
    return ""


def date_text(on: date, language: Language) -> str:
    """Return a day as it is written: ``1er mars 2026`` or ``1 March 2026``."""
    return f"{_day_month(on, language)} {on.year}"


def joined(words: Sequence[str], language: Language) -> str:
    """Return words as a list in a sentence, ``a, b et c``."""
    if len(words) < 2:  # noqa: PLR2004 (a list needs two)
        return "".join(words)
    last = " et " if language == "fr" else " and "
    return ", ".join(words[:-1]) + last + words[-1]


def ordinal(number: int, language: Language) -> str:
    """Return a position in words of figures: ``1er``, ``3e``, ``3rd``."""
    if language == "fr":
        return "1er" if number == 1 else f"{number}e"
    return f"{number}{_ENGLISH_SUFFIX.get(number, 'th')}"


def period_text(name: str, language: Language) -> str:
    """Return the days of a named period in words."""
    label = PERIOD_LABELS.get(name)
    if label is not None:
        return label.of(language)
    return f"jours « {name} »" if language == "fr" else f"“{name}” days"


def weight_text(weight_t: float, language: Language) -> str:
    """Return a weight in tonnes: ``3,5 t`` or ``3.5 t``."""
    figure = f"{weight_t:g}"
    return f"{figure.replace('.', ',') if language == 'fr' else figure} t"


def _both(from_on: date, last_on: date, language: Language) -> str:
    """Return a first and a last day; the year stands once where it is the same."""
    if from_on == last_on:
        return ("le " if language == "fr" else "on ") + date_text(from_on, language)
    same = from_on.year == last_on.year
    first = _day_month(from_on, language) if same else date_text(from_on, language)
    last = date_text(last_on, language)
    return f"du {first} au {last}" if language == "fr" else f"from {first} to {last}"


def _day_month(on: date, language: Language) -> str:
    day = "1er" if language == "fr" and on.day == 1 else str(on.day)
    return f"{day} {MONTH_LABELS[on.month - 1].of(language)}"


def _days_of_month(rule: TimeRule, language: Language) -> str:
    days = sorted(set(rule.days_of_month))
    if not days:
        return ""
    if language == "fr":
        named = joined(["1er" if day == 1 else str(day) for day in days], language)
        return f"{'les' if len(days) > 1 else 'le'} {named} du mois"
    return f"on the {joined([ordinal(day, language) for day in days], language)} of the month"


def _months(rule: TimeRule, language: Language) -> str:
    months = sorted(set(rule.months))
    if not months:
        return ""
    names = [MONTH_LABELS[month - 1].of(language) for month in months]
    if len(months) < MONTHS_RUN or months[-1] - months[0] >= len(months):
        return ("en " if language == "fr" else "in ") + joined(names, language)
    if language == "en":
        return f"from {names[0]} to {names[-1]}"
    return f"{_OF.get(names[0][0], 'de ')}{names[0]} à {names[-1]}"


def _parity(rule: TimeRule, language: Language) -> str:
    if rule.week_parity is None:
        return ""
    if language == "en":
        return f"{rule.week_parity} weeks"
    return "semaines impaires" if rule.week_parity == "odd" else "semaines paires"


def _only(rule: TimeRule, language: Language) -> str:
    if not rule.only_periods:
        return ""
    named = " ou " if language == "fr" else " or "
    words = named.join(period_text(name, language) for name in rule.only_periods)
    return f"seulement {words}" if language == "fr" else f"only on {words}"


def _except(rule: TimeRule, language: Language) -> str:
    if not rule.except_periods:
        return ""
    words = joined([period_text(name, language) for name in rule.except_periods], language)
    return f"sauf {words}" if language == "fr" else f"except {words}"


def _weight(rule: TimeRule, language: Language) -> str:
    if rule.max_weight_t is None:
        return ""
    return ("jusqu'à " if language == "fr" else "up to ") + weight_text(rule.max_weight_t, language)


def _users(rule: TimeRule, language: Language) -> list[str]:
    """Return who it is for and who not, in the source's own words."""
    words = {"fr": ("pour ", "sauf pour "), "en": ("for ", "not for ")}[language]
    sides = zip(words, (rule.user_classes, rule.except_user_classes), strict=True)
    return [word + joined(classes, language) for word, classes in sides if classes]
