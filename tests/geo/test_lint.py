"""The inventory linter."""

from __future__ import annotations

from typing import Any

import pytest

from geo.inventory.lint import Finding, lint
from geo.words import Bay, FoundBay, TimeRule

HOURS = {"days": ("mo",), "start": "07:00", "end": "11:00", "max_stay_min": 30}
GOOD = {"width_m": 2.5, "order_ref": "2023-268"}


def bay(bay_id: str = "b1", at_lon: float = 2.0, **more: Any) -> Bay:
    """Return a bay of which nothing is wrong, but what is given."""
    width, height = 0.00016, 0.00002
    ring = [(0, 0), (width, 0), (width, height), (0, height), (0, 0)]
    details = {**GOOD, **more.pop("details", {})}
    given = {
        "bay_id": bay_id,
        "commune": "75056",
        "length_m": 12.0,
        "capacity": 1,
        "bay_type": "periodic",
        "rules": (TimeRule.model_validate(HOURS),),
        "polygon_lonlat": tuple((at_lon + x, 48.0 + y) for x, y in ring),
        "details": details,
    }
    return Bay.model_validate({**given, **more})


def told(*bays: Bay | FoundBay) -> list[tuple[str, str]]:
    """Return the codes and severities of findings, in order."""
    return [(one.code, one.severity) for one in lint(bays)]


def test_a_good_bay_has_no_findings() -> None:
    """What is known and right is not spoken of; no bay is no finding."""
    assert told(bay()) == []
    assert lint([]) == ()


@pytest.mark.parametrize(
    ("more", "code", "severity"),
    [
        ({"length_m": 11.9}, "too_short", "warning"),
        ({"length_m": 10.0, "details": {"estimated": ("length",)}}, "too_short", "note"),
        ({"details": {"width_m": 2.0}}, "too_narrow", "warning"),
        ({"details": {"width_m": None}}, "width_unknown", "note"),
        ({"details": {"width_m": 2.0, "estimated": ("width",)}}, "width_unknown", "note"),
        ({"capacity": 3}, "capacity_too_large", "warning"),
        ({"length_m": 30.0}, "capacity_small", "note"),
        ({"details": {"order_present": False}}, "no_order", "error"),
        ({"details": {"order_ref": None}}, "order_unknown", "note"),
        ({"details": {"marking_state": "degraded"}}, "marking_degraded", "warning"),
        ({"details": {"marking_state": "absent"}}, "marking_absent", "error"),
        ({"details": {"marking_conforms": False}}, "marking_not_conforming", "warning"),
        ({"details": {"sign_state": "degraded"}}, "sign_degraded", "warning"),
        ({"details": {"sign_present": False}}, "hours_without_sign", "warning"),
        (
            {"details": {"sign_present": False, "sign_state": "good"}},
            "sign_contradicts_itself",
            "error",
        ),
        ({"rules": ()}, "periodic_without_hours", "error"),
        ({"bay_type": "permanent"}, "permanent_with_hours", "error"),
        ({"details": {"max_stay_min": 20}}, "max_stay_contradicts", "error"),
        (
            {"rules": (TimeRule.model_validate({**HOURS, "max_stay_min": None}),)},
            "max_stay_missing",
            "note",
        ),
        ({"details": {"estimated": ("orientation",)}}, "estimated", "note"),
    ],
)
def test_each_finding(more: dict[str, Any], code: str, severity: str) -> None:
    """What is wrong or not known is told once, with its code."""
    assert (code, severity) in told(bay(**more))


def test_a_permanent_bay_without_a_sign_is_a_warning() -> None:
    """Its marking tells what hours would need a sign for."""
    found = told(bay(bay_type="permanent", rules=(), details={"sign_present": False}))
    assert ("sign_absent", "warning") in found


def test_sentences_name_what_was_found_and_what_is_wanted() -> None:
    """In French with a comma, in English with a point."""
    (found,) = lint([bay(length_m=11.5)])
    assert found.message.fr == "Longueur 11,5 m : au moins 12 m sont attendus."
    assert found.message.en == "Length 11.5 m: wanted at least 12 m."
    assert isinstance(found, Finding)


def test_names_given_twice_in_one_commune_are_told() -> None:
    """Two bays of one name, whatever the case; the same name elsewhere is fine."""
    same = [bay("a", 2.0, name="Rue X"), bay("b", 2.1, name="rue x ")]
    assert told(*same) == [("duplicate_name", "warning")] * 2
    assert told(same[0], bay("b", 2.1, name="Rue X", commune="92012")) == []


def test_bays_that_share_ground_are_told_and_neighbours_are_not() -> None:
    """Half a bay over another is told for both; end to end is how bays lie."""
    assert told(bay("a", 2.0), bay("b", 2.00008)) == [("bays_overlap", "error")] * 2
    assert told(bay("a", 2.0), bay("b", 2.00016)) == []
    guessed = bay("b", 2.00008, details={"estimated": ("orientation",)})
    assert ("bays_overlap", "error") not in told(bay("a", 2.0), guessed)
    assert ("bays_overlap", "warning") in told(bay("a", 2.0), guessed)


def test_a_bay_of_no_commune_is_told() -> None:
    """Found bays may have none."""
    found = FoundBay.model_validate({**bay().model_dump(mode="json"), "commune": None})
    assert told(found) == [("commune_missing", "error")]


def test_the_worst_of_a_bay_stands_first_and_bays_keep_their_order() -> None:
    """Errors, then warnings, then notes."""
    bad = bay("z", 2.0, length_m=9.0, details={"width_m": None, "order_present": False})
    other = bay("a", 2.1, length_m=9.0)
    assert [(one.bay_id, one.severity) for one in lint([bad, other])] == [
        ("z", "error"),
        ("z", "warning"),
        ("z", "note"),
        ("a", "warning"),
    ]
