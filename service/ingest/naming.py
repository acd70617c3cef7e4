"""Names a refused event to its sender without sending back what it was refused for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import ValidationError

from geo.events import ENFORCEMENT_TYPES, EventType, NamedEvent, read_instant_ms

INSTANTS = ("event_time", "event_publication_time")

EVENT_TYPES = frozenset(get_args(EventType)) | ENFORCEMENT_TYPES
"""Every type of event that CDS 1.1 knows."""


def name_event(item: Any) -> NamedEvent:
    """Return the fields of an item that CDS requires, each only where it can be read: they identify no vehicle."""
    if not isinstance(item, Mapping):
        return NamedEvent()
    said = {name: item[name] for name in NamedEvent.model_fields if name in item}
    for name in INSTANTS:
        said[name] = read_instant_ms(said.get(name))
        if type(said[name]) is not int:
            del said[name]
    if not (isinstance(said.get("event_type"), str) and said["event_type"] in EVENT_TYPES):
        said.pop("event_type", None)
    try:
        return NamedEvent.model_validate(said)
    except ValidationError as error:
        wrong = {str(fault["loc"][0]) for fault in error.errors(include_input=False)}
        return NamedEvent.model_validate({k: v for k, v in said.items() if k not in wrong})
