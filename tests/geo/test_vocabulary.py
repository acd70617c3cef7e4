"""The glossary is generated, and every value has its label."""

from __future__ import annotations

from pathlib import Path

from geo.vocabulary import (
    BAY_TYPE_LABELS,
    DAY_LABELS,
    TERMS,
    UNSEEN_REASON_LABELS,
    VEHICLE_CLASS_LABELS,
    glossary,
    unseen_reason_label,
)
from geo.words import BayType, Day, VehicleClass
from vision.observation import Reason


def test_the_committed_glossary_is_the_generated_one(repo: Path) -> None:
    """The page and the table cannot drift apart."""
    assert (repo / "docs/glossary.md").read_text(encoding="utf-8") == glossary()


def test_every_value_has_a_label_in_both_languages() -> None:
    """No closed list has a value that a screen could not name."""
    for labels, values in (
        (VEHICLE_CLASS_LABELS, VehicleClass),
        (BAY_TYPE_LABELS, BayType),
        (DAY_LABELS, Day),
    ):
        assert set(labels) == set(values)
        assert all(label.of("fr") and label.of("en") for label in labels.values())


def test_one_word_for_one_thing() -> None:
    """No term is the forbidden word of another."""
    used = {term.english for term in TERMS}
    forbidden = {word for term in TERMS for word in term.never}
    assert len(used) == len(TERMS)
    assert used & forbidden == {"slot"}, (
        "only CDS's parking slot clashes with our quarter of an hour"
    )


def test_an_unknown_reason_is_shown_as_other() -> None:
    """A foreign device's reason never breaks a page."""
    assert unseen_reason_label("dark", "fr") == "trop sombre"
    assert unseen_reason_label("goblins", "en") == "other reason"


def test_every_reason_of_our_devices_has_a_label() -> None:
    """Whatever the edge says of unseen time has its words on screen."""
    assert {reason.value for reason in Reason} - {""} <= set(UNSEEN_REASON_LABELS)
