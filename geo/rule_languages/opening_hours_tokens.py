"""Words and marks of a text of OSM opening hours."""

from __future__ import annotations

import re
from dataclasses import dataclass

from geo.errors import InvalidTimeRule

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<comment>"[^"]*")
    |(?P<always>24/7)
    |(?P<time>\d{1,2}:\d{2})
    |(?P<year>\d{4})
    |(?P<number>\d{1,2})
    |(?P<word>[A-Za-z]+)
    |(?P<fallback>\|\|)
    |(?P<mark>[-;,/\[\]+:])""",
    re.VERBOSE,
)

_DASHES = str.maketrans("–—", "--")  # noqa: RUF001 - dashes that people type for hyphens


@dataclass(frozen=True)
class Token:
    """One word, number or mark."""

    kind: str
    text: str
    at: int
    """Place of its first character in the text."""


class Tokens:
    """The tokens of a text, read from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = _split(text)
        self._next = 0

    @property
    def is_done(self) -> bool:
        """Whether nothing is left."""
        return self._next >= len(self._tokens)

    def sees(self, *wanted: str, ahead: int = 0) -> bool:
        """Tell whether the next token is one of these texts or kinds (``<time>``)."""
        place = self._next + ahead
        if place >= len(self._tokens):
            return False
        token = self._tokens[place]
        return token.text.casefold() in wanted or f"<{token.kind}>" in wanted

    def takes(self, *wanted: str) -> bool:
        """Step over the next token if it is one of these, and tell whether it was."""
        if not self.sees(*wanted):
            return False
        self._next += 1
        return True

    def take(self, *wanted: str) -> str:
        """Step over the next token, which has to be one of these, and return its text.

        Raises
        ------
        InvalidTimeRule
            It is another.
        """
        if not self.sees(*wanted):
            raise self.refuse(f"wanted {' or '.join(wanted)}")
        self._next += 1
        return self._tokens[self._next - 1].text

    def refuse(self, wanted: str) -> InvalidTimeRule:
        """Return the error that names what comes next."""
        if self.is_done:
            return InvalidTimeRule(f"opening hours {self.text!r} end too early: {wanted}")
        token = self._tokens[self._next]
        return InvalidTimeRule(
            f"opening hours {self.text!r} hold {self.text[token.at :]!r} at character {token.at + 1}: {wanted}"
        )


def _split(text: str) -> list[Token]:
    tokens: list[Token] = []
    plain, at = text.translate(_DASHES), 0
    while at < len(plain):
        found = _TOKEN.match(plain, at)
        if found is None or found.lastgroup is None:
            raise InvalidTimeRule(
                f"opening hours {text!r} hold {text[at:]!r} at character {at + 1}: wanted days, times or a rule mark"
            )
        if found.lastgroup != "space":
            tokens.append(Token(found.lastgroup, found.group(), at))
        at = found.end()
    return tokens
