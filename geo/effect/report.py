"""Adoptions from their table, and effects as the values of ``effect.json``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from typing import Any

from geo.effect.measure import Effect, Measured
from geo.effect.register import Adoption, Outcome, Registration
from geo.errors import InvalidInput
from geo.study.words import Study

COLUMNS = ("bay_id", "adopted_on", "measure", "control_bay_ids")
"""Columns of ``adopted.csv``; the last may be left out."""

NOT_MEASURED = {
    "double_park_min_per_day": "the files of a study do not tell vehicles double-parked beside a bay"
}
"""Outcomes that an officer may ask for and that are unknown here, with the reason."""

DECIMALS = 4


def read_adoptions(rows: Iterable[Mapping[str, str | None]]) -> tuple[Adoption, ...]:
    """Read the rows of ``adopted.csv``.

    Raises
    ------
    InvalidInput
        A row lacks its bay, day or measure, or there is none.
    """
    found = tuple(_adoption(line, row) for line, row in enumerate(rows, start=2))
    if not found:
        raise InvalidInput("found no adoption: wanted one row or more")
    return found


def adoption_row(one: Adoption) -> tuple[str, ...]:
    """Return an adoption as a row of ``adopted.csv``."""
    return one.bay_id, one.adopted_on.isoformat(), one.measure, " ".join(one.control_bay_ids)


def effect_document(
    study: Study,
    registrations: Sequence[Registration],
    found: tuple[Sequence[Measured], Sequence[Measured]],
    *,
    seed: int,
    is_registered_before: bool,
) -> dict[str, Any]:
    """Return what ``effect.json`` holds.

    Parameters
    ----------
    study, registrations, seed
        From which the effects come.
    found
        Effects of each adoption and of each measure.
    is_registered_before
        Whether the registrations were made beforehand, and only read now.
    """
    alone, pooled = found
    return {
        "engine_version": version("airelib"),
        "data_hash": study.data_hash,
        "seed": seed,
        "period": {
            "from": study.period.first_on.isoformat(),
            "to": study.period.last_on.isoformat(),
        },
        "registered_before": is_registered_before,
        "bays": [
            {
                "bay_id": one.bay_id,
                "adopted_on": one.adopted_on.isoformat(),
                **_measured(effects),
                "registration": one.document(),
            }
            for one, effects in zip(registrations, alone, strict=True)
        ],
        "measures": [{"bay_ids": list(one.bay_ids), **_measured(one)} for one in pooled],
        "not_measured": NOT_MEASURED,
    }


def _adoption(line: int, row: Mapping[str, str | None]) -> Adoption:
    bay_id, adopted_on, measure = ((row.get(name) or "").strip() for name in COLUMNS[:3])
    if not bay_id or not measure:
        raise InvalidInput(
            f"line {line}: found bay_id {bay_id!r} and measure {measure!r}: wanted text in both"
        )
    try:
        day = date.fromisoformat(adopted_on)
    except ValueError as error:
        raise InvalidInput(
            f"line {line}, column adopted_on: found {adopted_on!r}: wanted a day such as 2026-03-02"
        ) from error
    controls = (row.get("control_bay_ids") or "").replace(";", " ").split()
    return Adoption(bay_id, day, measure, tuple(dict.fromkeys(controls)))


def _measured(one: Measured) -> dict[str, Any]:
    return {
        "measure": one.measure,
        "weeks_before": one.weeks_before,
        "weeks_after": one.weeks_after,
        "stop": one.stop,
        "outcomes": {
            outcome.value: _effect(outcome, one.effects[outcome]) for outcome in one.effects
        },
    }


def _effect(outcome: Outcome, effect: Effect) -> dict[str, Any]:
    said = _rounded(asdict(effect))
    share = said.pop("effect")
    return {
        "before": said.pop("before"),
        "after": said.pop("after"),
        "effect_share": share,
        "effect": _absolute(effect),
        **said,
        "verdict": effect.verdict.value,
        "unit": "share of places" if outcome is Outcome.OCCUPANCY else "per day",
    }


def _absolute(effect: Effect) -> dict[str, float | None] | None:
    """Return the effect in units of the outcome: the relative change times what was before."""
    if effect.effect is None or effect.before is None:
        return None
    before = effect.before
    return {
        name: None if share is None else round(share * before, DECIMALS)
        for name, share in asdict(effect.effect).items()
    }


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(part) for key, part in value.items()}
    return round(value, DECIMALS) if isinstance(value, float) else value
