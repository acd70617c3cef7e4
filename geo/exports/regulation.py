"""What an order says, before it is written in one of the languages of the State and of navigation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from operator import attrgetter
from zoneinfo import ZoneInfo

from geo.errors import InvalidInput
from geo.rule_languages.canonical import GOODS, HANDLING
from geo.rules import ALL_DAYS, DAY_END, MIDNIGHT
from geo.words import Activity, Bay, BayType, Day, KerbBay, TimeRule

ALWAYS = TimeRule(days=ALL_DAYS, start=MIDNIGHT, end=DAY_END)
"""The rule of a permanent bay of which nothing else is said: reserved at all times (schema-aire-livraison 1.0.0, TYPE)."""

RESERVING = frozenset(HANDLING)
"""Activities for which a place is reserved: all others are banned from it."""

DELIVERING = frozenset(GOODS)
"""User classes of CDS that city logistics covers."""


class NotExpressible(InvalidInput):
    """A rule says something that the format asked for has no words for."""

    code = "not_expressible"


@dataclass(frozen=True)
class Regulation:
    """One order: made, or to be made."""

    regulation_id: str
    """Reference of the order, or of its draft."""
    title: str
    insee: str
    authority: str
    """Who makes it, in French: ``Commune de Clichy``."""
    from_on: date
    """First local day in force."""
    bays: tuple[Bay, ...]
    is_draft: bool
    time_zone: str = "Europe/Paris"

    def begin_at(self, rule: TimeRule | None = None) -> datetime:
        """Return the first instant in force, of the order or of one of its rules, aware."""
        begin_on = max(self.from_on, rule.from_on) if rule and rule.from_on else self.from_on
        return self.midnight(begin_on)

    def midnight(self, on: date) -> datetime:
        """Return the instant at which a local day begins, aware."""
        return datetime.combine(on, time(), ZoneInfo(self.time_zone))


def binding_rules(bay: KerbBay) -> tuple[TimeRule, ...]:
    """Return what binds drivers at a bay; a permanent bay without rules is reserved at all times, any other is not known."""
    return bay.rules or ((ALWAYS,) if bay.bay_type is BayType.PERMANENT else ())


def forbids(bay: KerbBay) -> bool:
    """Tell whether any rule is known that forbids something at a bay; one that only allows parking does not."""
    return any(rule.activity is not Activity.PARKING for rule in binding_rules(bay))


def check_forbids(regulation: Regulation) -> None:
    """Check that an order forbids anything.

    Raises
    ------
    NotExpressible
        All it would say is that parking is allowed, or no rule is known.
    """
    if not any(forbids(bay) for bay in regulation.bays):
        raise NotExpressible(
            f"order {regulation.regulation_id!r} forbids nothing at its {len(regulation.bays)} bays: "
            "wanted a rule that reserves one, first of bay "
            + (regulation.bays[0].bay_id if regulation.bays else "none")
        )


def check_users(bay: KerbBay, rule: TimeRule) -> None:
    """Check that a rule is for those who deliver and no one else.

    Raises
    ------
    NotExpressible
        It names other users.
    """
    users = {*rule.user_classes, *rule.except_user_classes} - DELIVERING
    if users:
        raise NotExpressible(
            f"bay {bay.bay_id}: no word is known for the user classes {', '.join(sorted(users))}; "
            f"wanted none, or {' and '.join(sorted(DELIVERING))}"
        )


def standing_regulations(
    bays: Iterable[Bay], authorities: dict[str, str], on: date
) -> list[Regulation]:
    """Return the orders behind an inventory: one for each commune and reference, bays without one together.

    Parameters
    ----------
    bays
        Those of which no rule is known that forbids anything are left out.
    authorities
        Who makes the orders of a commune, by INSEE code; one that is missing is named by its code.
    on
        Day from which a rule is said to hold where its order is not dated.
    """
    known = sorted((bay for bay in bays if forbids(bay)), key=_order_key)
    return [
        _standing(insee, reference, tuple(group), authorities, on)
        for (insee, reference), group in groupby(known, _order_key)
    ]


def alike(rules: Sequence[TimeRule]) -> Iterator[tuple[TimeRule, ...]]:
    """Yield rules in groups that differ by their days and hours only; those that name ``ph`` apart from those that do not."""
    groups: dict[TimeRule, list[TimeRule]] = {}
    for rule in rules:
        days = (Day.PH,) if Day.PH in rule.days else (Day.MO,)
        key = rule.model_copy(update={"days": days, "start": MIDNIGHT, "end": DAY_END})
        groups.setdefault(key, []).append(rule)
    yield from (tuple(group) for group in groups.values())


def _order_key(bay: Bay) -> tuple[str, str]:
    return bay.commune, bay.details.order_ref or ""


def _standing(
    insee: str, reference: str, bays: tuple[Bay, ...], authorities: dict[str, str], on: date
) -> Regulation:
    dated = [bay.details.order_on for bay in bays if bay.details.order_on]
    authority = authorities.get(insee, f"Commune {insee}")
    return Regulation(
        regulation_id=reference or f"inventaire-{insee}",
        title=f"Aires de livraison - {authority}" + (f" - arrêté {reference}" if reference else ""),
        insee=insee,
        authority=authority,
        from_on=min(dated) if dated else on,
        bays=tuple(sorted(bays, key=attrgetter("bay_id"))),
        is_draft=False,
    )
