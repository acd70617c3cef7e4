"""Parameters of the need: the published ones, and what a file puts in their place."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from geo.errors import InvalidFile, InvalidInput
from geo.frozen import Frozen
from geo.need.ranges import Range
from geo.need.ratios import KINDS_OF_CODES, LARGE_SHOP_M2, RATIOS, Ratio

HOURS = 24

SHARES_TOLERANCE = 0.01
"""How far the shares of the hours may be from 1 together: rounding of published percentages."""

NOT_PUBLISHED = "no published value is known: a parameter of ours"


@dataclass(frozen=True)
class Sourced:
    """A number with its source."""

    value: float
    source: str


@dataclass(frozen=True)
class SourcedRange:
    """A range with its source."""

    value: Range
    source: str


@dataclass(frozen=True)
class HourShares:
    """Share of a week's deliveries that come in each hour of the day, all days together, 0..1, shape ``(24,)``."""

    shares: tuple[float, ...]
    source: str


@dataclass(frozen=True)
class Parameters:
    """All that the need is computed with."""

    ratios: Mapping[str, Ratio] = field(default_factory=lambda: dict(RATIOS))
    codes: Mapping[str, str] = field(default_factory=lambda: dict(KINDS_OF_CODES))
    within_m: Sourced = Sourced(50.0, NOT_PUBLISHED)
    """Farthest that a bay serves an establishment, in a straight line."""
    snap_m: Sourced = Sourced(100.0, NOT_PUBLISHED)
    """Farthest that an establishment lies from its street's line."""
    large_shop_m2: Sourced = Sourced(LARGE_SHOP_M2, RATIOS["large_shop"].source)
    """Sales area from which a shop is treated apart, where a file tells areas."""
    movements_per_place: SourcedRange | None = None
    """Deliveries a week that one place of a bay can serve; None: no published value is known, and none is invented."""
    hours: HourShares | None = None
    """None: no published profile was found that could be checked, and none is invented."""


class _RatioText(Frozen):
    treatment: Literal["counted", "not_counted", "apart"] = "counted"
    per: Literal["job", "establishment"] = "establishment"
    low: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    mid: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    high: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    source: str = Field(min_length=1)
    reason: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        told = [value is not None for value in (self.low, self.mid, self.high)]
        if self.treatment == "counted" and not all(told):
            raise ValueError("a counted ratio needs low, mid and high")
        if any(told) and not all(told):
            raise ValueError("low, mid and high stand together")
        if self.treatment != "counted" and not self.reason:
            raise ValueError("a kind that is not counted needs a reason")
        return self

    def ratio(self) -> Ratio:
        movements = (
            None
            if self.low is None or self.mid is None or self.high is None
            else Range(self.low, self.mid, self.high)
        )
        return Ratio(self.treatment, self.source, self.per, movements, self.reason)


class _NumberText(Frozen):
    value: float = Field(gt=0, allow_inf_nan=False)
    source: str = Field(min_length=1)


class _RangeText(Frozen):
    low: float = Field(gt=0, allow_inf_nan=False)
    mid: float = Field(gt=0, allow_inf_nan=False)
    high: float = Field(gt=0, allow_inf_nan=False)
    source: str = Field(min_length=1)


class _HoursText(Frozen):
    shares: tuple[float, ...] = Field(min_length=HOURS, max_length=HOURS)
    source: str = Field(min_length=1)

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if min(self.shares) < 0 or abs(sum(self.shares) - 1) > SHARES_TOLERANCE:
            raise ValueError(f"shares are {sum(self.shares):g} together: wanted 24 that make 1")
        return self


class _ParametersText(Frozen):
    ratios: dict[str, _RatioText] = Field(default_factory=dict)
    codes: dict[str, str] = Field(default_factory=dict)
    within_m: _NumberText | None = None
    snap_m: _NumberText | None = None
    large_shop_m2: _NumberText | None = None
    movements_per_place: _RangeText | None = None
    hours: _HoursText | None = None


def read_parameters(data: bytes, name: str) -> Parameters:
    """Read parameters from TOML or JSON; what the file does not name stays as published.

    Parameters
    ----------
    data
        Tables ``ratios.KIND`` (``treatment, per, low, mid, high, source, reason``), ``codes`` (kind by the beginning
        of a NAF code), ``within_m``, ``snap_m``, ``large_shop_m2`` (``value, source``), ``movements_per_place`` (``low,
        mid, high, source``), ``hours`` (``shares`` of the 24 hours, ``source``). Each value needs its source.
    name
        Of the file; one that ends in ``.json`` is JSON.

    Raises
    ------
    InvalidFile
        It is neither, or holds a name or value that is not known.
    """
    try:
        given = _ParametersText.model_validate(
            _parsed(data, is_json=name.lower().endswith(".json"))
        )
        return _with(given)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "file"
        raise InvalidFile(
            f"{name}: {place}: {first['msg']}; wanted parameters as documented"
        ) from error
    except InvalidInput as error:
        raise InvalidFile(f"{name}: {error}") from error


def _parsed(data: bytes, *, is_json: bool) -> Any:
    try:
        text = data.decode("utf-8-sig")
        return json.loads(text) if is_json else tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        form = "JSON" if is_json else "TOML"
        raise InvalidInput(
            f"it is no {form} that can be read: {error}; wanted parameters"
        ) from error


def _with(given: _ParametersText) -> Parameters:
    ratios = {**RATIOS, **{kind: text.ratio() for kind, text in given.ratios.items()}}
    codes = {**KINDS_OF_CODES, **given.codes}
    unknown = sorted(set(codes.values()) - set(ratios))
    if unknown:
        raise InvalidInput(f"codes name {', '.join(unknown)}: wanted kinds that have a ratio")
    usual, places, hours = Parameters(), given.movements_per_place, given.hours
    return Parameters(
        ratios,
        codes,
        _number(given.within_m, usual.within_m),
        _number(given.snap_m, usual.snap_m),
        _number(given.large_shop_m2, usual.large_shop_m2),
        SourcedRange(Range(places.low, places.mid, places.high), places.source) if places else None,
        HourShares(hours.shares, hours.source) if hours else None,
    )


def _number(given: _NumberText | None, usual: Sourced) -> Sourced:
    return usual if given is None else Sourced(given.value, given.source)
