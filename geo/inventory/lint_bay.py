"""What the linter looks at in one bay: size, order, marking, sign, rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from geo.bay_details import Guess, State
from geo.inventory.finding import Finding
from geo.rule_conflicts import Severity, rule_conflicts
from geo.rules import RESERVING
from geo.vocabulary import Label
from geo.words import BayType, KerbBay

MIN_LENGTH_M = 12.0
"""Shortest delivery bay.

Source: Certu 2009, "Aménagement des aires de livraison": 12 to 15 m (standards brief, 3.7).
"""

MIN_WIDTH_M = 2.20
"""Narrowest marking of a delivery bay; 2.50 m is better, for vehicles up to 2.60 m wide.

Source: Certu 2009, "Aménagement des aires de livraison" (standards brief, 3.7).
"""

LENGTH_PER_VEHICLE_M = 5.0
"""Kerb that the shortest vehicle counted takes: 15 m are three car places.

Source: Certu 2009, "Aménagement des aires de livraison" (standards brief, 3.7).
"""

Check = Callable[[KerbBay], Iterator[Finding]]


def lint_bay(bay: KerbBay) -> Iterator[Finding]:
    """Yield the findings on one bay looked at by itself."""
    for check in CHECKS:
        yield from check(bay)


def _finding(bay: KerbBay, code: str, severity: Severity, fr: str, en: str) -> Finding:
    return Finding(bay.bay_id, code, severity, Label(fr, en))


def _commune(bay: KerbBay) -> Iterator[Finding]:
    if getattr(bay, "commune", None) is None:
        yield _finding(
            bay,
            "commune_missing",
            "error",
            "La commune est inconnue : un code INSEE est attendu.",
            "The commune is unknown: an INSEE code is wanted.",
        )


def _length(bay: KerbBay) -> Iterator[Finding]:
    if bay.length_m < MIN_LENGTH_M:
        is_guess = Guess.LENGTH in bay.details.estimated
        found_fr, wanted_fr = _french(bay.length_m), _french(MIN_LENGTH_M)
        yield _finding(
            bay,
            "too_short",
            "note" if is_guess else "warning",
            f"Longueur {'estimée ' if is_guess else ''}{found_fr} m : au moins {wanted_fr} m sont attendus.",
            f"{'Estimated length' if is_guess else 'Length'} {bay.length_m:g} m: wanted at least {MIN_LENGTH_M:g} m.",
        )


def _width(bay: KerbBay) -> Iterator[Finding]:
    width_m = bay.details.width_m
    if width_m is None or Guess.WIDTH in bay.details.estimated:
        yield _finding(
            bay,
            "width_unknown",
            "note",
            f"La largeur n'a pas été mesurée : au moins {_french(MIN_WIDTH_M)} m sont attendus.",
            f"The width was not measured: wanted at least {MIN_WIDTH_M:.2f} m.",
        )
    elif width_m < MIN_WIDTH_M:
        yield _finding(
            bay,
            "too_narrow",
            "warning",
            f"Largeur {_french(width_m)} m : au moins {_french(MIN_WIDTH_M)} m sont attendus.",
            f"Width {width_m:g} m: wanted at least {MIN_WIDTH_M:.2f} m.",
        )


def _capacity(bay: KerbBay) -> Iterator[Finding]:
    most = int(bay.length_m // LENGTH_PER_VEHICLE_M)
    if bay.capacity > max(1, most):
        yield _finding(
            bay,
            "capacity_too_large",
            "warning",
            f"Capacité de {bay.capacity} véhicules pour {_french(bay.length_m)} m : "
            f"au plus {max(1, most)}, à {_french(LENGTH_PER_VEHICLE_M)} m par véhicule.",
            f"Capacity of {bay.capacity} vehicles on {bay.length_m:g} m: "
            f"wanted at most {max(1, most)}, at {LENGTH_PER_VEHICLE_M:g} m a vehicle.",
        )
    elif bay.length_m >= 2 * MIN_LENGTH_M * bay.capacity:
        yield _finding(
            bay,
            "capacity_small",
            "note",
            f"Capacité de {bay.capacity} pour {_french(bay.length_m)} m : une longueur de {_french(MIN_LENGTH_M)} m "
            "suffit à un véhicule.",
            f"Capacity of {bay.capacity} on {bay.length_m:g} m: {MIN_LENGTH_M:g} m are enough for one vehicle.",
        )


def _order(bay: KerbBay) -> Iterator[Finding]:
    details = bay.details
    if details.order_present is False:
        yield _finding(
            bay,
            "no_order",
            "error",
            "Aucun arrêté : sans lui la réservation n'est pas opposable.",
            "No regulation order: without one the reservation does not bind.",
        )
    elif details.order_present is None and not (details.order_ref or details.order_url):
        yield _finding(
            bay,
            "order_unknown",
            "note",
            "L'arrêté n'est pas connu : sa référence est attendue.",
            "The regulation order is not known: its reference is wanted.",
        )


def _marking(bay: KerbBay) -> Iterator[Finding]:
    details = bay.details
    if details.marking_state is State.ABSENT:
        yield _finding(
            bay, "marking_absent", "error", "Le marquage est absent.", "The marking is absent."
        )
    elif details.marking_state is State.DEGRADED:
        yield _finding(
            bay, "marking_degraded", "warning", "Le marquage est dégradé.", "The marking is worn."
        )
    if details.marking_conforms is False:
        yield _finding(
            bay,
            "marking_not_conforming",
            "warning",
            "Le marquage n'est pas conforme (IISR, 7e partie, article 118-2).",
            "The marking does not conform (IISR, part 7, article 118-2).",
        )


def _sign(bay: KerbBay) -> Iterator[Finding]:
    details = bay.details
    says_there = details.sign_state in (State.GOOD, State.DEGRADED)
    if details.sign_present is False and says_there:
        yield _finding(
            bay,
            "sign_contradicts_itself",
            "error",
            "Le panneau est dit absent, et pourtant un état lui est donné.",
            "The sign is said to be absent, and yet has a state.",
        )
    elif details.sign_present is False or details.sign_state is State.ABSENT:
        yield _sign_absent(bay)
    elif details.sign_state is State.DEGRADED:
        yield _finding(
            bay, "sign_degraded", "warning", "Le panneau est dégradé.", "The sign is worn."
        )


def _sign_absent(bay: KerbBay) -> Finding:
    if bay.rules and bay.bay_type is not BayType.PERMANENT:
        return _finding(
            bay,
            "hours_without_sign",
            "warning",
            "Des heures sont fixées, mais aucun panneau ne les dit.",
            "Hours are set, but no sign tells them.",
        )
    return _finding(bay, "sign_absent", "warning", "Le panneau est absent.", "The sign is absent.")


def _hours(bay: KerbBay) -> Iterator[Finding]:
    if bay.bay_type is BayType.PERIODIC and not any(r.activity in RESERVING for r in bay.rules):
        yield _finding(
            bay,
            "periodic_without_hours",
            "error",
            "L'aire est dite périodique, mais aucune heure n'est donnée.",
            "The bay is said to be periodic, but no hours are given.",
        )


def _max_stay(bay: KerbBay) -> Iterator[Finding]:
    loading = [rule for rule in bay.rules if rule.activity in RESERVING]
    of_bay = bay.details.max_stay_min
    others = sorted(
        {r.max_stay_min for r in loading if r.max_stay_min not in (None, of_bay)} - {None}, key=int
    )
    if of_bay is not None and others:
        yield _finding(
            bay,
            "max_stay_contradicts",
            "error",
            f"Durée maximale de {of_bay} min pour l'aire, mais de {others[0]} min dans ses règles.",
            f"Maximum stay of {of_bay} min for the bay, but {others[0]} min in its rules.",
        )
    elif of_bay is None and (not loading or any(rule.max_stay_min is None for rule in loading)):
        yield _finding(
            bay,
            "max_stay_missing",
            "note",
            "La durée maximale d'arrêt n'est pas donnée.",
            "The maximum stay is not given.",
        )


GUESSES = {
    Guess.POSITION: Label("position", "position"),
    Guess.ORIENTATION: Label("orientation", "orientation"),
    Guess.LENGTH: Label("longueur", "length"),
    Guess.WIDTH: Label("largeur", "width"),
    Guess.CAPACITY: Label("capacité", "capacity"),
    Guess.HOURS: Label("heures", "hours"),
    Guess.DAYS: Label("jours", "days"),
}


def _estimated(bay: KerbBay) -> Iterator[Finding]:
    guesses = [GUESSES[guess] for guess in bay.details.estimated]
    if guesses:
        yield _finding(
            bay,
            "estimated",
            "note",
            f"Estimé et non relevé : {', '.join(one.fr for one in guesses)}.",
            f"Estimated, not surveyed: {', '.join(one.en for one in guesses)}.",
        )


def _rules(bay: KerbBay) -> Iterator[Finding]:
    for one in rule_conflicts(bay.rules, bay.bay_type):
        yield Finding(bay.bay_id, one.code, one.severity, one.text)


def _french(figure: float) -> str:
    return f"{figure:.2f}".rstrip("0").rstrip(".").replace(".", ",")


CHECKS: tuple[Check, ...] = (
    _commune,
    _length,
    _width,
    _capacity,
    _order,
    _marking,
    _sign,
    _hours,
    _max_stay,
    _estimated,
    _rules,
)
"""In the order in which findings of one severity stand."""
