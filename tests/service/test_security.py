"""Tests of keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from geo.errors import BadKey, OutOfScope
from service.security import (
    AccessKey,
    Role,
    check_commune,
    check_key,
    check_role,
    new_key,
    split_bearer,
)

NOW = datetime(2026, 3, 10, tzinfo=UTC)


def made(**more: object) -> tuple[AccessKey, str]:
    """Return a key and its secret."""
    key_id, text, secret_hash = new_key()
    fields = {"insee": "99001", "device_id": None, "profile": None, "created_at": NOW, **more}
    key = AccessKey(key_id, Role.OFFICER, "someone", secret_hash, **fields)  # type: ignore[arg-type]
    return key, text.split("_", 2)[2]


def test_a_key_is_split_into_what_was_made() -> None:
    """Identifier and secret come back from the header, even with underscores in the secret."""
    for _ in range(50):
        key_id, text, _hash = new_key()
        assert split_bearer(f"Bearer {text}") == (key_id, text.split("_", 2)[2])


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer x", "Basic alv_a_b", "Bearer abc_a_b", "Bearer alv_a"]
)
def test_anything_else_is_no_key(header: str | None) -> None:
    """A header that holds no key of ours is refused."""
    with pytest.raises(BadKey):
        split_bearer(header)


def test_a_key_in_force_is_good() -> None:
    """The right secret of a key that is neither revoked nor expired is good."""
    key, secret = made(expires_at=NOW + timedelta(seconds=1))
    assert check_key(key, secret, NOW) is key


def test_the_secret_itself_is_not_kept() -> None:
    """What is kept of a key does not hold its secret."""
    key, secret = made()
    assert secret not in repr(key)


@pytest.mark.parametrize(
    "state", [{"revoked_at": NOW}, {"expires_at": NOW}, {"expires_at": NOW - timedelta(days=1)}]
)
def test_a_key_out_of_force_is_bad(state: dict[str, datetime]) -> None:
    """A revoked or expired key is refused with the instant."""
    key, secret = made(**state)
    with pytest.raises(BadKey, match="2026-03"):
        check_key(key, secret, NOW)


def test_unknown_key_and_wrong_secret_say_the_same() -> None:
    """An unknown key cannot be told from a wrong secret."""
    key, _ = made()
    with pytest.raises(BadKey) as wrong:
        check_key(key, "guess", NOW)
    with pytest.raises(BadKey) as unknown:
        check_key(None, "guess", NOW)
    assert str(wrong.value) == str(unknown.value)


def test_scope_is_kept() -> None:
    """A key is not good for another role or commune; one without commune is good for all."""
    key, _ = made()
    with pytest.raises(OutOfScope):
        check_role(key, Role.DEVICE)
    with pytest.raises(OutOfScope):
        check_commune(key, "99002")
    anywhere, _ = made(insee=None)
    assert check_commune(anywhere, "99002") is anywhere
