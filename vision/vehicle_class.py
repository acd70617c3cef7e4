"""Van, lorry or car: what the detector's label and the vehicle's size say of its class."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.words import VEHICLE_CLASSES, VehicleClass

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Builds:
    """Sizes of ordinary vehicles, as normal distributions around the segments of the market."""

    classes: NDArray[np.int8]
    """Shape (k,), index in `VEHICLE_CLASSES`."""
    shares: Floats
    """Shape (k,): share of a build within its class; sums to 1 in each."""
    size_m: Floats
    """Shape (k, 3): mean length, width without mirrors, height, metres."""
    spread_m: Floats
    """Shape (k, 3): standard deviation of each."""
    points: Floats
    """Shape (k, p, 3): points that bound the body, over its length, width and height, from its ground centre."""


@dataclass(frozen=True)
class Shape:
    """How a body is rounder than its cuboid."""

    corner: tuple[float, float]
    """Cut from each upright edge, over length and width."""
    belt: float
    """Height over the body's up to which it is full."""
    roof: tuple[float, float]
    """Length and width of the roof over the body's."""


SHAPES = {
    VehicleClass.CAR: Shape((0.06, 0.14), 0.6, (0.70, 0.80)),
    VehicleClass.VAN: Shape((0.04, 0.10), 0.75, (0.90, 0.90)),
    VehicleClass.TRUCK: Shape((0.03, 0.06), 0.8, (0.96, 0.96)),
    VehicleClass.TWO_WHEELER: Shape((0.10, 0.20), 0.6, (0.50, 0.60)),
}
"""A car's glass leans in and its corners are round, a truck's box is square: coarse shares read off side and top views of the
vehicles named below (assumption), and less than those, as the fit takes what lies between them and a cuboid for an error."""


def shape_points(shape: Shape) -> Floats:
    """Return points that bound a body, shape (20, 3): an eight-cornered prism up to the belt, and the roof's four corners."""
    signs = np.array([[-0.5, -0.5], [-0.5, 0.5], [0.5, -0.5], [0.5, 0.5]])
    cut = 1 - 2 * np.asarray(shape.corner)
    plan = np.vstack([signs * [cut[0], 1], signs * [1, cut[1]]])
    prism = [np.column_stack([plan, np.full(len(plan), z)]) for z in (0.0, shape.belt)]
    return np.vstack([*prism, np.column_stack([signs * shape.roof, np.ones(4)])])


def _builds(
    *rows: tuple[VehicleClass, float, tuple[float, float, float], tuple[float, float, float]],
) -> Builds:
    return Builds(
        np.asarray([VEHICLE_CLASSES.index(row[0]) for row in rows], np.int8),
        np.asarray([row[1] for row in rows]),
        np.asarray([row[2] for row in rows]),
        np.asarray([row[3] for row in rows]),
        np.asarray([shape_points(SHAPES[row[0]]) for row in rows]),
    )


BUILDS = _builds(
    (VehicleClass.CAR, 0.20, (3.70, 1.67, 1.49), (0.15, 0.05, 0.05)),
    (VehicleClass.CAR, 0.35, (4.20, 1.79, 1.46), (0.15, 0.03, 0.04)),
    (VehicleClass.CAR, 0.15, (4.70, 1.84, 1.45), (0.15, 0.03, 0.03)),
    (VehicleClass.CAR, 0.30, (4.40, 1.83, 1.61), (0.20, 0.04, 0.05)),
    (VehicleClass.VAN, 0.40, (4.50, 1.86, 1.84), (0.17, 0.03, 0.04)),
    (VehicleClass.VAN, 0.25, (5.15, 1.94, 1.96), (0.22, 0.03, 0.06)),
    (VehicleClass.VAN, 0.35, (5.80, 2.05, 2.55), (0.38, 0.03, 0.14)),
    (VehicleClass.TRUCK, 0.40, (6.60, 2.20, 3.15), (0.35, 0.07, 0.15)),
    (VehicleClass.TRUCK, 0.35, (7.70, 2.40, 3.40), (0.60, 0.08, 0.20)),
    (VehicleClass.TRUCK, 0.15, (9.50, 2.52, 3.70), (0.80, 0.04, 0.15)),
    (VehicleClass.TRUCK, 0.10, (12.0, 2.55, 3.30), (0.50, 0.03, 0.30)),
    (VehicleClass.TWO_WHEELER, 0.7, (2.10, 0.75, 1.50), (0.20, 0.10, 0.20)),
    (VehicleClass.TWO_WHEELER, 0.3, (2.50, 0.85, 1.70), (0.20, 0.10, 0.10)),
)
"""Outer sizes of common European vehicles. Cars: city (Fiat 500, Twingo, C1), compact (Clio, 308, Golf), saloon and estate
(508, Passat), SUV (Captur, 3008, Tiguan). Vans: small (Kangoo, Berlingo, Caddy), medium (Trafic, Expert, Vito), large (Master,
Ducato, Sprinter, Transit, of all lengths and roofs). Trucks: 3.5 t with a box of 20 m³, 7.5 t, 12 to 19 t, bus. Means and
spreads rounded from the makers' data sheets; shares within a class are assumptions, none counts for more than a few looks."""

LABEL_GIVEN_CLASS = np.array(
    [
        # van   truck  car   two_wheeler other: the label seen
        [0.05, 0.36, 0.57, 0.01, 0.01],
        [0.02, 0.78, 0.18, 0.01, 0.01],
        [0.02, 0.04, 0.92, 0.01, 0.01],
        [0.005, 0.01, 0.05, 0.93, 0.005],
        [0.02, 0.29, 0.29, 0.20, 0.20],
    ]
)
"""Shape (class, label): how often a vehicle of a class gets a label, COCO's reduced to ours (assumption between the scene
brief's "vans are called truck, car or bus" and the embedded detector's rates in `docs/how-to/measure-vision.md`). No label of
COCO's becomes van: a detector that says it was taught it, and means no vehicle of another class."""

CLASS_PRIOR = np.array([0.36, 0.18, 0.40, 0.05, 0.01])
"""Share of classes at a kerb used for loading (assumption; the looks of a stay soon outweigh it)."""

OUTLIER_SHARE = 0.05
"""Share of looks whose size says nothing: a part taken for the whole, a neighbour's wheel in the box (assumption).

It bounds what one look can say for or against a class.
"""

UNSIZED = -3.0
"""Log-likelihood of the size of a vehicle of the class `other`, whose sizes nobody knows, under that of the best build."""


def label_log(labels: NDArray[np.int8]) -> Floats:
    """Return the log-likelihood of labels, shape (n,), under each class, shape (n, 5)."""
    return np.asarray(np.log(LABEL_GIVEN_CLASS[:, labels].T))


def build_posterior(labels: NDArray[np.int8], evidence: Floats) -> Floats:
    """Return the probability of each build, shape (n, k), sums to 1.

    Parameters
    ----------
    labels
        Shape (n,), index in `VEHICLE_CLASSES`.
    evidence
        Shape (n, k): log-likelihood of each build's size, up to a constant for each vehicle.
    """
    prior = np.log(CLASS_PRIOR[BUILDS.classes] * BUILDS.shares)
    return _shares(evidence + prior + label_log(labels)[:, BUILDS.classes])


def class_log(labels: NDArray[np.int8], evidence: Floats) -> Floats:
    """Return the log-likelihood of a look under each class, shape (n, 5): label and size, without the prior.

    Sizes that no build explains say little, as `OUTLIER_SHARE` of looks say nothing at all. Constant terms are left out:
    the best class has the value of its label at most.
    """
    sized = np.full((len(evidence), len(VEHICLE_CLASSES)), UNSIZED)
    weighted = evidence - evidence.max(axis=1, keepdims=True, initial=-np.inf)
    weighted = weighted + np.log(BUILDS.shares)
    for place in np.unique(BUILDS.classes):
        sized[:, place] = np.logaddexp.reduce(weighted[:, BUILDS.classes == place], axis=1)
    sized -= sized.max(axis=1, keepdims=True, initial=-np.inf)
    sized = np.log((1 - OUTLIER_SHARE) * np.exp(sized) + OUTLIER_SHARE)
    return np.asarray(sized + label_log(labels))


def class_scores(logs: Floats) -> Floats:
    """Return the probability of each class, shape (n, 5), from the log-likelihoods of one look, with the prior."""
    return _shares(logs + np.log(CLASS_PRIOR))


def _shares(logs: Floats) -> Floats:
    weights = np.exp(logs - logs.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))
