"""Tests of settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.errors import InvalidSettings
from service.settings import Settings, read_settings


def test_what_is_given_rules_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A given value wins, a missing one leaves the environment's, and the default comes last."""
    monkeypatch.setenv("AIRELIB_PORT", "9000")
    assert read_settings().port == 9000
    assert read_settings(port=9100).port == 9100
    assert read_settings(port=None).port == 9000
    assert read_settings().host == "127.0.0.1"


def test_an_unknown_name_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A typo in the environment does not pass in silence."""
    monkeypatch.setenv("AIRELIB_PROT", "9000")
    with pytest.raises(InvalidSettings, match="AIRELIB_PROT"):
        read_settings()


def test_a_value_out_of_range_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence names the setting and the value."""
    monkeypatch.setenv("AIRELIB_PORT", "70000")
    with pytest.raises(InvalidSettings, match=r"port.*70000"):
        read_settings()


def test_the_database_is_a_file_in_the_data_folder_unless_named() -> None:
    """An empty URL means the embedded database."""
    assert Settings(data_dir=Path("/x")).url == "sqlite:////x/airelib.db"
    assert Settings(database_url="sqlite://").url == "sqlite://"


def test_every_setting_is_documented() -> None:
    """Each field has its sentence."""
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
