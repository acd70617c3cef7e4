"""Van, lorry or car: what one look says, and what many say together."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from geo.words import VEHICLE_CLASSES, VehicleClass
from tests.vision.traffic import MODELS, Standing, seen
from vision.observation import observe, prepare
from vision.vehicle_class import BUILDS, CLASS_PRIOR, LABEL_GIVEN_CLASS, class_log

CAR, VAN, TRUCK = (
    VEHICLE_CLASSES.index(one) for one in (VehicleClass.CAR, VehicleClass.VAN, VehicleClass.TRUCK)
)


def test_shares_are_shares() -> None:
    """Labels of a class, builds of a class and the prior each sum to 1; every class but `other` has a build."""
    np.testing.assert_allclose(LABEL_GIVEN_CLASS.sum(axis=1), 1)
    assert CLASS_PRIOR.sum() == pytest.approx(1)
    known = [VEHICLE_CLASSES[place] for place in np.unique(BUILDS.classes)]
    assert set(VEHICLE_CLASSES) - set(known) == {VehicleClass.OTHER}
    for place in np.unique(BUILDS.classes):
        assert BUILDS.shares[BUILDS.classes == place].sum() == pytest.approx(1)


def test_without_a_size_the_label_alone_speaks() -> None:
    """Where no size is known, the look's evidence differs between classes by the label's alone, `other` apart."""
    labels = np.array([CAR, TRUCK], np.int8)
    logs = class_log(labels, np.zeros((2, len(BUILDS.classes))))
    known = [place for place in range(len(VEHICLE_CLASSES)) if place in BUILDS.classes]
    wanted = np.log(LABEL_GIVEN_CLASS[:, labels].T)
    np.testing.assert_allclose((logs - wanted)[:, known], 0.0, atol=1e-9)


def test_one_look_cannot_rule_a_class_out() -> None:
    """However badly a size fits, a class keeps the share of looks that say nothing."""
    evidence = np.where(BUILDS.classes == CAR, 0.0, -500.0)[None]
    logs = class_log(np.array([CAR], np.int8), evidence)
    assert (logs[0] > -9).all()
    assert logs[0].argmax() == CAR


@pytest.mark.parametrize("model", MODELS)
def test_a_few_looks_tell_the_class(street: Any, model: str) -> None:
    """Twenty looks with a detector's errors, at a place in the bay: their mean evidence is for the right class."""
    rng = np.random.default_rng(3)
    view = prepare(street.scene(), street.size_wh)
    logs = []
    for _ in range(20):
        found, _ = seen(street, [Standing(model, 0.0, -1.15, "B")], rng)
        logs += [sighting.class_log for sighting in observe(view, found)[1].sightings]
    assert len(logs) >= 15
    likeliest = VEHICLE_CLASSES[int(np.argmax(np.mean(logs, axis=0)))]
    assert likeliest is MODELS[model][3]
