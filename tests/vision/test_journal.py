"""The journal of an earlier version is read by this one."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np

from vision.observation import BayObservation, Sighting
from vision.scene import Scene, SceneBay
from vision.stays import Departed
from vision.watch import dump_memory, load_memory, new_memory, take

SCENE = Scene("cam", (100, 100), (SceneBay("A", 1, np.array([[0, 0], [9, 0], [9, 9.0]])),), None)

FIRST_PRESENCE_FIELDS = {
    "number", "along", "box", "first_s", "last_s", "looked_s", "log_odds", "is_confirmed", "hits", "looks", "votes",
}  # fmt: skip

FIRST_MACHINE_FIELDS = {"bay_id", "capacity", "presences", "next_number", "last_s"}


def test_a_journal_without_the_later_fields_goes_on(
    sighting: Callable[..., Sighting], seen: Callable[..., BayObservation]
) -> None:
    """A stay begun before an update of the software ends after it, as the same stay."""
    memory = new_memory(SCENE)
    for i in range(40):
        memory, _ = take(memory, 1000.0 + i, (seen(sighting()),), 1)
    document = json.loads(dump_memory(memory))
    for bay in document["bays"]:
        bay.pop("occluders")
        bay.pop("beside")
        bay["machine"] = {k: v for k, v in bay["machine"].items() if k in FIRST_MACHINE_FIELDS}
        bay["machine"]["presences"] = [
            {k: v for k, v in one.items() if k in FIRST_PRESENCE_FIELDS}
            for one in bay["machine"]["presences"]
        ]
    memory = load_memory(json.dumps(document).encode())
    events = []
    for i in range(40, 120):
        memory, outcome = take(memory, 1000.0 + i, (seen(),), 0)
        events += outcome.stays
    assert [(type(event), event.presence.number) for event in events] == [(Departed, 1)]
