"""The edge: camera frames in, stays and coverage out."""

import sys

sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type] # OpenVINO posts to its maker when it is imported; it goes without where this module cannot be imported
