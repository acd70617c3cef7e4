"""Who may ask: the names under which the page answers, and the one-time code that opens it on a network."""

from __future__ import annotations

import hmac
import ipaddress
import secrets
import socket
import threading
import time
from collections.abc import Callable

from geo.errors import BadCode, DoorLocked

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Characters of a code, without those that look alike (I and 1, O and 0): five bits each."""

CODE_LENGTH = 8
"""Characters of a code: 40 bits, at five tries a minute some 200,000 years for half of them."""

MAX_WRONG = 5
"""Wrong tries after which the door is locked for a while."""

LOCKED_S = 60.0
"""How long it stays locked."""

LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})
"""Names of this machine to itself."""


class Door:
    """Lets the machine's own user in, and others by a code that holds once.

    Parameters
    ----------
    is_lan
        The page is open to the network, so that a code is needed.
    show_code
        Called with each new code; it is shown on the terminal and nowhere else.
    clock_s
        A clock that never goes back, in seconds.
    """

    def __init__(
        self,
        *,
        is_lan: bool,
        show_code: Callable[[str], None],
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self.is_lan = is_lan
        self._show, self._clock_s = show_code, clock_s
        self._lock = threading.Lock()
        self._tokens: set[str] = set()
        self._wrong, self._locked_until_s = 0, 0.0
        self._code = ""
        if is_lan:
            self._renew()

    def enter(self, code: str) -> str:
        """Return a session's token for the right code, which is then spent; a new one is shown.

        Raises
        ------
        BadCode
            When it is wrong.
        DoorLocked
            For a minute after five wrong ones.
        """
        with self._lock:
            if self._clock_s() < self._locked_until_s:
                raise DoorLocked("too many wrong codes: wanted a pause of a minute")
            if not hmac.compare_digest(_plain(code).encode(), self._code.encode()):
                self._note_wrong()
                raise BadCode("the code is wrong: wanted the one on the device's terminal")
            self._wrong = 0
            token = secrets.token_urlsafe(32)
            self._tokens.add(token)
            self._renew()
            return token

    def knows(self, token: str) -> bool:
        """Tell whether a request with this token may pass; on loopback every one may."""
        with self._lock:
            known = tuple(self._tokens)
        return not self.is_lan or any(
            hmac.compare_digest(token.encode(), one.encode()) for one in known
        )

    def answers_to(self, host: str) -> bool:
        """Tell whether a Host header names this machine by an address or its own name.

        A foreign name that was made to point here (DNS rebinding) is none of these.
        """
        name = _host_name(host)
        if name in LOOPBACK_NAMES:
            return True
        return self.is_lan and (_is_address(name) or name in _own_names())

    def _note_wrong(self) -> None:
        self._wrong += 1
        if self._wrong >= MAX_WRONG:
            self._wrong, self._locked_until_s = 0, self._clock_s() + LOCKED_S

    def _renew(self) -> None:
        self._code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
        self._show(self._code)


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").upper()


def _host_name(host: str) -> str:
    name, _, port = host.rpartition(":")
    whole = name if name and port.isdigit() and (name.endswith("]") or ":" not in name) else host
    return whole.strip("[]").lower()


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _own_names() -> set[str]:
    own = socket.gethostname().lower()
    return {own, f"{own}.local"}
