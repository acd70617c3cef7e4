"""T3, T4 and the what-if half of T16: the loss chain against drivers one by one, at random bays, and its speed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from checks import Check, Figure, Scale
from geo.demand.parameters import Parameters
from geo.study.words import DEFAULT_LENGTH_M, Search, Weights
from geo.whatif.chain import Kerb, kerb, kerb_of, outcome, outcomes
from geo.whatif.fit import GapTable
from geo.whatif.outcome import QUANTITIES, DayRule, Window, score
from geo.whatif.second_opinion import Play, simulated
from geo.whatif.windows import search
from geo.words import VEHICLE_CLASSES

Floats = NDArray[np.float64]

LENGTHS_M = tuple(DEFAULT_LENGTH_M[name] for name in VEHICLE_CLASSES)
UNSERVED = QUANTITIES.index("unserved")
NOW: DayRule = (Window(420, 1200, 30),)
T3_RULES: tuple[DayRule, ...] = (
    NOW,
    (Window(360, 660, 15),),
    (Window(420, 720, 30), Window(840, 1140, 30)),
    (),
    (Window(0, 1440, 45),),
)
T4_RULES: tuple[DayRule, ...] = (
    (),
    *(
        (Window(start * 60, end * 60, 30),)
        for start in (5, 6, 7, 8, 9, 10)
        for end in (11, 12, 14, 16, 18, 19, 20)
    ),
    (Window(360, 720, 15),),
)
"""44 rules."""

T3_SEEDS = {Scale.SMALL: (1,), Scale.FULL: (21, 22, 23, 24, 25)}
"""None of them was looked at while the table of gaps was set up."""


@dataclass(frozen=True)
class Bay:
    """A random bay of the checks."""

    length_m: float
    parameters: Parameters

    @property
    def kerb(self) -> Kerb:
        """Its states with chances of a gap."""
        return kerb(self.length_m, LENGTHS_M)

    @property
    def naive(self) -> Kerb:
        """Its states by the sum of lengths."""
        table = GapTable.of_length_sum(self.length_m, LENGTHS_M)
        return kerb_of(self.length_m, LENGTHS_M, table)


def random_bay(length_m: float, deliveries: float, retry: float, rng: np.random.Generator) -> Bay:
    """Draw a bay: peaks, stays, cars and behaviour all differ from bay to bay."""
    hour = (np.arange(48) + 0.5) / 2
    share = np.full(48, rng.uniform(0.005, 0.03))
    for _ in range(rng.integers(1, 4)):
        share = share + rng.uniform(0.3, 1.0) * np.exp(
            -0.5 * ((hour - rng.uniform(6, 18)) / rng.uniform(0.7, 3.0)) ** 2
        )
    trucks = rng.uniform(0.05, 0.25)
    daytime = 1.0 + 0.8 * np.sin((hour - rng.uniform(7, 10)) / 12 * np.pi)
    evening = 0.3 + np.exp(-0.5 * ((hour - rng.uniform(18, 20)) / 2.0) ** 2)
    rate = np.stack(
        [
            (1 - trucks) * deliveries * share / share.sum() * 2,
            trucks * deliveries * share / share.sum() * 2,
            rng.uniform(0.4, 2.5) * daytime,
            rng.uniform(0.05, 0.4) * evening,
        ],
        axis=-1,
    )
    mean_min = rng.uniform([8, 13, 20, 180], [18, 28, 45, 480])
    sigma = rng.uniform(0.5, 0.9, 4)
    keeps = rng.uniform(0.4, 0.8)
    one = Parameters(
        np.tile(rate, (3, 1, 1)),
        rng.uniform(0.2, 0.6, 2),
        np.asarray(rng.uniform(0.5, 0.9)),
        np.broadcast_to(60 / mean_min, (2, 48, 4)).copy(),
        np.log(mean_min) - sigma**2 / 2,
        sigma,
        np.array([keeps, keeps, 0.7 * keeps, 0.7 * keeps]),
        np.asarray(retry),
    )
    return Bay(length_m, one)


def chain_and_events(scale: Scale) -> list[Figure]:
    """T3: unserved deliveries a day by the chain against drivers one by one."""
    lengths = (12.0, 18.0) if scale is Scale.SMALL else (12.0, 15.0, 18.0, 24.0)
    rules = T3_RULES[:2] if scale is Scale.SMALL else T3_RULES
    days = 3_000 if scale is Scale.SMALL else 12_000
    errors: dict[str, list[float]] = {"chain": [], "returns": [], "length": [], "slot": []}
    for seed in T3_SEEDS[scale]:
        rng = np.random.default_rng([3, seed])
        for length_m in lengths:
            for deliveries in (20.0, 40.0, 70.0):
                bays = {r: random_bay(length_m, deliveries, r, rng) for r in (0.0, 0.3)}
                rule = rules[rng.integers(len(rules))]
                for retry, bay in bays.items():
                    events = simulated(
                        bay.kerb, bay.parameters, 0, rule, Play(days=days, seed=seed)
                    )
                    truth = events[UNSERVED]
                    chain = outcome(bay.kerb, bay.parameters, 0, rule)[UNSERVED]
                    errors["returns" if retry else "chain"].append(chain / truth - 1)
                    if not retry:
                        naive = outcome(bay.naive, bay.parameters, 0, rule)[UNSERVED]
                        errors["length"].append(naive / truth - 1)
                        errors["slot"].append(_per_slot(bay, rule) / truth - 1)
    return _t3_figures(errors)


def _t3_figures(errors: dict[str, list[float]]) -> list[Figure]:
    percent = {name: 100 * np.abs(found) for name, found in errors.items()}
    worst = float(percent["chain"].max())
    again = float(percent["returns"].max())
    return [
        Figure("chain, no returns, largest error of unserved/day, %", worst, "<= 6 %", worst <= 6),
        Figure("the same, mean error, %", float(percent["chain"].mean()), ""),
        Figure("chain, 30 % come round again, largest error, %", again, "<= 6 %", again <= 6),
        Figure("the same, mean error, %", float(percent["returns"].mean()), ""),
        Figure("sum of lengths instead, largest, %", float(percent["length"].max()), ""),
        Figure("the same, mean error, %", float(percent["length"].mean()), ""),
        Figure("steady state of each slot instead, largest, %", float(percent["slot"].max()), ""),
        Figure("the same, mean error, %", float(percent["slot"].mean()), ""),
    ]


def _per_slot(bay: Bay, rule: DayRule) -> float:
    """Return unserved deliveries a day if every half hour were in its steady state."""
    one, states = bay.parameters, bay.kerb
    total = 0.0
    for slot in range(48):
        middle = 30 * slot + 15
        window = next((w for w in rule if w.start_min <= middle < w.end_min), None)
        come = one.rate_per_h[0, slot].copy()
        go = one.leave_per_h[0, slot].copy()
        if window is not None:
            come[2:] *= one.rho
            if window.max_stay_min is not None:
                go *= _faster(one, window.max_stay_min)
        steady = _steady(states, come, go)
        total += 0.5 * float(steady @ (1 - states.admit[:, :2]) @ come[:2])
    return total


def _faster(one: Parameters, limit_min: int) -> Floats:
    """Return how much faster vehicles leave under a maximum stay, by drawing stays."""
    normal = np.random.default_rng(0).standard_normal((20_000, 4))
    stay = np.exp(one.stay_mu + one.stay_sigma * normal)
    kept = np.minimum(stay, limit_min).mean(0)
    return stay.mean(0) / (stay.mean(0) - one.keeps_max_stay * (stay.mean(0) - kept))


def _steady(states: Kerb, come: Floats, go: Floats) -> Floats:
    size = len(states.counts)
    rates = np.zeros((size, size))
    for kind in range(4):
        rates[np.arange(size), states.above[:, kind]] += come[kind] * states.admit[:, kind]
        rates[np.arange(size), states.below[:, kind]] += go[kind] * states.counts[:, kind]
    np.fill_diagonal(rates, 0.0)
    balance = np.vstack([(rates - np.diag(rates.sum(1))).T, np.ones(size)])
    return np.linalg.lstsq(balance, np.append(np.zeros(size), 1.0))[0]


def ranking(scale: Scale) -> list[Figure]:
    """T4: the order of 44 rules by the chain against that by drivers one by one."""
    rules = T4_RULES[::5] if scale is Scale.SMALL else T4_RULES
    bays = 2 if scale is Scale.SMALL else 20
    days = 2_500 if scale is Scale.SMALL else 4_000
    lengths = [12.0, 15.0] if scale is Scale.SMALL else [12.0, 15.0, 18.0, 24.0]
    rng = np.random.default_rng([4, 21])
    by_chain, by_length = [], []
    for number in range(bays):
        bay = random_bay(float(rng.choice(lengths)), rng.uniform(10, 60), 0.3 * (number % 2), rng)
        truth = np.array(
            [
                score(
                    simulated(bay.kerb, bay.parameters, 0, r, Play(days=days, seed=number)),
                    Weights(),
                )
                for r in rules
            ]
        )
        by_chain.append(_ranked(truth, _scores(bay.kerb, bay, rules)))
        by_length.append(_ranked(truth, _scores(bay.naive, bay, rules)))
    order, cost = (list(column) for column in zip(*by_chain, strict=True))
    naive_order, naive_cost = (list(column) for column in zip(*by_length, strict=True))
    middle, dear = median(order), float(np.mean(cost))
    return [
        Figure("Spearman, median over bays", middle, ">= 0.98", middle >= 0.98),
        Figure("Spearman, least", min(order), ""),
        Figure("cost of the top rule, % of the range, mean", dear, "<= 1 %", dear <= 1),
        Figure("the same, largest", max(cost), ""),
        Figure("sum of lengths instead, Spearman, median", median(naive_order), ""),
        Figure("sum of lengths instead, cost of the top rule, %", float(np.mean(naive_cost)), ""),
    ]


def _scores(states: Kerb, bay: Bay, rules: Sequence[DayRule]) -> Floats:
    return np.array([score(outcome(states, bay.parameters, 0, r), Weights()) for r in rules])


def _ranked(truth: Floats, model: Floats) -> tuple[float, float]:
    """Return rank correlation, and what taking the model's best rule costs in percent of the range."""
    lost = truth[np.argmin(model)] - truth.min()
    return float(spearmanr(truth, model).statistic), 100 * float(lost / np.ptp(truth))


def speed(scale: Scale) -> list[Figure]:
    """T16, of one bay: all rules of a day, and an answer on 40 draws."""
    figures = []
    for length_m in (15.0,) if scale is Scale.SMALL else (12.0, 15.0, 24.0):
        bay = random_bay(length_m, 30.0, 0.3, np.random.default_rng([16, 1]))
        draws = Parameters(*(np.stack([value] * 40) for value in vars(bay.parameters).values()))
        limits = Search(max_windows=1)

        def surface(bay: Bay = bay, limits: Search = limits) -> None:
            search(bay.kerb, bay.parameters, 0, Weights(), limits, now=NOW)

        def answer(bay: Bay = bay, draws: Parameters = draws) -> None:
            for kind in range(3):
                outcomes(bay.kerb, draws, kind, [NOW, (Window(360, 660, 30),)])

        figures.append(Figure(f"1,176 windows x 5 stays, {length_m:.0f} m, ms", _ms(surface), ""))
        took_ms = _ms(answer)
        is_met = None if scale is Scale.SMALL or length_m != 15.0 else took_ms <= 300
        figures.append(
            Figure(f"what-if on 40 draws, {length_m:.0f} m, ms", took_ms, "<= 300 ms", is_met)
        )
    return figures


def _ms(work: object) -> float:
    assert callable(work)
    work()
    took = []
    for _ in range(5):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return 1000 * median(took)


CHECKS = [
    Check("T3", "loss chain against drivers one by one", chain_and_events),
    Check("T4", "order of rules", ranking),
]
"""T16 takes ``speed`` from here."""
