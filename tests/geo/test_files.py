"""`airelib files check`: sound files pass, each fault is named with its place, and schemas, readers and documents agree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from geo.errors import InvalidFile
from geo.files.command import files
from geo.files.kinds import KINDS, TABLES, read, required_columns, schema
from geo.words import Activity, TimeRule
from sample_data.scene.clips import clip_dir, list_clips
from tests.geo.studies import as_parquet, write_csv
from vision.config import WorkerConfig
from vision.files import (
    BOX_COLUMNS,
    PREDICTION_COLUMNS,
    STAY_COLUMNS,
    TRUTH_COLUMNS,
    UNSEEN_COLUMNS,
)

READ = {
    "truth": TRUTH_COLUMNS,
    "predictions": PREDICTION_COLUMNS[:3],
    "boxes": BOX_COLUMNS,
    "stays": STAY_COLUMNS,
    "unseen": UNSEEN_COLUMNS,
    "rule_history": ("bay_id", "from", "to", "rules"),
    "neighbours": ("bay_id", "neighbour_id", "distance_m"),
    "forecast": ("made_at", "slot_start", "bay_id", "p_occupied"),
    "adopted": ("bay_id", "adopted_on", "measure"),
}
"""Columns that the readers of the edge ask for."""

STAYS = "bay_id,vehicle_class,arrived_at,departed_at\n"
AT = "2026-03-02T09:00:00+01:00"


def checked(*arguments: object) -> Result:
    """Call `airelib files check`."""
    return CliRunner().invoke(files, ["check", *map(str, arguments)], catch_exceptions=False)


def written(folder: Path, name: str, content: str) -> Path:
    """Write a file."""
    (folder / name).write_text(content)
    return folder / name


@pytest.mark.parametrize("name", list_clips())
def test_the_sample_passes(name: str) -> None:
    """Every file of a sample clip keeps to the schema of the kind that its content tells."""
    found = checked(*(path for path in clip_dir(name).iterdir() if path.suffix != ".mp4"))
    assert found.exit_code == 0
    assert found.output.count(", valid") == 5


@pytest.mark.parametrize("kind", TABLES)
def test_readers_want_the_columns_of_the_schema(kind: str) -> None:
    """What a reader asks for is what the schema requires, and every column that is written is described."""
    assert required_columns(kind) == READ[kind]
    described = [field["name"] for field in schema(kind)["fields"]]
    assert len(described) == len(set(described))
    if kind == "predictions":
        assert tuple(described) == PREDICTION_COLUMNS


def test_the_worker_reads_what_its_schema_says() -> None:
    """The schema of worker.toml is that of the worker's own configuration; to renew it, write what the assertion wants."""
    assert schema("worker") == WorkerConfig.model_json_schema()


@pytest.mark.parametrize("kind", KINDS)
def test_documents_describe_every_kind(repo: Path, kind: str) -> None:
    """The reference of files names each kind in a heading with its schema, and each column of a table."""
    page = (repo / "docs" / "reference" / "files.md").read_text()
    assert f"`airelib files schema {kind}`" in page
    if kind in TABLES:
        assert not [f["name"] for f in schema(kind)["fields"] if f["name"] not in page]


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("stays.csv", "bay_id,arrived_at\nA,x\n", "line 1: found the columns bay_id, arrived_at: wanted also vehicle_class, departed_at"),
        ("stays.csv", f"{STAYS}A,van,2026-03-02T09:00:00,\n", "line 2, column arrived_at: found '2026-03-02T09:00:00': wanted an instant with its offset"),
        ("stays.csv", f"{STAYS}A,lorry,{AT},\n", "line 2, column vehicle_class: found 'lorry': wanted one of van, truck, car"),
        ("stays.csv", f"{STAYS}A,van,{AT},2026-03-02T08:30:00+01:00\n", "line 2, column departed_at: found '2026-03-02T08:30:00+01:00': wanted nothing below arrived_at"),
        ("stays.csv", f"{STAYS},van,{AT},\n", "line 2, column bay_id: found '': wanted a value"),
        ("stays.csv", f"{STAYS}A,van,{AT}\n", "line 2, the row: found another number of cells"),
        ("truth.csv", "frame,bay_id,occupied\na,1,2\n", "line 2, column occupied: found '2': wanted 1 or less"),
        ("truth.csv", "frame,bay_id,occupied\na,1,0\na,1,1\n", "line 3, columns frame, bay_id: found 'a', '1' again after line 2: wanted it once"),
        ("boxes.csv", "frame,vehicle_class,confidence,x0,y0,x1,y1\n0,car,.5,9,0,4,nan\n", "line 2, column y1: found 'nan': wanted a number"),
        ("unseen.csv", f"bay_id,from,to,reason\nA,{AT},{AT},Too dark\n", "line 2, column reason: found 'Too dark'"),
        ("scene.json", '{"camera_id": "c", "image_size": [0, 720]}', "image_size[0]: 0 is less than the minimum of 1"),
        ("scene.json", '{"camera_id": "c", "image_size": [9, 9], "bays": [{"capacity": 1}]}', "bays[0]: 'bay_id' is a required property"),
        ("scene.json", '{"camera_id": "c", "image_size": [9, 9], "calibration": {"image_points": [[0, 0], [1, 0], [1, 1], [0, 1.5]], "ground_points": [[2, 48], [2, 48], [2, 48], [2, 48]]}}', "calibration.image_points[3][1]: 1.5 is greater than the maximum of 1"),
        ("bays.geojson", '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {}, "geometry": []}]}', "features[0].geometry: [] is not of type 'object'"),
        ("bays.geojson", '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"bay_id": "A"}, "geometry": null}]}', "features[0].properties: 'length_m' is a required property"),
        ("stays.csv", f"{STAYS}A,van,,\n", "line 2, columns arrived_at, departed_at: found none: wanted one or more"),
        ("forecast.csv", f"made_at,slot_start,bay_id,p_occupied\n{AT},{AT},A,1.5\n", "line 2, column p_occupied: found '1.5': wanted 1 or less"),
        ("adopted.csv", "bay_id,adopted_on,measure\nA,2.3.2026,m\n", "line 2, column adopted_on: found '2.3.2026'"),
        ("params.json", '{"search": {"max_windows": 3}}', "search.max_windows: 3 is greater than the maximum of 2"),
        ("suggestions.json", '{"commune_plans": []}', "'data_hash' is a required property"),
        ("truth.json", '{"city_factors": [], "format": "x"}', "format: 'airelib-truth-1' was expected"),
        ("what.json", '{"p_gain": 2}', "p_gain: 2 is greater than the maximum of 1"),
        ("worker.toml", '[service]\nurl = "ftp://x"\ncommune = "99001"\nkey_file = "k"\ndevice_id = "no"\n[[camera]]\nid = "a"\nsource = "a"\nscene = "s"\nstart_at = 2026-03-02T08:00:00\n[outbox]\npath = "o"\n', "camera[0].start_at"),
        ("metrics.json", '{"kind": "frames", "by_bay": {}}', "'interval_share' is a required property"),
    ],
)  # fmt: skip
def test_each_fault_is_named(tmp_path: Path, name: str, content: str, fault: str) -> None:
    """A file with one fault exits with 2 and says file, place, what was found and what was wanted."""
    path = written(tmp_path, name, content)
    found = checked(path)
    assert found.exit_code == 2
    assert f"{path}, " in found.output
    assert fault in found.output


def test_faults_are_listed_up_to_a_limit_and_counted_whole(tmp_path: Path) -> None:
    """Of thirty faults as many as asked are listed, and the last line counts all."""
    path = written(tmp_path, "stays.csv", STAYS + f"A,boat,{AT},\n" * 30)
    lines = checked(path, "--limit", 3).output.splitlines()
    assert len(lines) == 4
    assert lines[-1] == f"{path}: stays, 30 rows, 30 faults, 3 listed"


def test_one_bad_file_among_good_ones_decides(tmp_path: Path) -> None:
    """Each file is checked though one before it is bad, and the exit status is that of the bad one."""
    bad, good = (
        written(tmp_path, name, STAYS + row) for name, row in (("a.csv", "A,x,y,\n"), ("b.csv", ""))
    )
    found = checked(bad, good)
    assert found.exit_code == 2
    assert f"{good}: stays, 0 rows, valid" in found.output


@pytest.mark.parametrize(
    ("name", "content", "match"),
    [
        ("x.csv", "a,b\n1,2\n", "has the columns a, b: wanted those of a kind of file"),
        ("x.json", "{}", "nothing tells what .* is: wanted --kind"),
        ("x.json", "{", "is not JSON"),
        ("x.toml", "=", "is not TOML"),
    ],
)
def test_a_file_of_no_kind_is_refused(tmp_path: Path, name: str, content: str, match: str) -> None:
    """A file that nothing tells the kind of, or that cannot be parsed, is refused in one sentence."""
    with pytest.raises(InvalidFile, match=match):
        read(written(tmp_path, name, content))


def test_a_kind_given_is_believed(tmp_path: Path) -> None:
    """With --kind a file is held against that schema whatever it looks like."""
    path = written(tmp_path, "x.csv", STAYS)
    assert checked(path, "--kind", "unseen").exit_code == 2
    assert checked(path, "--kind", "stays").exit_code == 0


def test_schemas_are_printed_and_are_schemas() -> None:
    """`airelib files schema` prints each kind's schema, which names the standard that it follows or is pydantic's."""
    for kind in KINDS:
        printed = CliRunner().invoke(files, ["schema", kind], catch_exceptions=False).output
        assert json.loads(printed) == schema(kind)


def test_parquet_is_checked_too(tmp_path: Path) -> None:
    """Stays in Parquet, one file or a folder, are held against the same rules, each fault named by its row."""
    rows = [("A", "van", AT, ""), ("A", "boat", AT, ""), ("B", "car", "", AT), ("", "car", AT, "")]
    write_csv(tmp_path / "stays.csv", STAYS.strip().split(","), rows[::2])
    as_parquet(tmp_path / "stays.csv")
    good = checked(tmp_path / "stays.parquet")
    assert good.exit_code == 0
    assert "stays, 2 rows, valid" in good.output
    write_csv(tmp_path / "bad" / "stays.csv", STAYS.strip().split(","), rows)
    as_parquet(tmp_path / "bad" / "stays.csv", files=2)
    bad = checked(tmp_path / "bad" / "stays.parquet", "--limit", 1)
    assert bad.exit_code == 2
    assert "row 1, column vehicle_class: found 'boat': wanted one of van" in bad.output
    assert "stays, 4 rows, 1 faults, 1 listed" in bad.output


def test_parquet_of_no_kind_is_refused(tmp_path: Path) -> None:
    """A folder without Parquet files is refused in one sentence."""
    with pytest.raises(InvalidFile, match="wanted stays or unseen, by its name or --kind"):
        checked(tmp_path)


def test_the_schema_of_a_studys_bays_knows_every_field_of_a_rule() -> None:
    """Rules with conditions keep to it, and no field of a rule is refused."""
    rules = schema("study_bays")["properties"]["features"]["items"]["properties"]["properties"]
    known = rules["properties"]["rules"]["items"]["properties"]
    assert set(known) == set(TimeRule.model_fields)
    assert known["activity"]["enum"] == [activity.value for activity in Activity]
