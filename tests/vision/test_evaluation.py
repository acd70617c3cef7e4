"""Figures of an evaluation are right where the answer is known, their intervals cover, and files that do not fit are refused."""

from __future__ import annotations

import itertools
import json
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import AirelibError, InvalidFile, UnknownBay
from geo.files.checking import faults
from geo.files.kinds import read
from geo.words import Stay, VehicleClass
from vision.commands.evaluate import evaluate
from vision.evaluation.chance import Chance, Figure, interval, quantile_interval, ratio
from vision.evaluation.frames import FIGURES, frame_figures
from vision.evaluation.pairing import bay_hours, pair
from vision.evaluation.reading import Answer, TrueState, TrueStay
from vision.evaluation.stays import stay_figures
from vision.observation import BayState

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
FEW = Chance(200, 1)


def stay(
    from_min: float, to_min: float | None, bay: str = "A", kind: VehicleClass = VehicleClass.VAN
) -> Stay:
    """Return a stay by minutes from the beginning."""
    departed = None if to_min is None else START + timedelta(minutes=to_min)
    return Stay(
        bay_id=bay,
        vehicle_class=kind,
        arrived_at=START + timedelta(minutes=from_min),
        departed_at=departed,
    )


def truths(*stays: Stay, condition: str = "") -> list[TrueStay]:
    """Return stays as the truth."""
    return [TrueStay(one, condition) for one in stays]


def of_states(text: str) -> tuple[dict[Any, TrueState], dict[Any, Answer]]:
    """Return truth and answers from words such as "of": truth occupied, answer free; "u" is unknown."""
    states = {"o": BayState.OCCUPIED, "f": BayState.FREE, "u": BayState.UNKNOWN}
    truth, found = {}, {}
    for index, (true, said) in enumerate(text.split()):
        key = (f"{index // 2}.jpg", "AB"[index % 2])
        truth[key] = TrueState(true == "o", int(true == "o"), "day" if index < 4 else "night")
        count = None if said == "u" else int(said == "o")
        found[key] = Answer(states[said], count, "dark" if said == "u" else "")
    return truth, found


def test_figures_of_frames_are_those_of_the_confusion() -> None:
    """With 3 right occupied, 1 missed, 1 unknown, 4 right free, 1 false alarm and 2 unknown every figure is the textbook's."""
    figures = frame_figures(*of_states("oo oo oo of ou ff ff ff ff fo fu fu"), FEW)
    wanted = {
        "accuracy": 7 / 12,
        "recall": 3 / 5,
        "specificity": 4 / 7,
        "balanced_accuracy": (3 / 5 + 4 / 7) / 2,
        "precision": 3 / 4,
        "f1": 2 * (3 / 4) * (3 / 5) / (3 / 4 + 3 / 5),
        "mcc": (3 * 4 - 3 * 2) / (6 * 5 * 7 * 6) ** 0.5,
        "answered_share": 9 / 12,
        "answered_accuracy": 7 / 9,
        "vehicles_right": 7 / 9,
        "vehicle_error": 2 / 9,
        "vehicle_bias": 0.0,
    }
    assert {name: figures[name] for name in wanted} == pytest.approx(wanted)
    assert figures["unknown_reasons"] == {"dark": 3}
    assert (figures["frames"], figures["answers_wanted"], figures["occupied_true"]) == (6, 12, 5)
    assert set(figures["by_condition"]) == {"day", "night"}
    assert figures["by_condition"]["day"]["recall"] == 3 / 4
    assert figures["by_bay"]["A"]["answers_wanted"] == 6


@settings(deadline=None, max_examples=50)
@given(st.lists(st.sampled_from(["oo", "of", "ou", "ff", "fo", "fu"]), min_size=1, max_size=40))
def test_every_share_lies_in_its_interval_and_in_0_to_1(cases: list[str]) -> None:
    """Whatever was answered, shares and their intervals lie in 0 to 1, the low end not above the high one."""
    figures = frame_figures(*of_states(" ".join(cases)), Chance(100, 1))
    for name, figure in FIGURES.items():
        ends, value = figures["intervals"][name], figures[name]
        if ends is not None:
            assert ends[0] <= ends[1]
        if figure.bases and value is not None:
            assert 0 <= value <= 1
            assert ends is None or (ends[0] >= 0 and ends[1] <= 1)


def test_intervals_cover_as_often_as_they_say() -> None:
    """Of 300 samples of 60 frames whose bays fail together, the interval holds the true accuracy of 0.9 in 84 to 96 %."""
    rng = np.random.default_rng(5)
    accuracy = Figure(lambda sums: ratio(sums[..., 0], sums[..., 1]), ((1,),))
    held = 0
    for _ in range(300):
        shares = rng.choice([1.0, 0.6], 60, p=[0.75, 0.25])
        counts = np.column_stack([rng.binomial(10, shares), np.full(60, 10)]).astype(float)
        ends = interval(accuracy, counts, FEW)
        assert ends is not None
        held += ends[0] <= 0.9 <= ends[1]
    assert 0.84 <= held / 300 <= 0.96


def test_bays_of_a_frame_are_drawn_together() -> None:
    """Ten bays that always fail together tell no more than one: the interval is as wide as that of one bay a frame."""
    accuracy = Figure(lambda sums: ratio(sums[..., 0], sums[..., 1]), ((1,),))
    right = (np.arange(40) % 5 > 0).astype(float)
    one = interval(accuracy, np.column_stack([right, np.ones(40)]), FEW)
    ten = interval(accuracy, 10 * np.column_stack([right, np.ones(40)]), FEW)
    assert one == ten


def test_no_error_in_few_cases_is_no_certainty() -> None:
    """Eleven of eleven right has the exact bound of 0.76, and one unit alone has no interval."""
    share = Figure(lambda sums: ratio(sums[..., 0], sums[..., 1]), ((1,),))
    ends = interval(share, np.ones((11, 2)), FEW)
    assert ends == pytest.approx((0.05 ** (1 / 11), 1.0))
    assert interval(share, np.column_stack([np.zeros(11), np.ones(11)]), FEW) == pytest.approx(
        (0.0, 1 - 0.05 ** (1 / 11))
    )
    assert interval(share, np.ones((1, 2)), FEW) is None


def test_a_seed_gives_the_same_interval() -> None:
    """The same seed gives the same ends, another seed others."""
    values, units = list(np.random.default_rng(2).exponential(1, 50)), list(range(50))
    one, same, other = (
        quantile_interval(values, units, 50, 0.5, Chance(200, seed)) for seed in (1, 1, 2)
    )
    assert one == same != other
    assert one is not None
    assert one[0] <= np.median(values) <= one[1]


def test_stays_are_counted_with_their_errors() -> None:
    """Of three true stays two are found, one with another class and 30 s late, beside one that never was."""
    truth = truths(stay(0, 10), stay(20, 30), stay(40, 50, "B"))
    found = [stay(0, 10), stay(20.5, 31, kind=VehicleClass.TRUCK), stay(70, 80, "B")]
    figures = stay_figures(truth, found, FEW)
    assert (figures["precision"], figures["recall"], figures["f1"]) == pytest.approx((2 / 3,) * 3)
    assert figures["class_accuracy"] == 0.5
    assert figures["class_confusion"]["van"] == {
        "van": 1,
        "truck": 1,
        "car": 0,
        "two_wheeler": 0,
        "other": 0,
    }
    assert (figures["arrival_error_s"], figures["departure_error_s"]) == (15, 30)
    assert (figures["dwell_error_s"], figures["dwell_bias_s"]) == (15, 15)
    assert figures["arrival_error_p90_s"] == pytest.approx(27)
    assert (figures["splits"], figures["merges"], figures["phantom_departures"]) == (0, 0, 0)
    assert figures["by_bay"]["A"]["recall"] == 1
    assert figures["by_bay"]["B"]["precision"] == 0


def test_occupied_time_is_compared_by_bay_time() -> None:
    """Over 80 minutes of two bays a half-minute late start, a minute late end, a missed and an invented ten minutes are 21.5 in 160."""
    truth = [stay(0, 10), stay(20, 30), stay(40, 50, "B")]
    found = [stay(0, 10), stay(20.5, 31), stay(70, 80, "B")]
    hours = bay_hours(truth, found)
    assert hours.shape == (4, 4), "two bays, two hours each"
    assert hours.sum(axis=0) / 60 == pytest.approx([160, 30, 30.5, 21.5])
    figures = stay_figures(truths(*truth), found, FEW)
    assert figures["occupied_time_error"] == pytest.approx(21.5 / 160)
    assert figures["occupied_time_bias"] == pytest.approx(0.5 / 160)


def test_a_cut_stay_is_a_split_and_its_departures_are_phantoms() -> None:
    """One true stay found as three is one split with two phantom departures; the other way round it is one merge."""
    whole, pieces = [stay(0, 60)], [stay(0, 35), stay(36, 45), stay(46, 60)]
    cut = stay_figures(truths(*whole), pieces, FEW)
    assert (cut["splits"], cut["phantom_departures"], cut["merges"]) == (1, 2, 0)
    joined = stay_figures(truths(*pieces), whole, FEW)
    assert (joined["splits"], joined["phantom_departures"], joined["merges"]) == (0, 0, 1)


def test_two_vehicles_at_a_time_are_neither_split_nor_merged() -> None:
    """Two vehicles that stand in one bay at the same time and are both found make no split and no merge."""
    both = [stay(0, 30), stay(2, 28)]
    pairing = pair(both, both)
    assert pairing.found_of == {0: 0, 1: 1}
    assert pairing.splits == pairing.merges == (0, 0)


def test_a_found_stay_has_the_condition_of_the_nearest_true_one() -> None:
    """A stay that never was counts against the condition in which it was found."""
    truth = truths(stay(0, 10), condition="day") + truths(stay(600, 620), condition="night")
    figures = stay_figures(truth, [stay(0, 10), stay(600, 620), stay(640, 650)], FEW)
    assert figures["by_condition"]["day"]["precision"] == 1
    assert figures["by_condition"]["night"]["precision"] == 0.5


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(st.integers(0, 200), st.integers(1, 60), st.sampled_from("AB")),
        min_size=1,
        max_size=12,
    )
)
def test_the_truth_itself_is_found_whole(drawn: list[tuple[int, int, str]]) -> None:
    """Stays held against themselves, one after the other in a bay, give no error of any kind."""
    stays, free_at = [], {"A": 0, "B": 0}
    for wait, length, bay in drawn:
        stays.append(stay(free_at[bay] + wait, free_at[bay] + wait + length, bay))
        free_at[bay] += wait + length
    figures = stay_figures(truths(*stays), stays, Chance(100, 1))
    assert (figures["precision"], figures["recall"], figures["occupied_time_error"]) == (1, 1, 0)
    assert figures["splits"] == figures["merges"] == figures["phantom_departures"] == 0


STAYS = "bay_id,vehicle_class,arrived_at,departed_at\n"
TRUTH = "frame,bay_id,occupied\n"
FOUND = "frame,bay_id,state\n"
DAY = "2026-03-02T09:00:00+00:00"


@pytest.mark.parametrize(
    ("truth", "found", "error", "match"),
    [
        (TRUTH + "a,1,1\n", STAYS, InvalidFile, "is about frames and .* about stays"),
        (TRUTH + "a,1,yes\n", FOUND, InvalidFile, "line 2: occupied is 'yes': wanted 0 or 1"),
        (TRUTH + "a,1,1\na,1,0\n", FOUND, InvalidFile, "line 3: frame a and bay 1 stand twice"),
        (TRUTH + "a,1,1\n", FOUND + "a,1,full\n", InvalidFile, "line 2: 'full' is not a valid"),
        (TRUTH + "a,1,1\n", FOUND + "b,1,free\n", UnknownBay, "found the frames b, wanted a"),
        (STAYS, STAYS, InvalidFile, "the truth holds no stay"),
        (STAYS + f"A,van,{DAY},\n", STAYS + f"B,van,{DAY},\n", UnknownBay, "found the bays B, wanted A"),
    ],
)  # fmt: skip
def test_files_that_do_not_fit_are_refused(
    tmp_path: Path, truth: str, found: str, error: type[AirelibError], match: str
) -> None:
    """Files of two kinds, wrong values, doubled rows and answers about something else are refused with what was wanted."""
    (tmp_path / "t.csv").write_text(truth)
    (tmp_path / "f.csv").write_text(found)
    with pytest.raises(error, match=match):
        called(tmp_path, "t.csv", "f.csv")


def called(folder: Path, truth: str, found: str, *options: str) -> str:
    """Evaluate two files of a folder."""
    arguments = ["--truth", str(folder / truth), "--found", str(folder / found), *options]
    return CliRunner().invoke(evaluate, arguments, catch_exceptions=False).output


def test_what_is_written_keeps_to_its_schema(repo: Path, tmp_path: Path) -> None:
    """metrics.json of frames and of stays passes `airelib files check`, and one key less does not."""
    clip = repo / "sample_data" / "clips" / "day"
    (tmp_path / "t.csv").write_text("frame,bay_id,occupied\na,1,1\nb,1,0\n")
    (tmp_path / "f.csv").write_text(FOUND + "a,1,occupied\n")
    for truth, found in (("t.csv", "f.csv"), (str(clip / "stays.csv"), str(clip / "stays.csv"))):
        called(tmp_path, truth, found, "--out", str(tmp_path))
        assert list(faults(read(tmp_path / "metrics.json"))) == []
        document = json.loads((tmp_path / "metrics.json").read_text())
        del document["intervals"]
        (tmp_path / "metrics.json").write_text(json.dumps(document))
        (fault,) = faults(read(tmp_path / "metrics.json"))
        assert "'intervals' is a required property" in fault


def test_the_picture_shows_each_figure_beside_its_words(tmp_path: Path) -> None:
    """The picture is well-formed, has a point for every share, a title for conditions and bays, and no text that leaves it."""
    rows = [
        f"{frame}.jpg,{bay},{(frame + index) % 2},{'day' if frame < 5 else 'night <1>'}"
        for frame, (index, bay) in itertools.product(range(10), enumerate("AB"))
    ]
    (tmp_path / "t.csv").write_text("frame,bay_id,occupied,condition\n" + "\n".join(rows) + "\n")
    answers = [f"{frame}.jpg,{bay},occupied" for frame in range(10) for bay in "AB"]
    (tmp_path / "f.csv").write_text(FOUND + "\n".join(answers) + "\n")
    figures = json.loads(called(tmp_path, "t.csv", "f.csv", "--json", "--out", str(tmp_path)))
    root = ET.fromstring((tmp_path / "metrics.svg").read_text())  # noqa: S314 - it is our own
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    points = list(root.iter("{http://www.w3.org/2000/svg}circle"))
    assert figures["recall"] == 1
    assert len(points) == 5 + 2 + 2
    assert {"night <1>", "A", "B", "Occupied bays told occupied"} <= set(texts)
    assert all(0 <= float(p.attrib["cx"]) <= float(root.attrib["width"]) for p in points)
