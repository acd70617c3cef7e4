"""The manifest trusts only the bytes that were checked, and its papers agree."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from models.errors import ChecksumMismatch, ManifestInvalid, UnknownWeights, WeightsMissing
from models.manifest import MANIFEST_PATH, Weights, get_weights, load_manifest, read_weights


def copy_with(folder: Path, old: str = "", new: str = "") -> Path:
    """Write the manifest into a folder, with one text exchanged."""
    text = MANIFEST_PATH.read_text(encoding="utf-8")
    assert old in text
    path = folder / "manifest.toml"
    path.write_text(text.replace(old, new) if old else text, encoding="utf-8")
    return path


def test_the_shipped_bytes_are_those_written_down(weights: Weights) -> None:
    """The default weights read, and their SHA-256 is the manifest's."""
    content = read_weights(weights)

    assert hashlib.sha256(content).hexdigest() == weights.sha256


def test_one_changed_byte_is_refused_naming_both_sums(weights: Weights, tmp_path: Path) -> None:
    """Weights with one byte changed are refused; the sentence holds the sum found and the sum wanted."""
    content = bytearray(weights.path.read_bytes())
    content[1000] ^= 1
    path = tmp_path / "tampered.onnx"
    path.write_bytes(content)

    with pytest.raises(ChecksumMismatch) as refused:
        read_weights(weights.model_copy(update={"path": path}))

    assert hashlib.sha256(content).hexdigest() in str(refused.value)
    assert weights.sha256 in str(refused.value)
    assert refused.value.code == "checksum_mismatch"


def test_a_missing_file_is_named(weights: Weights, tmp_path: Path) -> None:
    """Weights whose file is gone are refused with its path."""
    path = tmp_path / "gone.onnx"

    with pytest.raises(WeightsMissing, match=r"gone\.onnx"):
        read_weights(weights.model_copy(update={"path": path}))


def test_an_unknown_name_lists_the_known_ones() -> None:
    """Asking for weights that are not there tells which are."""
    with pytest.raises(UnknownWeights, match=r'"yolo".*nanodet-g'):
        get_weights("yolo")


def test_the_default_is_nanodet_g_in_8_bits() -> None:
    """Without a name the embedded default comes."""
    assert get_weights().name == load_manifest().default == "nanodet-g-int8"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('default = "nanodet-g-int8"', 'default = "other"', "other"),
        ("threshold = 0.25", "treshold = 0.25", "treshold"),
        ("threshold = 0.25", "threshold = 1.5", "threshold"),
        ('"bus", "train", "truck"]', '"bus", "tram", "truck"]', "tram"),
        ("reg_max = 10", "reg_max = ", "manifest.toml"),
    ],
)
def test_a_wrong_manifest_is_refused_naming_what_is_wrong(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    """A default, field, value, class or syntax that cannot be used is named."""
    with pytest.raises(ManifestInvalid, match=said):
        load_manifest(copy_with(tmp_path, old, new))


def test_two_weights_of_one_name_are_refused(tmp_path: Path) -> None:
    """A name stands for one network only."""
    path = copy_with(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text + text.partition("\n\n")[2], encoding="utf-8")

    with pytest.raises(ManifestInvalid, match="twice"):
        load_manifest(path)


def test_vehicle_class_ids_point_at_their_names(weights: Weights) -> None:
    """The ids of the vehicle classes are their places among the 80 classes of COCO, and no person is one."""
    assert len(weights.classes) == len(set(weights.classes)) == 80
    assert [weights.classes[index] for index in weights.vehicle_class_ids] == list(
        weights.vehicle_classes
    )
    assert "person" not in weights.vehicle_classes


@pytest.mark.parametrize("weights", load_manifest().weights, ids=lambda weights: weights.name)
def test_notice_and_card_agree_with_the_manifest(weights: Weights) -> None:
    """The NOTICE names file, licences and package; the card names checksum, licence and each figure."""
    notice = (weights.path.parent / "NOTICE").read_text(encoding="utf-8")
    card = weights.card.read_text(encoding="utf-8")

    wanted_in_notice = [
        weights.path.name,
        weights.licence,
        weights.source,
        *(f.path for f in weights.source_files),
    ]
    assert [text for text in wanted_in_notice if text not in notice] == []
    rows = [
        f"| {figure.metric} | {figure.data} | {figure.value:.3f} |" for figure in weights.accuracy
    ]
    wanted_in_card = [
        weights.name,
        weights.sha256,
        weights.licence,
        weights.source,
        str(weights.threshold),
        *rows,
    ]
    assert [text for text in wanted_in_card if text not in card] == []


def test_every_shipped_network_is_in_the_manifest() -> None:
    """No file of weights lies in the package without an entry that vouches for it."""
    kinds = {".onnx", ".xml", ".bin", ".pt"}
    folder = MANIFEST_PATH.parent / "weights"
    shipped = {path.name for path in folder.iterdir() if path.suffix in kinds}

    entries = load_manifest().weights
    numbers = {weights.data_path.name for weights in entries if weights.data_sha256}
    assert shipped == {weights.path.name for weights in entries} | numbers
