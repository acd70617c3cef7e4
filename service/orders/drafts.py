"""Draft orders from the store: suggestions with what was measured, or all bays of a commune."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from geo.errors import InvalidInput
from geo.exports.regulation import Regulation
from geo.orders.content import Order
from geo.orders.draft import draft_of_inventory, draft_of_suggestions, regulation_of, with_rules
from geo.orders.fields import OrderFields, blank
from geo.orders.measured import Measured
from geo.words import Bay, Commune
from service.bay_periods import period_of_bay
from service.inventory_files import Inventory, stored_inventory
from service.lifecycle import Status
from service.store.axis import axis_of
from service.store.bays import get_commune, list_bays
from service.store.notes import is_sample
from service.store.rules import rules_of
from service.store.runs import get_run
from service.store.suggestions import Suggestion, get_suggestion

DRAFTED = frozenset({Status.PROPOSED, Status.MORE_DATA, Status.ACCEPTED, Status.ADOPTED})
"""Statuses of suggestions that an order may be drafted from."""


WHOLE = "inventaire"
"""Name of drafts of all bays."""

NAME_MAX = 40
"""Characters of the name of a draft of many suggestions."""


class NotDraftable(InvalidInput):
    """No order can be drafted from a suggestion: it proposes no rule, was refused, or has expired."""

    code = "not_draftable"


@dataclass(frozen=True)
class Drafted:
    """A draft, as a document and as what registers take."""

    order: Order
    regulation: Regulation
    dated_at: datetime
    """Instant of the files, aware: of the data, so that the same data gives the same bytes."""
    name: str
    """In the names of its files: the suggestions, or ``inventaire``."""


def draft_from_suggestions(
    session: Session, suggestion_ids: Sequence[int], fields: OrderFields, on: date
) -> Drafted:
    """Return the draft of one order from suggestions for bays of one commune.

    Parameters
    ----------
    on
        First day in force for the registers, where neither the fields nor an adoption say it.

    Raises
    ------
    UnknownSuggestion
        One of them is not known.
    NotDraftable
        One of them proposes no rule or no longer stands, they are of several communes, or two are of one bay.
    """
    items = [get_suggestion(session, one) for one in dict.fromkeys(suggestion_ids)]
    _check(items)
    commune = get_commune(session, items[0].insee)
    known = {bay.bay_id: bay for bay in list_bays(session, commune.insee)}
    cases = [_measured(session, item, known[item.bay_id]) for item in items]
    bays = [with_rules(case) for case in cases]
    name = "-".join(str(item.id) for item in items)[:NAME_MAX]
    adopted = [item.adopted_on for item in items if item.adopted_on]
    return Drafted(
        draft_of_suggestions(cases, commune, fields, is_sample=is_sample(session)),
        regulation_of(bays, commune, fields, min(adopted, default=on), name),
        max(get_run(session, item.run_id).made_at for item in items),
        name,
    )


def draft_from_commune(
    session: Session, insee: str, fields: OrderFields, now_at: datetime
) -> Drafted:
    """Return the draft of the order that lists all bays of a commune of the store.

    Raises
    ------
    UnknownCommune
        No commune has this code.
    InvalidInput
        It has no bay.
    """
    commune = get_commune(session, insee)
    inventory = stored_inventory(session, insee, now_at)
    return _of_bays(
        list_bays(session, insee), commune, fields, inventory.dated_at, invented=is_sample(session)
    )


def draft_from_file(inventory: Inventory, fields: OrderFields) -> Drafted:
    """Return the draft of the order that lists all bays of an inventory.

    Raises
    ------
    InvalidInput
        There is no bay, or they are not all of one known commune.
    """
    communes = sorted({bay.commune or "none" for bay in inventory.bays})
    if len(communes) != 1 or communes == ["none"]:
        raise InvalidInput(
            f"the bays are of the communes {', '.join(communes) or 'none'}: an order is of one, wanted --commune"
        )
    named = {bay.details.commune_name for bay in inventory.bays if bay.details.commune_name}
    name = named.pop() if len(named) == 1 else blank("nom_commune")
    bays = [Bay.model_validate(bay.model_dump()) for bay in inventory.bays]
    commune = Commune(insee=communes[0], name=name)
    return _of_bays(bays, commune, fields, inventory.dated_at, invented=False)


def _of_bays(
    bays: Sequence[Bay],
    commune: Commune,
    fields: OrderFields,
    dated_at: datetime,
    *,
    invented: bool,
) -> Drafted:
    on = dated_at.astimezone(ZoneInfo(commune.time_zone)).date()
    order = draft_of_inventory(bays, commune, fields, on, is_sample=invented)
    return Drafted(order, regulation_of(bays, commune, fields, on, WHOLE), dated_at, WHOLE)


def _check(items: Sequence[Suggestion]) -> None:
    for item in items:
        if item.status not in DRAFTED:
            found = f"is {item.status}" if item.status else f"says {item.decision!r}"
            raise NotDraftable(
                f"suggestion {item.id} {found}: wanted one that proposes a rule and is "
                f"{', '.join(sorted(DRAFTED))}"
            )
    communes = sorted({item.insee for item in items})
    if len(communes) != 1:
        raise NotDraftable(
            f"the suggestions are of the communes {', '.join(communes) or 'none'}: wanted those of one"
        )
    bays = [item.bay_id for item in items]
    twice = sorted({bay_id for bay_id in bays if bays.count(bay_id) > 1})
    if twice:
        raise NotDraftable(f"two suggestions are for bay {twice[0]}: wanted one rule for each bay")


def _measured(session: Session, item: Suggestion, bay: Bay) -> Measured:
    run = get_run(session, item.run_id)
    place = axis_of(session, [bay.bay_id]).places[0]
    figures = period_of_bay(
        session, place, rules_of(session, bay.bay_id), run.first_on, run.last_on
    )
    return Measured(
        bay,
        item.record,
        figures if figures.stays is not None else None,
        run.first_on,
        run.last_on,
        run.engine_version,
        run.data_hash,
        item.id,
    )
