"""Lets web pages of other origins read the OGC interface: data is public, and a key is only ever sent on purpose."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.ogc.links import PATH

METHODS = "GET, HEAD, OPTIONS"

HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Content-Type, WWW-Authenticate",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""Any origin may read. Cookies are never used here, so that no page can act with someone else's rights."""

PREFLIGHT = {
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Authorization, Accept, If-None-Match",
    "Access-Control-Max-Age": "86400",
    "Allow": METHODS,
}
"""What a page asks before it sends a key (Fetch standard, CORS preflight)."""


class CrossOrigin:
    """ASGI middleware for the paths of the interface; other paths pass untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or pass a request on and add the headers to its answer."""
        if scope["type"] != "http" or not is_ours(scope["path"]):
            await self.app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        answers = self.app
        if scope["method"] == "OPTIONS":
            answers = Response(status_code=204, headers=PREFLIGHT)
        await answers(scope, receive, send_with_headers)


def is_ours(path: str) -> bool:
    """Tell whether a path belongs to the interface."""
    return path == PATH or path.startswith(f"{PATH}/")
