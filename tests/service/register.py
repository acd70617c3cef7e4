"""A register of traffic orders on loopback that answers as DiaLog's description says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

UUID = "123e4567-e89b-12d3-a456-426614174000"
CLIENT, SECRET = "commune", "s3cret"


@dataclass
class Register:
    """What the register has been sent."""

    url: str = ""
    orders: dict[str, dict[str, Any]] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    answer: tuple[int, Any] | None = None
    """Answers this instead, whatever comes."""

    def take_order(self, body: dict[str, Any]) -> tuple[int, Any]:
        """Return the answer to an order: 201, 400 for one known, 422 with its violations."""
        faults = [
            {"propertyPath": name, "title": "Cette valeur ne doit pas être vide.", "parameters": {}}
            for name in ("identifier", "status", "category", "title", "measures")
            if not body.get(name)
        ]
        if faults:
            return 422, {"status": 422, "detail": "Validation failed", "violations": faults}
        if body["identifier"] in self.orders:
            return 400, {"status": 400, "detail": "Un arrêté avec cet identifiant existe déjà."}
        self.orders[body["identifier"]] = body
        return 201, {"uuid": UUID}


@contextmanager
def running_register() -> Iterator[Register]:
    """Give a register that listens on a free port of this machine."""
    register = Register()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, said = self._answer(body)
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def _answer(self, body: bytes) -> tuple[int, Any]:
            if register.answer:
                return register.answer
            if (self.headers["X-Client-Id"], self.headers["X-Client-Secret"]) != (CLIENT, SECRET):
                return 401, {"message": "Unauthorized"}
            if self.path.endswith("/storage"):
                register.documents[self.path] = body
                return 201, {"identifier": "x", "mimeType": "PDF"}
            return register.take_order(json.loads(body))

        def log_message(self, *_given: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    register.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield register
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
