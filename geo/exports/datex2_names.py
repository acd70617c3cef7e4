"""Namespaces of DATEX II v3, and how its elements are built."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from geo.exports.cells import printable

D2 = "http://datex2.eu/schema/3/d2Payload"
COM = "http://datex2.eu/schema/3/common"
LOC = "http://datex2.eu/schema/3/locationReferencing"
TRO = "http://datex2.eu/schema/3/trafficRegulation"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

for _prefix, _space in (("d2", D2), ("com", COM), ("loc", LOC), ("tro", TRO), ("xsi", XSI)):
    ET.register_namespace(_prefix, _space)

XSI_TYPE = f"{{{XSI}}}type"

TEXT_MAX = 1024
"""Characters of a text (DATEXII_3_Common.xsd, String and MultilingualStringValueType)."""


def add(parent: ET.Element, space: str, name: str, text: str | None = None) -> ET.Element:
    """Add an element to another and return it."""
    child = ET.SubElement(parent, f"{{{space}}}{name}")
    child.text = None if text is None else printable(text)
    return child


def add_text(parent: ET.Element, space: str, name: str, text: str) -> ET.Element:
    """Add a MultilingualString of one French value, cut where it is too long; return it."""
    child = add(parent, space, name)
    values = add(child, COM, "values")
    value = add(values, COM, "value", printable(text)[:TEXT_MAX])
    value.set("lang", "fr")
    return child
