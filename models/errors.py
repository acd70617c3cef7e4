"""Errors of the detector's files, each with a stable code."""

from typing import ClassVar


class ModelsError(Exception):
    """Any refusal of this package; the message is a sentence for the person at the terminal."""

    code: ClassVar[str] = "models_error"


class UnknownWeights(ModelsError):
    """No weights of this name stand in the manifest."""

    code = "weights_unknown"


class WeightsMissing(ModelsError):
    """The manifest names a file that is not there."""

    code = "weights_missing"


class ChecksumMismatch(ModelsError):
    """A file's bytes are not those that were checked and written down."""

    code = "checksum_mismatch"


class ManifestInvalid(ModelsError):
    """The manifest cannot be read or contradicts itself."""

    code = "manifest_invalid"


class SourceUnreadable(ModelsError):
    """The published network a recipe starts from is absent, cut or of another kind."""

    code = "model_source_unreadable"


class UnsupportedGraph(ModelsError):
    """The published network holds something the recipe has no exact translation for."""

    code = "model_graph_unsupported"


class WeightsFailed(ModelsError):
    """The weights load or run otherwise than the manifest says."""

    code = "weights_failed"


class ToolMissing(ModelsError):
    """An optional library that the command needs is not installed."""

    code = "tool_missing"


class UltralyticsFailed(ModelsError):
    """Ultralytics refused a file or a job, or ended in the middle of it."""

    code = "ultralytics_failed"


class NetworkMissing(ModelsError):
    """Weights could not be fetched: no network, or not there; a file can be imported instead."""

    code = "network_missing"


class ImportRefused(ModelsError):
    """A file cannot be taken among the user's weights as it is."""

    code = "import_refused"


class DatasetInvalid(ModelsError):
    """A labelled folder is not of the YOLO format, or has nothing to measure."""

    code = "dataset_invalid"
