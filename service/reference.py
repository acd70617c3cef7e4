"""Writes the reference pages from the code itself: commands, errors, settings and HTTP routes."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from inspect import cleandoc, getdoc
from pathlib import Path
from typing import Any

import click

from geo.errors import AirelibError
from service.cli import GROUP

MADE_BY = "<!-- Made by `make docs`; edit the code, not this page. -->\n"
"""First line of each page made here."""


def commands_page() -> str:
    """Return the reference of commands with their arguments and options."""
    parts = ["# Commands\n", MADE_BY]
    for path, command in _commands():
        context = click.Context(command, info_name=path)
        usage = " ".join([path, *command.collect_usage_pieces(context)])
        parts.append(f"## `{path}`\n\n{cleandoc(command.help or '')}\n\n```\n{usage}\n```\n")
        records = [p.get_help_record(context) for p in command.params]
        rows = [record for record in records if record is not None and record[1]]
        if rows:
            lines = [f"| `{name}` | {_cell(text)} |" for name, text in rows]
            parts.append("\n".join(["| option | meaning |", "|---|---|", *lines]) + "\n")
    return "\n".join(parts)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _commands() -> Iterator[tuple[str, click.Command]]:
    for point in sorted(entry_points(group=GROUP), key=lambda p: p.name):
        yield from _walk(f"airelib {point.name}", point.load())


def _walk(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if not isinstance(command, click.Group):
        yield path, command
        return
    for name, member in sorted(command.commands.items()):
        yield from _walk(f"{path} {name}", member)


def errors_page() -> str:
    """Return the reference of error codes with their HTTP status."""
    from service.errors import status_of

    _import_all()
    family = [
        *_leaves(AirelibError),
        *_leaves(importlib.import_module("models.errors").ModelsError),
    ]
    rows = {
        error.code: f"| `{error.code}` | {status_of(error) if issubclass(error, AirelibError) else 'none'} "
        f"| {_cell(getdoc(error) or '')} |"
        for error in family
    }
    head = (
        "Commands print `error: <sentence> [<code>]` and exit with 2, or with 3 where trying again later may work.\n"
        "The service answers with the same code in a problem document (RFC 9457).\n"
    )
    table = ["| code | HTTP status | meaning |", "|---|---|---|", *(rows[c] for c in sorted(rows))]
    return "\n".join(["# Errors\n", MADE_BY, head, *table]) + "\n"


def _import_all() -> None:
    """Import every module that may define an error, so that the page does not depend on what ran before."""
    for room in ("geo", "models", "service", "vision"):
        package = importlib.import_module(room)
        for module in pkgutil.walk_packages(package.__path__, f"{room}."):
            if not module.name.startswith(("service.migrations", "service.web")):
                importlib.import_module(module.name)


def _leaves(root: type[Any]) -> list[type[Any]]:
    return [c for sub in root.__subclasses__() for c in (sub, *_leaves(sub))]


def settings_page() -> str:
    """Return the reference of settings with their environment names and defaults."""
    from service.settings import Settings

    rows = [
        f"| `AIRELIB_{name.upper()}` | `{field.get_default(call_default_factory=False)}` | {_cell(field.description or '')} |"
        for name, field in Settings.model_fields.items()
    ]
    head = "Settings come from the environment; options of a command rule over them. An unknown name is refused.\n"
    return (
        "\n".join(
            ["# Settings\n", MADE_BY, head, "| name | default | meaning |", "|---|---|---|", *rows]
        )
        + "\n"
    )


def http_page() -> str:
    """Return the reference of HTTP routes."""
    from service.app import create_app
    from service.settings import Settings

    document = create_app(Settings()).openapi()
    parts = ["# HTTP interface\n", MADE_BY]
    for path, operations in sorted(document["paths"].items()):
        for method, operation in sorted(operations.items()):
            parts.append(_route(method, path, operation))
    return "\n".join(parts)


def _route(method: str, path: str, operation: dict[str, Any]) -> str:
    text = operation.get("description") or operation.get("summary", "")
    rows = [
        f"| `{p['name']}` | {p['in']} | {_cell(p.get('description', ''))} |"
        for p in operation.get("parameters", [])
    ]
    table = ["", "| parameter | in | meaning |", "|---|---|---|", *rows] if rows else []
    return "\n".join([f"## `{method.upper()} {path}`", "", text.strip(), *table]) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "commands.md": commands_page,
    "errors.md": errors_page,
    "settings.md": settings_page,
    "http.md": http_page,
}
"""File name under ``docs/reference`` and what writes it."""


def write(folder: Path) -> None:
    """Write every reference page into a folder."""
    for name, page in PAGES.items():
        (folder / name).write_text(page())


if __name__ == "__main__":
    write(Path(sys.argv[1]))
