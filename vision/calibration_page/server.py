"""The page's server: the standard library's, few routes, nothing kept, nothing asked of anybody else."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, FiniteFloat, ValidationError
from typing_extensions import override

from geo.errors import (
    AirelibError,
    BadCode,
    Conflict,
    InvalidInput,
    NotAllowed,
    NotFound,
    Unavailable,
)
from vision.calibration_page.door import Door
from vision.calibration_page.draft import Draft
from vision.calibration_page.session import Session

STATUS: dict[type[AirelibError], HTTPStatus] = {
    BadCode: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    InvalidInput: HTTPStatus.BAD_REQUEST,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    AirelibError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""The page's answers to the error family; a class stands for its subclasses."""

TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".json": "application/json",
    ".svg": "image/svg+xml",
}
"""Media types of the page's own files; nothing else in their folder is served."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every answer: no inline script, no other origin, no copy kept anywhere."""

ASKED_HEADER = "X-Airelib-Calibration"
"""Only a script of the page itself can send it: another site's form or picture cannot."""

COOKIE = "airelib_calibration"
"""Name of the session's cookie."""

MAX_BODY_BYTES = 1_000_000
"""Largest request body: a draft of a person's clicks is a hundredth of it."""

IDLE_S = 30
"""A connection that says nothing for so long is closed."""


class _Body(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Enter(_Body):
    """The code from the terminal."""

    code: str


class TakePicture(_Body):
    """The moment of a recording to look at."""

    moment_s: FiniteFloat = 0.0


class Save(_Body):
    """What to save, and whether the picture is kept blurred."""

    draft: Draft
    keep_blurred: bool = False


class Nothing(_Body):
    """A request that needs no words."""


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    body: bytes
    media_type: str
    status: HTTPStatus = HTTPStatus.OK
    cookie: str = ""


class Pages:
    """Routes to what they do.

    Parameters
    ----------
    session
        The calibration at work.
    door
        Who may ask.
    """

    def __init__(self, session: Session, door: Door) -> None:
        self.door = door
        self._session = session
        self._static = static_files()
        self._gets: dict[str, Callable[[], Answer]] = {
            "/api/state": lambda: as_json(session.state()),
            "/api/picture": lambda: Answer(session.picture_jpeg(), "image/jpeg"),
            "/api/trial": lambda: as_json(session.trial()),
            "/api/trial/picture": lambda: Answer(session.trial_jpeg(), "image/jpeg"),
        }
        self._posts: dict[str, tuple[type[BaseModel], Callable[[Any], Answer]]] = {
            "/api/enter": (Enter, self._enter),
            "/api/look": (TakePicture, lambda b: as_json(session.take_picture(b.moment_s))),
            "/api/fit": (Draft, lambda b: as_json(session.fit(b))),
            "/api/trial": (Draft, lambda b: as_json(session.start_trial(b))),
            "/api/trial/stop": (Nothing, lambda _: as_json(session.stop_trial())),
            "/api/save": (
                Save,
                lambda b: as_json(session.save(b.draft, keep_blurred=b.keep_blurred)),
            ),
        }

    def get(self, path: str, token: str) -> Answer:
        """Answer a GET request."""
        if path in self._static:
            return self._static[path]
        if path == "/api/door":
            return as_json({"is_open": self.door.knows(token)})
        if path not in self._gets:
            raise NotFound(f"there is no {path}: wanted a route of the calibration page")
        self._check(token)
        return self._gets[path]()

    def post(self, path: str, token: str, body: bytes) -> Answer:
        """Answer a POST request."""
        if path not in self._posts:
            raise NotFound(f"there is no {path}: wanted a route of the calibration page")
        if path != "/api/enter":
            self._check(token)
        model, act = self._posts[path]
        try:
            return act(model.model_validate_json(body or b"{}"))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise InvalidInput(f"{where or 'the request'}: {first['msg']}") from error

    def _check(self, token: str) -> None:
        if not self.door.knows(token):
            raise BadCode("this page is closed: wanted the code on the device's terminal")

    def _enter(self, body: Enter) -> Answer:
        token = self.door.enter(body.code) if self.door.is_lan else ""
        cookie = f"{COOKIE}={token}; Path=/; HttpOnly; SameSite=Strict"
        return Answer(b"{}", TYPES[".json"], cookie=cookie if token else "")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "airelib", ""
    timeout = IDLE_S
    pages: Pages

    def do_GET(self) -> None:
        """Answer with a file of the page, or what the session says."""
        self._answer(lambda: self.pages.get(urlsplit(self.path).path, self._token()))

    def do_POST(self) -> None:
        """Do what the page asks."""
        self._answer(self._posted)

    def _posted(self) -> Answer:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            raise InvalidInput(
                f"the body has {length or 'no'} bytes: wanted up to {MAX_BODY_BYTES}"
            )
        body = self.rfile.read(int(length))
        origin = self.headers.get("Origin")
        if self.headers.get(ASKED_HEADER) is None or (
            origin is not None and urlsplit(origin).netloc != self.headers.get("Host")
        ):
            raise NotAllowed("the request comes from another page: wanted the calibration page")
        return self.pages.post(urlsplit(self.path).path, self._token(), body)

    def _answer(self, act: Callable[[], Answer]) -> None:
        try:
            if not self.pages.door.answers_to(self.headers.get("Host", "")):
                self.close_connection = True
                raise NotAllowed(
                    f"this page does not answer to {self.headers.get('Host')!r}: wanted the device's address"
                )
            answer = act()
        except AirelibError as error:
            answer = failure(error)
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        if answer.cookie:
            self.send_header("Set-Cookie", answer.cookie)
        self.send_header("Content-Type", answer.media_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def _token(self) -> str:
        try:
            jar: SimpleCookie = SimpleCookie(self.headers.get("Cookie", ""))
        except CookieError:
            return ""
        return jar[COOKIE].value if COOKIE in jar else ""

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Keep the terminal for the code."""


def open_server(session: Session, door: Door, port: int) -> ThreadingHTTPServer:
    """Listen on loopback, or on every address when the door opens to the network; port 0 takes a free one."""
    handler = type("Handler", (_Handler,), {"pages": Pages(session, door)})
    server = ThreadingHTTPServer(("0.0.0.0" if door.is_lan else "127.0.0.1", port), handler)  # noqa: S104 - asked for by --lan, behind a code
    server.daemon_threads = True
    return server


def as_json(document: dict[str, Any]) -> Answer:
    """Return a document as an answer."""
    return Answer(json.dumps(document, allow_nan=False).encode(), TYPES[".json"])


def failure(error: AirelibError) -> Answer:
    """Return an error as an answer."""
    status = next(STATUS[base] for base in type(error).__mro__ if base in STATUS)
    document = {"code": error.code, "detail": str(error)}
    return Answer(json.dumps(document).encode(), TYPES[".json"], status)


def static_files() -> dict[str, Answer]:
    """Read the page's own files, by path."""
    root = files("vision.calibration_page") / "static"
    found: dict[str, Answer] = {}
    for folder, prefix in ((root, "/"), (root / "phrases", "/phrases/")):
        for file in folder.iterdir():
            kind = TYPES.get(f".{file.name.rpartition('.')[2]}")
            if file.is_file() and kind:
                found[prefix + file.name] = Answer(file.read_bytes(), kind)
    return {**found, "/": found["/index.html"]}
