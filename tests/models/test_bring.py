"""Weights come in by file or from their makers, by checksum, and are then known by name."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import pytest
from click.testing import CliRunner, Result
from onnx import TensorProto, helper

from models.cli import models
from models.errors import (
    ChecksumMismatch,
    ImportRefused,
    ManifestInvalid,
    NetworkMissing,
    ToolMissing,
    UnknownWeights,
    WeightsFailed,
)
from models.manifest import get_weights, load_trusted
from models.pull import fetch, find, pinned

CLASSES = 3
CELLS = 21
"""Cells of a network of side 32: 16 of stride 8, 4 of stride 16 and 1 of stride 32."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the user's folder of this test."""
    monkeypatch.setenv("AIRELIB_MODELS_DIR", str(tmp_path / "own"))
    return tmp_path / "own"


def tiny_yolo(path: Path, names: str | None = "{0: 'car', 1: 'van', 2: 'dog'}") -> Path:
    """Write a network of the family yolo that sees nothing: any batch, side 32."""
    shape = [4 + CLASSES, CELLS]
    tensor = helper.make_tensor(
        "zeros", TensorProto.FLOAT, [1, *shape], np.zeros([1, *shape]).ravel()
    )
    nodes = [
        helper.make_node("ReduceMean", ["images"], ["mean"], axes=[1, 2, 3], keepdims=1),
        helper.make_node("Squeeze", ["mean", "axis"], ["one"]),
        helper.make_node("Add", ["one", "zeros"], ["output0"]),
    ]
    axis = helper.make_tensor("axis", TensorProto.INT64, [1], [3])
    graph = helper.make_graph(
        nodes,
        "tiny",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, ["batch", 3, 32, 32])],
        [helper.make_tensor_value_info("output0", TensorProto.FLOAT, ["batch", *shape])],
        [tensor, axis],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    if names:
        helper.set_model_props(model, {"names": names, "imgsz": "[32, 32]"})
    onnx.save(model, str(path))
    return path


def run(*arguments: object) -> Result:
    """Call `airelib models`."""
    return CliRunner().invoke(models, [str(part) for part in arguments])


def test_an_imported_file_is_known_by_name_and_checked(folder: Path, tmp_path: Path) -> None:
    """A network is taken in with the classes and size that it names itself; list and check show it beside the shipped one."""
    file = tiny_yolo(tmp_path / "x.onnx")
    assert run("import", file, "--name", "street").exit_code == 0

    weights = get_weights("street")
    assert weights.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert (weights.classes, weights.vehicle_classes) == (("car", "van", "dog"), ("car", "van"))
    assert (weights.input_size_wh, weights.channel_order) == ((32, 32), "rgb")
    assert "street" in run("list").output
    assert "street: OK (checksum, runs in OpenVINO)" in run("check", "street").output
    assert get_weights().name == load_trusted().default
    assert weights.sha256 in weights.card.read_text()


def test_a_changed_file_of_the_user_is_refused(folder: Path, tmp_path: Path) -> None:
    """Bytes that changed after the import are refused like shipped ones."""
    run("import", tiny_yolo(tmp_path / "x.onnx"), "--name", "street")
    with (folder / "street.onnx").open("ab") as file:
        file.write(b"\0")

    assert isinstance(run("check", "street").exception, ChecksumMismatch)


@pytest.mark.parametrize(
    ("options", "names", "said"),
    [
        (["--name", "nanodet-g"], "{0: 'car', 1: 'van', 2: 'dog'}", "there already"),
        (["--name", "../x"], "{0: 'car', 1: 'van', 2: 'dog'}", "small letters"),
        (["--name", "x"], None, "--classes"),
        (["--name", "x", "--sha256", "0" * 64], "{0: 'car', 1: 'van', 2: 'dog'}", "0000"),
        (["--name", "x", "--classes", "cat,dog,cow"], None, "at least one of"),
    ],
)
def test_an_import_is_refused_naming_what_is_wrong(
    folder: Path, tmp_path: Path, options: list[str], names: str | None, said: str
) -> None:
    """A taken or unusable name, missing classes, another sum and classes without a vehicle are named, and nothing is kept."""
    refused = run("import", tiny_yolo(tmp_path / "x.onnx", names), *options)

    assert isinstance(refused.exception, ImportRefused)
    assert said in str(refused.exception)
    assert not list(folder.glob("*.onnx"))


def test_a_network_of_another_shape_is_refused_and_not_kept(folder: Path, tmp_path: Path) -> None:
    """A network that gives other outputs than its classes promise is refused, and the folder stays empty."""
    file = tiny_yolo(tmp_path / "x.onnx")
    refused = run("import", file, "--name", "x", "--classes", "car,van")

    assert isinstance(refused.exception, WeightsFailed)
    assert list(folder.glob("*")) == []


def test_an_ir_comes_with_its_numbers(folder: Path, tmp_path: Path) -> None:
    """An OpenVINO IR is taken in with its .bin, both by checksum; without it the file is refused."""
    import openvino

    model = openvino.Core().read_model(str(tiny_yolo(tmp_path / "x.onnx")))
    openvino.save_model(model, str(tmp_path / "x.xml"))
    classes = ["--classes", "car,van,dog"]
    assert run("import", tmp_path / "x.xml", "--name", "ir", *classes).exit_code == 0
    assert "ir: OK (checksum, runs in OpenVINO)" in run("check", "ir").output

    (folder / "ir.bin").write_bytes(b"\0")
    assert isinstance(run("check", "ir").exception, ChecksumMismatch)

    (tmp_path / "x.bin").unlink()
    assert isinstance(
        run("import", tmp_path / "x.xml", "--name", "ir2", *classes).exception, ImportRefused
    )


def test_a_list_that_names_shipped_weights_again_is_refused(folder: Path, tmp_path: Path) -> None:
    """A user's list cannot put other bytes under a shipped name."""
    run("import", tiny_yolo(tmp_path / "x.onnx"), "--name", "street")
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"street"', '"nanodet-g"'))

    with pytest.raises(ManifestInvalid, match="twice"):
        get_weights()


@pytest.mark.skipif(find_spec("ultralytics") is not None, reason="Ultralytics is installed here")
@pytest.mark.parametrize(
    "command",
    [
        ["import", "y.pt", "--name", "y"],
        ["pull", "yolo11n"],
        ["export", "y.pt", "--format", "onnx", "--out", "y.onnx"],
        ["train", "y.pt", "--out", "z.pt"],
    ],
)
def test_what_needs_ultralytics_names_the_extra(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    """Without Ultralytics the commands that need it say which extra installs it, before anything is fetched or opened."""
    monkeypatch.chdir(tmp_path)
    Path("y.pt").write_bytes(b"not opened")

    refused = run(*command).exception

    assert isinstance(refused, ToolMissing)
    assert "airelib[ultralytics]" in str(refused)


class Site:
    """A catalogue of one checkpoint on a server on loopback."""

    def __init__(self, folder: Path, port: int) -> None:
        self.file = folder / "y.pt"
        self.file.write_bytes(b"a checkpoint, never opened here")
        self.sha256 = hashlib.sha256(self.file.read_bytes()).hexdigest()
        self.url = f"http://127.0.0.1:{port}/y.pt"
        self.catalogue = folder / "pullable.toml"

    def offer(self, sha256: str) -> None:
        """Write the catalogue with a checksum."""
        self.catalogue.write_text(
            f'[[pullable]]\nname = "y"\nurl = "{self.url}"\nsha256 = "{sha256}"\n'
            'licence = "AGPL-3.0"\ninput_side_px = 640\nthreshold = 0.25\n'
        )


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Run a server for one test."""
    served = tmp_path / "served"
    served.mkdir()
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=str(served))
    )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield Site(served, server.server_port)
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_file_of_the_known_sum_is_fetched_and_another_refused(site: Site, tmp_path: Path) -> None:
    """What comes with the sum of the list is kept; what comes with another is refused with both."""
    site.offer(site.sha256)
    file = fetch(find("y", site.catalogue), tmp_path, tmp_path / "own")
    assert file.read_bytes() == site.file.read_bytes()

    site.offer("0" * 64)
    with pytest.raises(ChecksumMismatch, match=f"{site.sha256}.*{'0' * 64}"):
        fetch(find("y", site.catalogue), tmp_path, tmp_path / "own")


def test_an_unknown_sum_is_trusted_once_and_demanded_from_then_on(
    site: Site, tmp_path: Path
) -> None:
    """Without a known sum nothing is fetched unless the user trusts the first file; then that sum is the known one."""
    own = tmp_path / "own"
    site.offer("")
    wanted = find("y", site.catalogue)
    with pytest.raises(ChecksumMismatch, match="--trust-on-first-use"):
        pinned(wanted, own, may_trust=False)

    fetch(pinned(wanted, own, may_trust=True), tmp_path, own)
    assert pinned(wanted, own, may_trust=False).sha256 == site.sha256

    site.file.write_bytes(b"changed since")
    with pytest.raises(ChecksumMismatch, match=site.sha256):
        fetch(pinned(wanted, own, may_trust=True), tmp_path, own)


def test_without_a_network_pull_names_import(site: Site, tmp_path: Path) -> None:
    """What cannot be fetched is told with the address and the way round by file."""
    site.offer(site.sha256)
    wanted = find("y", site.catalogue).model_copy(update={"url": f"{site.url}.gone"})

    with pytest.raises(NetworkMissing, match=rf"404.*airelib models import .*{site.sha256}"):
        fetch(wanted, tmp_path, tmp_path)


def test_every_listed_sum_says_where_it_is_known_from() -> None:
    """The shipped list has checksums, HTTPS addresses, and the source of each sum."""
    for name in ("yolo11n", "yolo26n"):
        wanted = find(name)
        assert len(wanted.sha256) == 64
        assert wanted.sha256_from
        assert wanted.url.startswith("https://")
    with pytest.raises(UnknownWeights, match="yolo11n"):
        find("yolo99")
