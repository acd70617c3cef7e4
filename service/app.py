"""Puts the application together from its settings."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from importlib.metadata import version

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from geo.errors import AirelibError
from service.api import (
    bay_figures,
    bay_rule,
    bays,
    calendars,
    devices,
    exclusions,
    exports,
    figures,
    groups,
    inventory,
    occupancy,
    orders,
    reports,
    status,
    suggestions,
    what_if,
)
from service.body_cache import BodyCache
from service.cds import curbs, events, metrics, read_back, unserved
from service.context import Context
from service.desk_cache import DeskCache
from service.engine_port import ENGINE, Advisor
from service.errors import PROBLEMS, answer_error, answer_http, answer_invalid, answer_unexpected
from service.figure_cache import FigureCache
from service.head import HeadAsGet
from service.headers import SecurityHeaders
from service.moments import now_utc
from service.ogc import routes as ogc
from service.ogc.cross_origin import CrossOrigin
from service.pages import add_pages
from service.settings import Settings
from service.store.database import open_engine

ROUTES = (
    status,
    bays,
    bay_rule,
    occupancy,
    figures,
    bay_figures,
    suggestions,
    what_if,
    exclusions,
    inventory,
    calendars,
    devices,
    reports,
    exports,
    orders,
    groups,
    events,
    ogc,
    read_back,
    curbs,
    metrics,
    unserved,
)
"""Modules whose routes are served."""

GZIP_LEVEL = 5
"""A typical week of 300 bays: level 9 takes three times as long for 2 % less."""

GZIP_FROM_BYTES = 1024

REQUEST_FAILED = "request_failed"
"""A request met an error nobody foresaw."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


def create_app(
    settings: Settings,
    clock: Callable[[], datetime] = now_utc,
    advisor: Advisor = ENGINE,
) -> FastAPI:
    """Return the application; the database is opened by the first request that needs it.

    Parameters
    ----------
    settings
        As read at the entry point.
    clock
        Gives the aware instant that is now.
    advisor
        The suggestion engine.
    """
    engine = open_engine(settings.url, settings.busy_timeout_s)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        engine.dispose()

    app = FastAPI(
        title="Airelib",
        version=version("airelib"),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        lifespan=lifespan,
    )
    app.state.context = Context(
        settings, engine, clock, FigureCache(), BodyCache(), advisor, DeskCache()
    )
    _add_handlers(app)
    for module in ROUTES:
        app.include_router(module.router, responses=PROBLEMS)
    add_pages(app)
    return app


def _add_handlers(app: FastAPI) -> None:
    app.add_exception_handler(AirelibError, answer_error)
    app.add_exception_handler(RequestValidationError, answer_invalid)
    app.add_exception_handler(HTTPException, answer_http)
    app.add_exception_handler(Exception, _log_and_answer)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM_BYTES, compresslevel=GZIP_LEVEL)
    app.add_middleware(CrossOrigin)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(HeadAsGet)


def _log_and_answer(request: Request, error: Exception) -> JSONResponse:
    log.error(REQUEST_FAILED, method=request.method, path=request.url.path, exc_info=error)
    return answer_unexpected(request)
