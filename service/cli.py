"""The one command: loads each package's subcommands only when they are called."""

from __future__ import annotations

import os
import sys
from importlib.metadata import EntryPoint, entry_points
from typing import NoReturn

import click
from typing_extensions import override

GROUP = "airelib.commands"
"""Entry-point group under which each package registers its commands."""

OUR_PACKAGES = ("geo", "models", "sample_data", "service", "vision")
"""A missing module of ours is a fault of the installation, never an optional part."""

EXIT_BAD_INPUT = 2
"""Exit status for input or settings that cannot be used, as for click's own usage errors."""

EXIT_UNAVAILABLE = 3
"""Exit status when something needed does not answer now."""


BLAS_THREADS = "1"
"""Our matrices are small: threads of the linear algebra wait for each other longer than they compute (ten times as long
in `geo.demand.estimate.learn` on two busy cores); processes share the work instead."""


class LazyGroup(click.Group):
    """A command group whose members are entry points, imported on first use."""

    def _found(self) -> dict[str, EntryPoint]:
        return {point.name: point for point in entry_points(group=GROUP)}

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(self._found())

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        point = self._found().get(cmd_name)
        if point is None:
            return None
        try:
            loaded = point.load()
        except ModuleNotFoundError as error:
            return _needs_extra(cmd_name, _not_ours(error))
        if not isinstance(loaded, click.Command):
            raise TypeError(f"entry point {cmd_name} is {type(loaded).__name__}, wanted a command")
        return loaded


def _not_ours(error: ModuleNotFoundError) -> str:
    """Return the name of a missing module of an optional part; one of ours missing is a fault and is raised."""
    name = (error.name or "").split(".")[0]
    if not name or name in OUR_PACKAGES:
        raise error
    return name


def _sentence(command: str, module: str) -> str:
    return (
        f"'airelib {command}' needs {module}, which is not installed: install airelib[edge] on a "
        "camera device, airelib[server] on a server, or both"
    )


def _needs_extra(name: str, module: str) -> click.Command:
    def explain() -> NoReturn:
        raise click.ClickException(_sentence(name, module))

    return click.Command(
        name,
        callback=explain,
        help=f"Not installed here (needs {module}).",
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
    )


@click.command(cls=LazyGroup)
@click.version_option(package_name="airelib")
def root() -> None:
    """Airelib measures how delivery bays are really used."""


def main() -> NoReturn:
    """Run the command line; a failure of the error family becomes one clear line and an exit status."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", BLAS_THREADS)
    try:
        sys.exit(root.main(standalone_mode=True))
    except ModuleNotFoundError as error:
        click.echo(f"error: {_sentence(' '.join(sys.argv[1:2]), _not_ours(error))}", err=True)
        sys.exit(EXIT_BAD_INPUT)
    except Exception as error:
        if type(error).__module__.split(".")[0] not in OUR_PACKAGES or not hasattr(error, "code"):
            raise
        click.echo(f"error: {error} [{error.code}]", err=True)
        sys.exit(EXIT_UNAVAILABLE if _is_retryable(error) else EXIT_BAD_INPUT)


def _is_retryable(error: Exception) -> bool:
    return any(base.__name__ == "Unavailable" for base in type(error).__mro__)


if __name__ == "__main__":
    main()
