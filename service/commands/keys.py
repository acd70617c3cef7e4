"""Commands that make, list and revoke the keys of devices and officers."""

from __future__ import annotations

import os
import uuid
from datetime import UTC, datetime
from pathlib import Path

import click

from geo.errors import InvalidFile, InvalidInput
from service.commands.options import database_options, open_current
from service.moments import now_utc
from service.security import AccessKey, Profile, Role, new_key
from service.settings import Settings
from service.store.bays import get_commune
from service.store.database import reading, writing
from service.store.keys import add_key, list_keys, revoke_keys

EXPIRES = click.option(
    "--expires",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Last day (UTC) on which the key is good; default: until revoked.",
)
KEY_FILE = click.option(
    "--key-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Also write the key to this new file, readable by its owner only.",
)
KEY_PRIVATE = 0o600
"""Mode of a key file."""


@click.group()
def devices() -> None:
    """Look after the keys of devices."""


@click.group()
def officers() -> None:
    """Look after the keys of officers."""


@devices.command("add")
@click.argument("name")
@click.option(
    "--commune", required=True, metavar="INSEE", help="Commune whose bays it may report on."
)
@click.option(
    "--profile",
    type=click.Choice([item.value for item in Profile]),
    default=Profile.STAYS.value,
    show_default=True,
    help="What it sends: stays with sessions, or counts only.",
)
@click.option("--device-id", type=click.UUID, help="Its own UUID, if it has one already.")
@EXPIRES
@KEY_FILE
@database_options
def add_device(  # noqa: PLR0913, PLR0917 - each parameter is an option
    name: str,
    commune: str,
    profile: str,
    device_id: uuid.UUID | None,
    expires: datetime | None,
    key_file: Path | None,
    settings: Settings,
) -> None:
    """Make a key for the device NAME; it is shown once."""
    device = str(device_id or uuid.uuid4())
    key, text = _new(Role.DEVICE, name, commune, expires, device, Profile(profile))
    _keep(key, text, key_file, settings)
    click.echo(f"device_id {device}\nkey {text}")


@officers.command("add")
@click.argument("name")
@click.option("--commune", metavar="INSEE", help="Commune it is good for; default: all.")
@EXPIRES
@KEY_FILE
@database_options
def add_officer(
    name: str,
    commune: str | None,
    expires: datetime | None,
    key_file: Path | None,
    settings: Settings,
) -> None:
    """Make a key for the officer NAME; it is shown once."""
    key, text = _new(Role.OFFICER, name, commune, expires)
    _keep(key, text, key_file, settings)
    click.echo(f"key {text}")


@devices.command("list")
@database_options
def list_devices(settings: Settings) -> None:
    """List the devices and their keys."""
    _list(Role.DEVICE, settings)


@officers.command("list")
@database_options
def list_officers(settings: Settings) -> None:
    """List the officers' keys."""
    _list(Role.OFFICER, settings)


@devices.command("revoke")
@click.argument("identifier")
@database_options
def revoke_device(identifier: str, settings: Settings) -> None:
    """Revoke the keys with this device or key IDENTIFIER at once."""
    _revoke(Role.DEVICE, identifier, settings)


@officers.command("revoke")
@click.argument("identifier")
@database_options
def revoke_officer(identifier: str, settings: Settings) -> None:
    """Revoke the key with this IDENTIFIER at once."""
    _revoke(Role.OFFICER, identifier, settings)


def _new(  # noqa: PLR0917 - two of them are for devices only
    role: Role,
    name: str,
    insee: str | None,
    expires: datetime | None,
    device_id: str | None = None,
    profile: Profile | None = None,
) -> tuple[AccessKey, str]:
    key_id, text, secret_hash = new_key()
    now_at = now_utc()
    expires_at = (
        expires.replace(hour=23, minute=59, second=59, tzinfo=UTC) if expires is not None else None
    )
    if expires_at is not None and expires_at <= now_at:
        raise InvalidInput(f"--expires is {expires_at:%Y-%m-%d}: wanted today or later")
    return AccessKey(
        key_id, role, name, secret_hash, insee, device_id, profile, now_at, expires_at=expires_at
    ), text


def _keep(
    key: AccessKey,
    text: str,
    key_file: Path | None,
    settings: Settings,
) -> None:
    """Keep a key; the file is written within the transaction, so that neither is there alone."""
    engine = open_current(settings)
    with writing(engine) as session:
        if key.insee is not None:
            get_commune(session, key.insee)
        add_key(session, key)
        if key_file is not None:
            _write_private(key_file, text)


def _write_private(path: Path, text: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, KEY_PRIVATE)
    except OSError as error:
        raise InvalidFile(
            f"key file {path} cannot be made: {error.strerror}; wanted a new file"
        ) from error
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{text}\n")


def _list(role: Role, settings: Settings) -> None:
    engine = open_current(settings)
    with reading(engine) as session:
        keys = list_keys(session, role)
    for key in keys:
        click.echo("\t".join(_line(key)))


def _line(key: AccessKey) -> list[str]:
    used = f"used {key.last_used_at:%Y-%m-%dT%H:%MZ}" if key.last_used_at else "never used"
    return [
        key.key_id,
        key.name,
        key.insee or "all communes",
        *([key.device_id] if key.device_id else []),
        *([key.profile.value] if key.profile else []),
        used,
        _state(key),
    ]


def _state(key: AccessKey) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%dT%H:%MZ}"
    if key.expires_at is not None:
        return f"expires {key.expires_at:%Y-%m-%d}"
    return "in force"


def _revoke(role: Role, identifier: str, settings: Settings) -> None:
    engine = open_current(settings)
    with writing(engine) as session:
        keys = revoke_keys(session, identifier, role, now_utc())
    for key in keys:
        click.echo(f"revoked {key.key_id} ({key.name})")
