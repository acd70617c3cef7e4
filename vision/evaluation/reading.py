"""The files of an evaluation, read and held against each other before anything is counted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from geo.errors import InvalidFile, UnknownBay
from geo.words import Stay
from vision.files import PREDICTION_COLUMNS, STAY_COLUMNS, TRUTH_COLUMNS, Row, read_rows, read_stays
from vision.observation import BayState

Kind = Literal["frames", "stays"]
T = TypeVar("T")


@dataclass(frozen=True)
class TrueState:
    """What is so in one frame and bay."""

    is_occupied: bool
    vehicles: int | None
    """None where the truth does not say."""
    condition: str


@dataclass(frozen=True)
class Answer:
    """What was said of one frame and bay."""

    state: BayState
    vehicles: int | None
    reason: str


@dataclass(frozen=True)
class TrueStay:
    """A stay as it was."""

    stay: Stay
    condition: str


Key = tuple[str, str]
"""Frame and bay."""

NAMED = 3
"""Names that an error gives as examples."""

NO_ANSWER = Answer(BayState.UNKNOWN, None, "no_answer")
"""What a truth without a row of its own counts as."""


def kind_of(truth: Path, found: Path) -> Kind:
    """Tell whether two files are about frames or about stays.

    Raises
    ------
    InvalidFile
        When one is about frames and the other about stays; the sentence names the columns of both.
    """
    kinds: list[Kind] = [
        "stays" if "arrived_at" in header(path) else "frames" for path in (truth, found)
    ]
    if kinds[0] != kinds[1]:
        raise InvalidFile(
            f"{truth} is about {kinds[0]} and {found} about {kinds[1]} "
            f"({', '.join(header(found))}): wanted truth.csv with predictions.csv, or stays.csv with stays.csv"
        )
    return kinds[0]


def header(path: Path) -> tuple[str, ...]:
    """Return the columns of a CSV file."""
    read_rows(path, ())
    line = path.read_text(encoding="utf-8-sig").partition("\n")[0].strip()
    return tuple(line.split(","))


def read_truth(path: Path) -> dict[Key, TrueState]:
    """Read truth.csv; a frame and bay stands once."""
    return _by_key(path, TRUTH_COLUMNS, _true_state)


def read_answers(path: Path) -> dict[Key, Answer]:
    """Read predictions.csv; a frame and bay stands once."""
    return _by_key(path, PREDICTION_COLUMNS[:3], _answer)


def read_true_stays(path: Path) -> list[TrueStay]:
    """Read a stays.csv that is the truth, with its column `condition` where it has one."""
    rows = read_rows(path, STAY_COLUMNS)
    return [
        TrueStay(stay, row.get("condition") or "")
        for stay, row in zip(read_stays(path), rows, strict=True)
    ]


def check_frames_fit(truth: dict[Key, TrueState], found: dict[Key, Answer]) -> None:
    """Refuse answers that concern nothing of the truth."""
    if truth.keys() & found.keys():
        return
    raise UnknownBay(
        f"no answer concerns a frame and bay of the truth: found the bays {_some(b for _, b in found)}, "
        f"wanted {_some(b for _, b in truth)}; found the frames {_some(f for f, _ in found)}, "
        f"wanted {_some(f for f, _ in truth)}"
    )


def check_stays_fit(truth: Sequence[TrueStay], found: Sequence[Stay]) -> None:
    """Refuse stays of other bays; finding none at all is a result."""
    known = {one.stay.bay_id for one in truth}
    if not truth:
        raise InvalidFile("the truth holds no stay: wanted one at least")
    if found and not known & {stay.bay_id for stay in found}:
        raise UnknownBay(
            f"no stay found is in a bay of the truth: found the bays {_some(s.bay_id for s in found)}, wanted {_some(known)}"
        )


def _some(names: Iterable[str]) -> str:
    every = sorted(set(names))
    if not every:
        return "none"
    return ", ".join(every[:NAMED]) + (" …" if len(every) > NAMED else "")


def _by_key(path: Path, columns: Sequence[str], parse: Callable[[Row], T]) -> dict[Key, T]:
    found: dict[Key, T] = {}
    for line, row in enumerate(read_rows(path, columns), start=2):
        key = (row["frame"], row["bay_id"])
        if key in found:
            raise InvalidFile(
                f"{path}, line {line}: frame {key[0]} and bay {key[1]} stand twice: wanted once"
            )
        try:
            found[key] = parse(row)
        except ValueError as error:
            raise InvalidFile(f"{path}, line {line}: {error}") from error
    return found


def _true_state(row: Row) -> TrueState:
    if row["occupied"] not in {"0", "1"}:
        raise ValueError(f"occupied is {row['occupied']!r}: wanted 0 or 1")
    return TrueState(row["occupied"] == "1", _count(row), row.get("condition") or "")


def _answer(row: Row) -> Answer:
    return Answer(BayState(row["state"]), _count(row), row.get("reason") or "")


def _count(row: Row) -> int | None:
    text = row.get("vehicles") or ""
    if not text:
        return None
    if not text.isdigit():
        raise ValueError(f"vehicles is {text!r}: wanted a whole number from 0, or nothing")
    return int(text)
