"""One Spark cluster, and one study that it and DuckDB both read."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from geo.study.folder import OpenStudy, open_study
from tests.geo.studies import as_parquet, bay, write_study
from tests.spark.cluster import cluster, why_not

BAYS = 12
FIRST = datetime(2026, 3, 26, tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)
DAYS = 8


@pytest.fixture(scope="session")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return a session on a standalone cluster of two workers."""
    if why_not():
        pytest.skip(why_not())
    from geo.engine import spark_session

    with pytest.MonkeyPatch.context() as patch, cluster(tmp_path_factory.mktemp("spark")) as master:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        found = spark_session(
            master,
            {
                "spark.executor.memory": "640m",
                "spark.driver.memory": "640m",
                "spark.driver.host": "127.0.0.1",
                "spark.driver.bindAddress": "127.0.0.1",
                "spark.sql.shuffle.partitions": "2",
            },
        )
        yield found
        found.stop()


@pytest.fixture(scope="session")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenStudy]:
    """Return a study over a change of the clock, with outages, cut stays and one bay without any."""
    draw = random.Random(11)
    stays = [_stay(draw) for _ in range(1500)]
    unseen = [_unseen(draw) for _ in range(40)]
    params = {"observed": {"from": "2026-03-26", "to": "2026-04-02"}}
    bays = [bay(f"B{i:02}", length_m=10.0 + i % 3) for i in range(BAYS)]
    folder = write_study(tmp_path_factory.mktemp("study"), stays, unseen, bays, params=params)
    as_parquet(folder / "stays.csv", files=3)
    with open_study(folder) as found:
        yield found


def _stay(draw: random.Random) -> tuple[str, str, str, str]:
    at = FIRST + timedelta(seconds=draw.randrange(-7200, DAYS * 86_400 + 7200))
    until = at + timedelta(seconds=draw.choice([0, 1, 600, 900, 5000, 100_000]))
    ends = [at.isoformat(), until.isoformat()]
    missing = draw.randrange(12)
    if missing < len(ends):
        ends[missing] = ""
    kind = draw.choice(["van", "truck", "car", "two_wheeler", "other"])
    return f"B{draw.randrange(BAYS - 1):02}", kind, *ends


def _unseen(draw: random.Random) -> tuple[str, str, str, str]:
    at = FIRST + timedelta(seconds=draw.randrange(DAYS * 86_400))
    until = at + timedelta(seconds=draw.choice([60, 900, 5000, 40_000]))
    return f"B{draw.randrange(BAYS):02}", at.isoformat(), until.isoformat(), "dark"
