"""Suggestions of every kind for the bays of the web tests, kept as a run of the engine would be."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime

from geo.rules import read_rules
from geo.suggest.record import Alternative, BaySuggestion, CommunePlan, HalfHours, PlannedBay, Text
from geo.words import Bay
from service.store.bays import list_bays
from service.store.database import open_engine, writing
from service.store.runs import Run, add_run
from service.store.suggestions import save_records
from tests.service.suggested import EFFECT, around, record

INSEE = "99001"
WEEKDAYS = ["mo", "tu", "we", "th", "fr"]
MADE_AT = datetime(2026, 4, 6, 5, 30, tzinfo=UTC)
CHANGES = 4
"""How many bays get a proposal, best first."""

NOW = read_rules(
    [{"days": [*WEEKDAYS, "sa"], "start": "07:00", "end": "20:00", "max_stay_min": 30}]
)
NEW = read_rules([{"days": WEEKDAYS, "start": "06:00", "end": "11:00", "max_stay_min": 30}])
OTHER = read_rules(
    [
        {"days": WEEKDAYS, "start": "06:30", "end": "11:30", "max_stay_min": 20},
        {"days": WEEKDAYS, "start": "14:00", "end": "16:00", "max_stay_min": 20},
    ]
)
CONSIDERANTS = (
    "Considérant que du 2 mars au 5 avril 2026, 41 % des livraisons n'ont pas trouvé de place ;\n"
    "Considérant que l'aire est peu demandée après 11 heures ;"
)


def load_suggestions(database: str) -> None:
    """Keep one run over the first commune: proposals, bays that need data, and bays that are right."""
    engine = open_engine(database)
    with writing(engine) as session:
        bays = list_bays(session, INSEE)
        records = [_record(position, bay, bays) for position, bay in enumerate(bays)]
        run_id = add_run(session, _run(bays))
        save_records(session, INSEE, run_id, records, MADE_AT)
    engine.dispose()


def _run(bays: list[Bay]) -> Run:
    plan = CommunePlan(
        commune=INSEE,
        max_templates=2,
        templates=(NEW, OTHER),
        bays=(PlannedBay(bay_id=bays[0].bay_id, template=0, gain=2.0),),
        gain=5.4,
        gain_free=6.0,
        changes=3,
    )
    weights = {"unserved_per_day": 1.0, "shared_car_hour": -0.05, "change_per_day": 0.5}
    return Run(
        id=0,
        insee=INSEE,
        made_at=MADE_AT,
        engine_version="0.1.0",
        data_hash="5f" * 32,
        seed=1,
        weights=weights,
        weights_by="Conseil municipal",
        first_on=date(2026, 3, 2),
        last_on=date(2026, 4, 5),
        parameters={},
        commune_plans=(plan.model_dump(mode="json"),),
    )


def _record(position: int, bay: Bay, bays: list[Bay]) -> BaySuggestion:
    if position >= CHANGES + 3:
        return record(bay.bay_id, decision="keep", rule_now=bay.rules, neighbours_affected=())
    if position >= CHANGES:
        days = (12, 1, None)[position - CHANGES]
        return record(
            bay.bay_id,
            decision="need_data",
            rule_now=bay.rules,
            needs_days=days,
            grade="D" if days is None else "C",
            neighbours_affected=(),
        )
    size = 1.0 - 0.22 * position
    return record(
        bay.bay_id,
        rule_now=NOW,
        rules_new=NEW if position % 2 == 0 else OTHER,
        gain=around(2.6 * size, 0.9),
        p_gain=(0.996, 0.97, 0.93, 0.91)[position],
        grade="AABB"[position],
        effect=EFFECT.model_copy(
            update={
                "unserved_per_day": around(-3.1 * size, 1.1 * size),
                "resident_hours_per_week": around(40 - 16.0 * position, 9),
                "cut_short_per_day": around(0.1, 0.3),
            }
        ),
        evidence=tuple(
            _halves(kind, scale) for kind, scale in (("weekday", 1.0), ("saturday", 0.4))
        ),
        neighbours_affected=tuple(one.bay_id for one in bays[1:3]),
        alternatives=(
            Alternative(rules=OTHER, gain=around(2.0), p_gain=0.95, effect=EFFECT),
            Alternative(rules=(), gain=around(0.4), p_gain=0.31, effect=EFFECT),
        ),
        considerants=Text(code="considerants", fr=CONSIDERANTS, en="Whereas …"),
        reasons_not=(
            Text(
                code="uniform_rule",
                fr="Toutes les aires de la commune ont la même règle : on sait mal ce que feraient les voitures.",
                en="All bays of the commune share one rule: what cars would do is poorly known.",
            ),
            Text(code="season", fr="Mars n'est pas décembre.", en="March is not December."),
        ),
    )


def _halves(kind: str, scale: float) -> HalfHours:
    """Return a day with a morning that runs out of room, and an hour in the night that was never seen."""
    wanted = [
        scale
        * (
            0.15
            + 3.2 * math.exp(-(((n / 2 - 8.7) / 2.1) ** 2))
            + math.exp(-(((n / 2 - 15) / 2) ** 2))
        )
        for n in range(48)
    ]
    full = [min(0.9, 0.16 * value) for value in wanted]
    unseen = {6, 7}
    return HalfHours.model_validate(
        {
            "day_kind": kind,
            "seen_h": [0.0 if n in unseen else 6.0 if n in {8, 9} else 24.0 for n in range(48)],
            "deliveries_per_h": [
                None if n in unseen else w * (1 - f)
                for n, (w, f) in enumerate(zip(wanted, full, strict=True))
            ],
            "wanted_per_h": wanted,
            "no_room_share": [None if n in unseen else f for n, f in enumerate(full)],
            "cars": [None if n in unseen else 0.4 + 0.9 * (n > 37 or n < 14) for n in range(48)],
        }
    )
