"""Logs of the edge's entry points: one JSON object a line on standard error, never a picture nor a key."""

from __future__ import annotations

import sys

import structlog


def configure_logs() -> None:
    """Set structlog up; called by commands only."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
