"""Command that runs the service."""

from __future__ import annotations

import logging
import socket
import sys

import click
import structlog

from service.commands.options import database_options, make_folder
from service.settings import Settings, read_settings
from service.store.database import open_engine
from service.store.schema import check_current, upgrade

SERVICE_STARTED = "service_started"
"""The service is about to listen."""

LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


@click.command()
@click.option("--host", help="Address to listen on; default: the setting AIRELIB_HOST.")
@click.option("--port", type=int, help="TCP port; default: the setting AIRELIB_PORT.")
@click.option("--fd", type=int, help="Listen on this inherited, already bound socket instead.")
@database_options
def serve(host: str | None, port: int | None, fd: int | None, settings: Settings) -> None:
    """Run the service: the map page, the API, and the door for devices."""
    import uvicorn

    from service.app import create_app

    settings = read_settings(
        host=host, port=port, database_url=settings.database_url, data_dir=settings.data_dir
    )
    configure_log(settings.log_level)
    _prepare(settings)
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        log_level=settings.log_level,
        server_header=False,
    )
    inherited = None if fd is None else [socket.socket(fileno=fd)]
    log.info(SERVICE_STARTED, host=settings.host, port=settings.port, fd=fd)
    uvicorn.Server(config).run(inherited)


def configure_log(level: str) -> None:
    """Write the log as one JSON object a line on stderr, the web server's own lines too."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=LEVELS[level], force=True)


def _prepare(settings: Settings) -> None:
    """Bring an embedded database up to date; a server's schema is its operator's to change."""
    engine = open_engine(settings.url, settings.busy_timeout_s)
    try:
        if engine.dialect.name == "sqlite":
            make_folder(settings.data_dir)
            upgrade(engine)
        else:
            check_current(engine)
    finally:
        engine.dispose()
