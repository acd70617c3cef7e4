"""What a request needs from the application: settings, database, clock, caches, and the caller's key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Engine

from service.body_cache import BodyCache
from service.cds.kerb_cache import KerbCache
from service.desk_cache import DeskCache
from service.engine_port import Advisor
from service.figure_cache import FigureCache
from service.security import AccessKey, Role, check_key, check_role, split_bearer
from service.settings import Settings
from service.store.database import reading
from service.store.keys import find_key


@dataclass(frozen=True)
class Context:
    """The parts of one application."""

    settings: Settings
    engine: Engine
    clock: Callable[[], datetime]
    """Gives the aware instant that is now."""
    cache: FigureCache
    bodies: BodyCache
    advisor: Advisor
    """The suggestion engine."""
    desks: DeskCache
    kerbs: KerbCache = field(default_factory=KerbCache)

    @property
    def now_s(self) -> int:
        """Now in epoch seconds."""
        return int(self.clock().timestamp())


def get_context(request: Request) -> Context:
    """Return the parts of the application that serves a request."""
    context: Context = request.app.state.context
    return context


Ctx = Annotated[Context, Depends(get_context)]
"""The parts of the application, as a parameter of a handler."""


def caller(request: Request, context: Ctx) -> AccessKey:
    """Return the key of the caller.

    Raises
    ------
    BadKey
        The key is missing, unknown, expired or revoked.
    """
    return known_key(context, request.headers.get("authorization"))


def known_key(context: Context, authorization: str | None) -> AccessKey:
    """Return the key that an ``Authorization`` header shows.

    Raises
    ------
    BadKey
        The key is missing, unknown, expired or revoked.
    """
    key_id, secret = split_bearer(authorization)
    with reading(context.engine) as session:
        return check_key(find_key(session, key_id), secret, context.clock())


AnyKey = Annotated[AccessKey, Depends(caller)]
"""The caller's key, of any role."""


def officer(key: AnyKey) -> AccessKey:
    """Return the caller's key if it is an officer's."""
    return check_role(key, Role.OFFICER)


OfficerKey = Annotated[AccessKey, Depends(officer)]
"""The key of an officer."""
