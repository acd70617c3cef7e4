"""Sentences of a suggestion in French and English: reasons not to follow it, and the reasons of an order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from geo.rule_text import rules_text
from geo.suggest.record import Effect, Range, Text
from geo.words import TimeRule

_REASONS = {
    "neighbour_overflow": (
        "Une aire voisine est souvent pleine ({names}) : une partie de sa demande peut venir ici, et y retourner.",
        "A neighbouring bay is often full ({names}): part of its demand may come here, and go back.",
    ),
    "unverified_cars": (
        "Voitures présentes {share} du temps réservé : leur usage (livraison ou non) n'est pas vérifiable par la caméra.",
        "Cars are there {share} of the reserved time: the camera cannot tell whether they deliver.",
    ),
    "behaviour_assumed": (
        "La part des voitures qui respectent les heures réservées n'a pas pu être mesurée ici ; elle est supposée d'après {source}.",
        "The share of cars that respect reserved hours could not be measured here; it is taken from {source}.",
    ),
    "unseen_regime": (
        "L'aire n'a jamais été observée libre à tous entre {hours} : la demande des voitures à ces heures est estimée.",
        "The bay was never seen open to all between {hours}: car demand at these hours is estimated.",
    ),
    "control_assumed": (
        "Le contrôle du stationnement est supposé inchangé ; les comportements mesurés changeraient avec lui.",
        "Enforcement is taken as unchanged; what was measured of behaviour would change with it.",
    ),
    "early_noise": (
        "La nouvelle plage commence avant 7 h : le bruit des livraisons matinales est à examiner.",
        "The new window starts before 7 a.m.: the noise of early deliveries needs a look.",
    ),
    "shorter_stay": (
        "La durée maximale est réduite : {count} livraisons par jour seraient écourtées en plus.",
        "The maximum stay gets shorter: {count} more deliveries a day would be cut short.",
    ),
    "short_period": (
        "Observation de {days} jours seulement : vacances, marchés ou saison peuvent changer la demande.",
        "Only {days} days were seen: holidays, markets or the season may change demand.",
    ),
    "audit_missing": (
        "Aucun contrôle humain du comptage n'a été fourni : les erreurs de la caméra sont supposées nulles.",
        "No human check of the counts was given: the camera's errors are taken as none.",
    ),
    "audit_old": (
        "Le contrôle humain du comptage date du {date} : la caméra a pu changer depuis.",
        "The human check of the counts dates from {date}: the camera may have changed since.",
    ),
    "models_disagree": (
        "Deux modèles indépendants diffèrent sur l'effet ({chain} et {events} livraison par jour) ; le second, plus complet, est retenu.",
        "Two independent models differ on the effect ({chain} and {events} deliveries a day); the second, more complete one is used.",
    ),
    "rules_set_aside": (
        "Règles qui ne valent pas toutes les semaines, laissées hors du calcul et gardées telles quelles : {rules}.",
        "Rules that do not hold in every week, left out of the reckoning and kept as they are: {rules}.",
    ),
    "demand_held": (
        "Les livraisons sont supposées garder leurs heures ; si les transporteurs s'adaptent, l'effet change.",
        "Deliveries are taken to keep their hours; if carriers adapt, the effect changes.",
    ),
}
"""French, English; codes are stable. Sources: science brief, sections 3.6 and 8."""

_SOURCES = {
    "commune": ("la commune", "the commune"),
    "national": ("une hypothèse générale", "a general assumption"),
}


MOST_SURE = 0.99
"""Above it a probability is not told more finely: it rests on a hundred draws."""


def reason(code: str, **values: str | tuple[str, str]) -> Text:
    """Return one reason not to follow a suggestion; a pair of values is French and English."""
    fr, en = _REASONS[code]
    return Text(code=code, fr=fr.format(**_side(values, 0)), en=en.format(**_side(values, 1)))


def source_words(source: str) -> tuple[str, str]:
    """Return where an assumption comes from, French and English."""
    return _SOURCES[source]


def number(value: float, decimals: int = 1) -> tuple[str, str]:
    """Return a number as French and English write it; minus as a true minus sign."""
    english = f"{value:,.{decimals}f}".replace("-", "\u2212")
    french = english.replace(",", "\u202f").replace(".", ",")
    return french, english


def share(value: float) -> tuple[str, str]:
    """Return a share 0..1 as whole per cent, French and English."""
    return f"{round(100 * value)}\u00a0%", f"{round(100 * value)}%"


def chance(value: float) -> tuple[str, str]:
    """Return a probability with its preposition; nothing computed from draws is certain."""
    if value > MOST_SURE:
        return "de plus de 99\u00a0%", "more than 99%"
    fr, en = share(value)
    return f"de {fr}", en


@dataclass(frozen=True)
class Grounds:
    """What an order's reasons rest on."""

    bay_id: str
    first_on: date
    last_on: date
    coverage: float
    demand_per_day: Range
    unserved_now: Range
    rules_now: Sequence[TimeRule]
    rules_new: Sequence[TimeRule]
    effect: Effect
    p_gain: float


def considerants(grounds: Grounds) -> Text:
    """Return a draft of the reasons that an order must give: figures, period, method (CGCT L2213-1 to 3)."""
    return Text(code="considerants", fr=_french(grounds), en=_english(grounds))


def _french(of: Grounds) -> str:
    saved = _minus(of.effect.unserved_per_day)
    hours = of.effect.resident_hours_per_week
    return (
        f"Considérant que l'aire de livraison {of.bay_id} a été observée du {of.first_on:%d/%m/%Y} au {of.last_on:%d/%m/%Y} "
        f"(part du temps observée : {share(of.coverage)[0]}), sans enregistrement d'image ; "
        f"que {_between(of.demand_per_day, 0)} livraisons par jour cherchent à s'y arrêter, dont "
        f"{_between(of.unserved_now, 0)} ne trouvent pas de place sous la règle actuelle ({rules_text(of.rules_now, 'fr')}) ; "
        f"que la règle « {rules_text(of.rules_new, 'fr')} » changerait de {_between(saved, 0)} par jour le nombre de livraisons "
        f"qui trouvent une place et de {_between(hours, 0)} heures par semaine le stationnement ouvert à tous ; "
        f"que la probabilité que le gain dépasse le coût du changement est {chance(of.p_gain)[0]} ; "
        "que ces chiffres sont estimés à partir des arrivées, des durées et du temps observé, avec leur intervalle à 90 %. "
        "Proposition établie par calcul, sans valeur d'acte."
    )


def _english(of: Grounds) -> str:
    saved = _minus(of.effect.unserved_per_day)
    hours = of.effect.resident_hours_per_week
    return (
        f"Whereas delivery bay {of.bay_id} was observed from {of.first_on.isoformat()} to {of.last_on.isoformat()} "
        f"({share(of.coverage)[1]} of the time seen), no picture being kept; "
        f"whereas {_between(of.demand_per_day, 1)} deliveries a day would like to stop there, of which "
        f"{_between(of.unserved_now, 1)} find no room under the present rule ({rules_text(of.rules_now, 'en')}); "
        f"whereas the rule “{rules_text(of.rules_new, 'en')}” would change by {_between(saved, 1)} a day the deliveries that "
        f"find room and by {_between(hours, 1)} hours a week the parking open to all; "
        f"whereas the probability that the gain exceeds the cost of the change is {chance(of.p_gain)[1]}; "
        "these figures being estimated from arrivals, stays and seen time, with their 90 % interval. "
        "A computed proposal, not a legal act."
    )


def _minus(of: Range) -> Range:
    return Range(mean=-of.mean, p05=-of.p95, p95=-of.p05)


def _between(of: Range, side: int) -> str:
    """Return a figure with its interval."""
    to = ("à", "to")[side]
    mean, low, high = (number(value)[side] for value in (of.mean, of.p05, of.p95))
    return f"{mean} ({low} {to} {high})"


def _side(values: dict[str, str | tuple[str, str]], side: int) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else value[side] for name, value in values.items()
    }
