"""What was measured of a bay and what a new rule is expected to change: the reasons of an order, with their limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from geo.bay_period import BayPeriod
from geo.orders.content import Table
from geo.orders.place import place_text, rule_phrase
from geo.orders.typography import (
    UNKNOWN,
    day_text,
    listed,
    number_text,
    range_text,
    share_interval_text,
    share_text,
)
from geo.suggest.record import BaySuggestion, Range
from geo.suggest.sentences import chance
from geo.words import ENOUGH_COVERAGE, Bay, TimeRule

HOUR_S = 3600

QUANTITIES = (
    (
        "unserved_per_day",
        "livraisons de plus par jour qui trouvent une place",
        "livraisons de moins par jour qui trouvent une place",
    ),
    (
        "double_park_min_per_day",
        "minutes par jour d'arrêt en double file évitées",
        "minutes par jour d'arrêt en double file en plus",
    ),
    (
        "resident_hours_per_week",
        "heures par semaine de moins pour le stationnement ouvert à tous",
        "heures par semaine de plus pour le stationnement ouvert à tous",
    ),
    (
        "cut_short_per_day",
        "livraisons par jour de moins écourtées par la durée maximale",
        "livraisons par jour de plus écourtées par la durée maximale",
    ),
)
"""Quantities of an effect, with how a fall and a rise of it are said."""

SOURCES = {
    "local": "mesuré sur cette aire",
    "commune": "mesuré sur les aires de la commune",
    "national": "hypothèse générale",
}

ASSUMPTIONS = {
    "rho_short": "voitures de passage qui se garent malgré la réservation",
    "rho_long": "voitures en longue durée qui se garent malgré la réservation",
    "kappa": "voitures déjà là qui libèrent la place au début des heures réservées",
    "keeps_max_stay_deliveries": "livreurs qui respectent la durée maximale",
    "keeps_max_stay_cars": "automobilistes qui respectent la durée maximale",
    "retry": "livreurs sans place qui repassent quelques minutes plus tard",
}


@dataclass(frozen=True)
class Measured:
    """A bay with the suggestion for it and the figures of the time it rests on."""

    bay: Bay
    record: BaySuggestion
    figures: BayPeriod | None
    """None where the facts are no longer in the store."""
    first_on: date
    last_on: date
    """Included."""
    engine_version: str
    data_hash: str
    suggestion_id: int

    @property
    def rules_new(self) -> tuple[TimeRule, ...]:
        """The proposed rules."""
        return self.record.rules_new or ()

    @property
    def seen_h(self) -> float | None:
        """Hours in which the bay was seen."""
        if self.figures is None:
            return None
        return float(self.figures.week.seen_s.sum()) / HOUR_S


def observation(of: Measured) -> str:
    """Return when and how long a bay was observed, as it follows ``Considérant``."""
    hours = f" ({number_text(of.seen_h)} h)" if of.seen_h is not None else ""
    return (
        f"que l'aire de livraison {place_text(of.bay)} a été observée du {day_text(of.first_on)} au {day_text(of.last_on)}, "
        f"pendant {share_text(of.record.coverage)} du temps{hours}, par un comptage automatique des véhicules, sans "
        "enregistrement d'image et sans lecture de plaque"
    )


def usage(of: Measured) -> str | None:
    """Return how the bay was used in its reserved hours; None where that was not seen enough to be said."""
    found = of.figures
    if found is None or found.reserved_occupancy.value is None or found.coverage < ENOUGH_COVERAGE:
        return None
    said = (
        f"que, pendant cette période et aux heures réservées, {share_interval_text(found.reserved_occupancy)} du temps-place y "
        f"était occupé et qu'aucune place n'y était libre pendant {share_text(found.reserved_full_share)} du temps"
    )
    if found.lasting.median_min is not None:
        said += (
            f" ; que la moitié des véhicules y sont restés {number_text(found.lasting.median_min)} min ou moins, "
            f"et un sur dix plus de {number_text(found.lasting.p90_min)} min"
        )
    longer, limited = _overstays(found)
    if limited:
        said += f" ; que {number_text(longer)} arrêts sur {number_text(limited)} y ont dépassé la durée maximale"
    return said


def need(of: Measured) -> str | None:
    """Return how many deliveries look for a place, and how many find none."""
    demand, unserved = of.record.demand_per_day, of.record.unserved_per_day
    if demand is None:
        return None
    said = f"que l'on estime à {range_text(demand)} le nombre de livraisons qui cherchent chaque jour à s'y arrêter"
    if unserved is not None:
        said += (
            f", dont {range_text(unserved)} ne trouvent pas de place sous la règle actuelle, "
            f"« {rule_phrase(of.record.rule_now)} »"
        )
    return said


def expectation(of: Measured) -> str | None:
    """Return what the new rule is expected to change, each figure with its interval."""
    if of.record.effect is None:
        return None
    told = [_told(getattr(of.record.effect, name), less, more) for name, less, more in QUANTITIES]
    sure = [text for text in told if text is not None]
    if not sure:
        return None
    return (
        f"que la règle nouvelle, « {rule_phrase(of.rules_new)} », aurait pour effet, selon la même estimation : "
        f"{' ; '.join(sure)}"
    )


def together(cases: Sequence[Measured]) -> Iterator[str]:
    """Yield the reasons of an order on many bays, whose figures stand in the annexes only."""
    first_on, last_on = min(c.first_on for c in cases), max(c.last_on for c in cases)
    shares = list(
        dict.fromkeys(share_text(case.record.coverage) for case in sorted(cases, key=_coverage))
    )
    seen = shares[0] if len(shares) == 1 else f"{shares[0]} à {shares[-1]}"
    yield (
        f"que les {len(cases)} aires de livraison désignées en annexe 1 ont été observées entre le {day_text(first_on)} et le "
        f"{day_text(last_on)}, pendant {seen} du temps selon l'aire, par un comptage "
        "automatique des véhicules, sans enregistrement d'image et sans lecture de plaque"
    )
    yield (
        "que l'annexe, qui fait partie des motifs du présent arrêté, donne pour chacune d'elles les heures observées, l'occupation, les durées "
        "d'arrêt, les livraisons qui ne trouvent pas de place sous la règle actuelle et l'effet attendu de la règle nouvelle"
    )


LIMITS = "que ces chiffres sont des estimations données avec leur intervalle à 90 %, dont la méthode et les limites sont dites en annexe"

METHOD = (
    (
        "Méthode : des caméras fixes comptent les véhicules arrêtés dans chaque aire ; il n'en sort que des nombres, des types de véhicules "
        "et des heures à la minute. Le taux d'occupation est le temps-place pris divisé par le temps-place observé ; un temps non observé n'est "
        "jamais compté comme libre. La demande et l'effet d'une règle sont estimés par un modèle à partir des arrivées, des durées et du temps "
        "observé ; chaque valeur est suivie de son intervalle à 90 %."
    ),
    (
        "Limites : les livraisons qui ne trouvent pas de place ne laissent pas de trace et sont donc estimées ; la caméra ne dit pas si une voiture "
        "livre ; les livraisons sont supposées garder leurs heures et le contrôle du stationnement rester ce qu'il est. Un dépassement est une "
        "statistique, jamais une infraction constatée."
    ),
)


def figures_table(cases: Sequence[Measured]) -> Table:
    """Return the figures of bays: a row for each quantity, a column for each of at most three bays."""
    columns = ("", *(case.bay.name or case.bay.bay_id for case in cases))
    rows = zip(*(_column(case) for case in cases), strict=True)
    first = 0.34
    widths = (first, *([(1 - first) / len(cases)] * len(cases)))
    return Table(columns, widths, tuple((row[0][0], *(cell for _, cell in row)) for row in rows))


def doubts(cases: Sequence[Measured]) -> Iterator[str]:
    """Yield what speaks against the change and what the estimate assumes, each once with the bays it is said of."""
    said: dict[tuple[str, str], list[str]] = {}
    for case in cases:
        reasons = " ".join(text.fr for text in case.record.reasons_not)
        assumed = " ; ".join(
            f"{ASSUMPTIONS[one.name]} {share_text(one.mean)} ({SOURCES[one.source]})"
            for one in case.record.assumptions
        )
        for what, text in (("À examiner", reasons), ("Hypothèses", assumed and f"{assumed}.")):
            if text:
                said.setdefault((what, text), []).append(case.bay.name or case.bay.bay_id)
    for (what, text), names in sorted(said.items()):
        yield f"{what}, {listed(names)} : {text}"


def traces(cases: Sequence[Measured]) -> str:
    """Return by what each proposal can be computed again."""
    told = " ; ".join(
        f"n° {case.suggestion_id} ({case.bay.bay_id}), données {case.data_hash[:12]}, moteur {case.engine_version}"
        for case in cases
    )
    return f"Pour refaire le calcul : proposition {told}."


def _column(of: Measured) -> Iterator[tuple[str, str]]:
    found, record = of.figures, of.record
    longer, limited = _overstays(found) if found else (0, 0)
    yield "Identifiant", of.bay.bay_id
    yield "Période observée", f"{of.first_on:%d/%m/%Y} - {of.last_on:%d/%m/%Y}"
    yield "Heures observées", f"{number_text(of.seen_h)} h" if of.seen_h is not None else UNKNOWN
    yield "Part du temps observée", share_text(record.coverage)
    yield (
        "Occupation, heures réservées",
        share_interval_text(found.reserved_occupancy) if found else UNKNOWN,
    )
    yield (
        "Sans place libre, heures réservées",
        share_text(found.reserved_full_share if found else None),
    )
    yield "Durée médiane, et dépassée par un véhicule sur dix", _dwell(found)
    yield (
        "Arrêts plus longs que la durée maximale",
        f"{number_text(longer)} sur {number_text(limited)}" if limited else UNKNOWN,
    )
    yield "Livraisons qui cherchent une place, par jour", _range(record.demand_per_day)
    yield "dont sans place sous la règle actuelle", _range(record.unserved_per_day)
    yield "Règle actuelle", rule_phrase(record.rule_now)
    yield "Règle proposée", rule_phrase(of.rules_new)
    for name, less, more in QUANTITIES:
        change = getattr(record.effect, name) if record.effect else None
        title = name if change is None else (less if change.mean < 0 else more)
        yield _short(name), UNKNOWN if change is None else f"{_signed(change)} {title}"
    yield "Probabilité que le gain dépasse le coût du changement", _chance(record.p_gain)


def _coverage(of: Measured) -> float:
    return of.record.coverage


def _short(name: str) -> str:
    return {
        "unserved_per_day": "Effet attendu : livraisons",
        "double_park_min_per_day": "Effet attendu : double file",
        "resident_hours_per_week": "Effet attendu : stationnement ouvert à tous",
        "cut_short_per_day": "Effet attendu : livraisons écourtées",
    }[name]


def _told(change: Range, less: str, more: str) -> str | None:
    """Return a change in words; None where nothing changes."""
    if change.p05 == change.p95 == 0:
        return None
    doubt = ", de sens incertain" if change.p05 < 0 < change.p95 else ""
    return f"{_signed(change)} {less if change.mean < 0 else more}{doubt}"


def _signed(change: Range) -> str:
    """Return the size of a change; its interval goes through zero where its sense is not sure."""
    if change.mean < 0:
        return range_text(Range(mean=-change.mean, p05=-change.p95, p95=-change.p05))
    return range_text(change)


def _dwell(found: BayPeriod | None) -> str:
    if found is None or found.lasting.median_min is None:
        return UNKNOWN
    return f"{number_text(found.lasting.median_min)} min ; {number_text(found.lasting.p90_min)} min"


def _range(value: Range | None) -> str:
    return UNKNOWN if value is None else range_text(value)


def _chance(value: float | None) -> str:
    return UNKNOWN if value is None else chance(value)[0].removeprefix("de ")


def _overstays(found: BayPeriod) -> tuple[int, int]:
    counts = [one.overstays for one in found.dwell.values()]
    return sum(one.longer for one in counts), sum(one.limited for one in counts)
