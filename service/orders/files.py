"""The files of a draft order: documents for people, data for registers, text for the sign."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from geo.exports.datex2 import datex2
from geo.exports.dialog import dialog
from geo.exports.regulation import binding_rules
from geo.orders.fields import blank
from geo.orders.place import street_address
from geo.orders.sign import sign_lines, sign_text
from geo.rule_languages.cds import write_policies
from service.orders.docx import order_docx
from service.orders.drafts import Drafted
from service.orders.forms import FORMS
from service.orders.pdf import order_pdf


def order_file(drafted: Drafted, form: str) -> bytes:
    """Return one file of a draft, by a key of ``FORMS``."""
    return WRITERS[form](drafted)


def order_file_name(drafted: Drafted, form: str) -> str:
    """Return the name of one file of a draft: ``arrete-92024-3-order.docx``."""
    regulation = drafted.regulation
    return f"arrete-{regulation.insee}-{drafted.name}-{FORMS[form].file}"


def _dialog(drafted: Drafted) -> bytes:
    return _json(dialog(drafted.regulation))


def _datex2(drafted: Drafted) -> bytes:
    return datex2([drafted.regulation], drafted.dated_at)


def _policies(drafted: Drafted) -> bytes:
    """Return the CDS 1.1 policies of the rules to be made, each once, in the envelope of CDS."""
    at_ms = int(drafted.dated_at.timestamp() * 1000)
    policies = {
        policy["curb_policy_id"]: policy
        for bay in drafted.regulation.bays
        for policy in write_policies(bay)
    }
    return _json(
        {
            "version": "1.1.0",
            "time_zone": drafted.regulation.time_zone,
            "last_updated": at_ms,
            "currency": "EUR",
            "author": drafted.regulation.authority,
            "data": {"policies": list(policies.values())},
        }
    )


def _signs(drafted: Drafted) -> bytes:
    number = drafted.order.reference or blank("numero_arrete")
    signs = [
        (street_address(bay) or bay.bay_id, sign_lines(binding_rules(bay), number))
        for bay in drafted.regulation.bays
    ]
    return sign_text(signs).encode()


def _json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


WRITERS: dict[str, Callable[[Drafted], bytes]] = {
    "docx": lambda drafted: order_docx(drafted.order),
    "pdf": lambda drafted: order_pdf(drafted.order),
    "dialog": _dialog,
    "datex2": _datex2,
    "cds": _policies,
    "sign": _signs,
}
"""Writes each form of ``service.orders.forms``."""
