"""Keys of devices and officers: made once, kept as a hash, compared in constant time."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from geo.errors import BadKey, OutOfScope

KEY_MARK = "alv"
"""First part of every key, so that a leaked one is recognised."""

KEY_ID_BYTES = 6
"""Length of the public part; it only names the key."""

SECRET_BYTES = 32
"""Random bytes of the secret: too many to guess, so a fast hash is enough (standards, device auth)."""

KEY_PARTS = 3


class Role(StrEnum):
    """Who a key is for."""

    DEVICE = "device"
    OFFICER = "officer"


class Profile(StrEnum):
    """What a device sends: stays with sessions, or counts only."""

    STAYS = "stays"
    COUNTS = "counts"


@dataclass(frozen=True)
class AccessKey:
    """A key as the store knows it."""

    key_id: str
    role: Role
    name: str
    secret_hash: str
    insee: str | None
    """Commune it is good for; None = all."""
    device_id: str | None
    profile: Profile | None
    created_at: datetime
    last_used_at: datetime | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


def new_key() -> tuple[str, str, str]:
    """Make a key; return its identifier, the text to hand over once, and the hash to keep."""
    key_id = secrets.token_hex(KEY_ID_BYTES)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    return key_id, f"{KEY_MARK}_{key_id}_{secret}", hash_secret(secret)


def hash_secret(secret: str) -> str:
    """Return the SHA-256 of a secret, hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


def split_bearer(authorization: str | None) -> tuple[str, str]:
    """Return identifier and secret of an ``Authorization`` header."""
    scheme, _, token = (authorization or "").partition(" ")
    parts = token.strip().split("_", KEY_PARTS - 1)
    if scheme.lower() != "bearer" or len(parts) != KEY_PARTS or parts[0] != KEY_MARK:
        raise BadKey(f"no key was given: wanted 'Authorization: Bearer {KEY_MARK}_<id>_<secret>'")
    return parts[1], parts[2]


def check_key(key: AccessKey | None, secret: str, now_at: datetime) -> AccessKey:
    """Return the key if the secret is its own and it is in force.

    An unknown key is compared too, so that the answer takes the same time and says the same.
    """
    known_hash = key.secret_hash if key else hash_secret("")
    is_right = hmac.compare_digest(known_hash, hash_secret(secret))
    if key is None or not is_right:
        raise BadKey(
            "the key is unknown: wanted one printed by 'airelib devices add' or 'officers add'"
        )
    if key.revoked_at is not None:
        raise BadKey(f"the key {key.key_id} was revoked at {key.revoked_at.isoformat()}")
    if key.expires_at is not None and key.expires_at <= now_at:
        raise BadKey(f"the key {key.key_id} expired at {key.expires_at.isoformat()}")
    return key


def check_role(key: AccessKey, role: Role) -> AccessKey:
    """Return the key if it has a role."""
    if key.role is not role:
        raise OutOfScope(f"the key {key.key_id} is a {key.role} key: wanted a {role} key")
    return key


def check_commune(key: AccessKey, insee: str) -> AccessKey:
    """Return the key if it is good for a commune."""
    if key.insee not in (None, insee):
        raise OutOfScope(f"the key {key.key_id} is for commune {key.insee}, not for {insee}")
    return key
