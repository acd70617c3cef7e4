"""Lets a key be shown as a password: desktop GIS and GDAL know Basic authentication everywhere, Bearer not."""

from __future__ import annotations

import base64
import binascii


def bearer_of(authorization: str) -> str:
    """Return a header as if its key came as Bearer: of Basic (RFC 7617) the password is the key, whatever the name."""
    scheme, _, credentials = authorization.partition(" ")
    if scheme.lower() != "basic":
        return authorization
    try:
        plain = base64.b64decode(credentials.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return authorization
    return f"Bearer {plain.partition(':')[2]}"
