"""The command of the demonstration."""

from __future__ import annotations

from pathlib import Path

import click

from service.demo.folder import DemoFolder

ANY_PORT = 0


@click.command()
@click.option("--once", is_flag=True, help="Play the clip once, say what was found, and end.")
@click.option(
    "--json", "as_json", is_flag=True, help="With --once: print one JSON object on the last line."
)
@click.option(
    "--clip", default="day", show_default=True, help="Which sample clip the camera shows."
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    help="Port of the page; default: 8000, any free one with --once.",
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(".demo"),
    show_default=True,
    help="Where the demonstration keeps its database.",
)
def demo(*, once: bool, as_json: bool, clip: str, port: int | None, folder: Path) -> None:
    """Run the main job on sample data: a camera worker, the service, and the page."""
    _check_clip(clip)
    if once:
        _once(folder / "once", clip, ANY_PORT if port is None else port, as_json=as_json)
    else:
        _live(folder / "live", clip, 8000 if port is None else port)


def _check_clip(clip: str) -> None:
    from sample_data.scene.clips import list_clips

    if clip not in list_clips():
        raise click.BadParameter(
            f"{clip!r} is none of {', '.join(list_clips())}", param_hint="--clip"
        )


def _once(root: Path, clip: str, port: int, *, as_json: bool) -> None:
    from service.demo.load import fill
    from service.demo.run import listening, run_to_end

    folder = DemoFolder(root)
    if folder.run_under_way() is None:
        folder.empty()
    folder.prepare()
    with listening(port) as listener:
        fill(folder, _say)
        summary = run_to_end(folder, listener, clip, _say)
    if as_json:
        click.echo(summary.as_json())
        return
    click.echo(
        f"{summary.stays_found} stays found of {summary.stays_true}: precision {_share(summary.stay_precision)}, "
        f"recall {_share(summary.stay_recall)}; {summary.events_posted} events posted in {summary.wall_s} s"
    )


def _share(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.3f}"


def _live(root: Path, clip: str, port: int) -> None:
    from service.demo.load import fill, is_stale
    from service.demo.run import address, listening, run_live
    from service.moments import now_utc

    folder = DemoFolder(root)
    with listening(port) as listener:
        if is_stale(folder, now_utc().date()):
            folder.empty()
        folder.prepare()
        fill(folder, _say)
        click.echo(f"\n  The page:       {address(listener)}")
        click.echo(f"  Officer's key:  {folder.officer_key.read_text().strip()}")
        click.echo(f"  Logs:           {folder.root}/*.log")
        click.echo("  Stop with Ctrl-C; the next start goes on from here.\n")
        try:
            run_live(folder, listener, clip)
        except KeyboardInterrupt:
            click.echo("stopped")


def _say(text: str) -> None:
    click.echo(f"== {text}", err=True)
