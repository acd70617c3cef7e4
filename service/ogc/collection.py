"""What a collection of features is: its words, its properties, and where its features come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlmodel import Session

from service.ogc.query import Asked
from service.ogc.space_time import Interval
from service.security import AccessKey, Role
from service.store.bays import Bbox


@dataclass(frozen=True)
class Property:
    """A property of features."""

    kind: str
    """JSON type: string, number, integer or boolean."""
    meaning: str
    form: str | None = None
    """Format of a string: ``date`` or ``date-time``."""
    values: tuple[str, ...] = ()
    """All values there are; empty where the list is not closed."""


@dataclass(frozen=True)
class Reader:
    """Who asks, and when."""

    session: Session
    now_s: int
    key: AccessKey | None = None
    """None where everyone asks."""

    def may_see(self, insee: str) -> bool:
        """Tell whether figures of a commune are shown that everyone may not see."""
        key = self.key
        return key is not None and key.role is Role.OFFICER and key.insee in (None, insee)


@dataclass(frozen=True)
class Found:
    """A page of features."""

    matched: int
    """How many match in all."""
    features: Sequence[Mapping[str, Any]]
    shown: Interval | None = None
    """The time that was meant where the query names none; None where the collection has no such default."""


class Source(Protocol):
    """Where the features of a collection come from."""

    def page(self, reader: Reader, asked: Asked) -> Found:
        """Return the features that a query asks for."""
        ...

    def one(self, reader: Reader, feature_id: str) -> Mapping[str, Any] | None:
        """Return a feature, or None."""
        ...

    def box(self, reader: Reader) -> Bbox | None:
        """Return the box around all features, or None where there are none."""
        ...

    def time(self, reader: Reader) -> Interval | None:
        """Return from when to when there are features, or None where they have no time."""
        ...


@dataclass(frozen=True)
class Collection:
    """A collection of features."""

    id: str
    title: str
    description: str
    properties: Mapping[str, Property]
    source: Source
    filters: tuple[str, ...] = field(default=())
    """Properties by whose value features may be selected, see ``service.ogc.query.FILTERS``."""
    needs_key: bool = False
    """Whether only officers may read it."""


def feature(
    feature_id: str, geometry: Mapping[str, Any], properties: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a GeoJSON feature."""
    return {
        "type": "Feature",
        "id": feature_id,
        "geometry": geometry,
        "properties": dict(properties),
    }
