"""Opens the interface with QGIS's own provider and prints what it finds as JSON; run by Debian's Python, not by ours."""

from __future__ import annotations

import json
import sys
import tempfile
from typing import Any

from qgis.core import (
    QgsApplication,
    QgsAuthMethodConfig,
    QgsFeatureRequest,
    QgsProviderRegistry,
    QgsRectangle,
    QgsVectorLayer,
)

BOX = QgsRectangle(2.6105, 48.9, 2.6115, 48.95)
"""Around one bay of the small world."""


def opened(address: str, name: str, more: str = "") -> QgsVectorLayer:
    """Return a collection as a layer."""
    return QgsVectorLayer(f"url='{address}' typename='{name}'{more}", name, "OAPIF")


def told(layer: QgsVectorLayer) -> dict[str, Any]:
    """Return what QGIS knows of a layer and what it reads of it."""
    return {
        "valid": layer.isValid(),
        "crs": layer.crs().authid(),
        "count": layer.featureCount(),
        "read": sum(1 for _ in layer.getFeatures()),
        "types": {field.name(): field.typeName() for field in layer.fields()},
    }


def with_box(address: str) -> list[str]:
    """Return the bays that QGIS reads in a box, which it asks the service for."""
    layer = opened(address, "aires", " restrictToRequestBBOX='1'")
    return sorted(one["bay_id"] for one in layer.getFeatures(QgsFeatureRequest(BOX)))


def with_filter(address: str) -> list[str]:
    """Return the bays that a filter on a declared property selects."""
    layer = opened(address, "aires", " filter='\"commune\" = \\'99002\\''")
    return sorted(one["bay_id"] for one in layer.getFeatures())


def with_time(address: str) -> int:
    """Return how many hours a filter on their beginning selects, which QGIS asks the service for as datetime."""
    more = " filter='\"from_at\" >= \\'2026-03-10T08:00:00Z\\''"
    return sum(1 for _ in opened(address, "occupation-horaire", more).getFeatures())


def with_key(address: str, key: str) -> dict[str, Any]:
    """Return what QGIS finds in the collection for officers, the key kept as a password in its own keyring."""
    manager = QgsApplication.authManager()
    manager.setMasterPassword("for this run only", True)
    config = QgsAuthMethodConfig("Basic")
    config.setName("airelib")
    config.setConfig("username", "agent")
    config.setConfig("password", key)
    manager.storeAuthenticationConfig(config)
    return told(opened(address, "propositions", f" authcfg='{config.id()}'"))


def main() -> None:
    """Print what QGIS finds at an address, with a key if one is given."""
    address, *keys = sys.argv[1:]
    with tempfile.TemporaryDirectory() as profile:
        application = QgsApplication([], False, profile)
        application.initQgis()
        found: dict[str, Any] = {
            "provider": "OAPIF" in QgsProviderRegistry.instance().providerList()
        }
        for name in ("aires", "occupation-horaire", "occupation-commune", "communes"):
            found[name] = told(opened(address, name))
        found["box"], found["filter"] = with_box(address), with_filter(address)
        found["time"] = with_time(address)
        found["keys"] = [with_key(address, key) for key in keys]
        application.exitQgis()
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
