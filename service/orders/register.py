"""Sends a draft order to DiaLog, the State's register of traffic orders; only ever as a draft."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from geo.errors import InvalidInput, InvalidSettings, Unavailable
from service.settings import Settings

TIMEOUT_S = 20.0

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
"""Hosts to which a secret may go without TLS: this machine."""

DOCUMENT_MAX_BYTES = 5_000_000
"""Largest document that DiaLog takes (its description of ``POST …/storage``)."""

CREATED = 201


class RegisterRefused(InvalidInput):
    """DiaLog did not take a draft order; its reasons are told."""

    code = "register_refused"


class RegisterUnreachable(Unavailable):
    """DiaLog does not answer, or not as it should."""

    code = "register_unreachable"


def send_draft(settings: Settings, body: Mapping[str, Any], document: bytes) -> str:
    """Create a draft order in DiaLog, attach its PDF, and return the identifier that DiaLog gave it.

    The order stays a draft there: to publish it is a decision of a person, in DiaLog.

    Parameters
    ----------
    body
        Of ``geo.exports.dialog.dialog``.
    document
        PDF.

    Raises
    ------
    InvalidSettings
        URL, client or secret are not set, or the URL has no TLS.
    RegisterRefused
        The credentials are wrong, or DiaLog refuses the order or its document.
    RegisterUnreachable
        No answer, or one that is none of DiaLog's.
    """
    if len(document) > DOCUMENT_MAX_BYTES:
        raise RegisterRefused(
            f"the document has {len(document)} bytes: DiaLog takes at most {DOCUMENT_MAX_BYTES}"
        )
    url, headers = _door(settings)
    path = f"/api/regulations/{quote(str(body['identifier']), safe='')}/storage"
    with httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT_S) as client:
        created = _answer(client, "/api/regulations", json=dict(body))
        file = ("arrete.pdf", document, "application/pdf")
        _answer(client, path, files={"file": file}, data={"title": "Projet d'arrêté"})
    return str(created.get("uuid") or created.get("message") or "")


def _door(settings: Settings) -> tuple[str, dict[str, str]]:
    parts = urlsplit(settings.dialog_url)
    if not (parts.hostname and settings.dialog_client_id and settings.dialog_secret_file):
        raise InvalidSettings(
            "DiaLog is not set up: wanted AIRELIB_DIALOG_URL, AIRELIB_DIALOG_CLIENT_ID and AIRELIB_DIALOG_SECRET_FILE"
        )
    if parts.scheme != "https" and parts.hostname not in LOOPBACK:
        raise InvalidSettings(f"AIRELIB_DIALOG_URL is {settings.dialog_url!r}: wanted https")
    headers = {
        "X-Client-Id": settings.dialog_client_id,
        "X-Client-Secret": _secret(settings.dialog_secret_file),
        "Accept": "application/json",
    }
    return settings.dialog_url, headers


def _secret(path: Path) -> str:
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidSettings(
            f"AIRELIB_DIALOG_SECRET_FILE {path} cannot be read: wanted a file with the secret"
        ) from error
    if not secret or not secret.isascii() or not secret.isprintable():
        raise InvalidSettings(
            f"AIRELIB_DIALOG_SECRET_FILE {path} holds no secret: wanted one line of plain characters"
        )
    return secret


def _answer(client: httpx.Client, path: str, **content: Any) -> dict[str, Any]:
    """Post and return what DiaLog answers; anything but success becomes a failure that says why."""
    try:
        answer = client.post(path, **content)
    except httpx.HTTPError as error:
        raise RegisterUnreachable(
            f"DiaLog at {client.base_url} does not answer: {type(error).__name__}"
        ) from error
    said = _said(answer)
    if answer.status_code in {200, CREATED}:
        return said
    if answer.status_code in {400, 401, 403, 404, 409, 422}:
        raise RegisterRefused(f"DiaLog answers {answer.status_code}: {_reasons(said)}")
    raise RegisterUnreachable(f"DiaLog answers {answer.status_code}: wanted 201")


def _said(answer: httpx.Response) -> dict[str, Any]:
    try:
        said = answer.json()
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _reasons(said: Mapping[str, Any]) -> str:
    """Return the reasons of a refusal, each violation with the field it is about."""
    violations = said.get("violations")
    if isinstance(violations, list) and violations:
        return "; ".join(
            f"{one.get('propertyPath') or 'body'}: {one.get('title')}"
            for one in violations
            if isinstance(one, dict)
        )
    return str(said.get("detail") or said.get("message") or "no reason is given")
