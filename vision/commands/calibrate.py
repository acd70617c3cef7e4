"""`airelib calibrate`: serve the calibration page of one camera to the person who installs it."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import click

from geo.errors import InvalidFile

if TYPE_CHECKING:
    from vision.calibration_page.session import Job

FILE = click.Path(path_type=Path)

DEFAULT_PORT = 8088
"""Port of the page, next to the usual 8080 of cameras and proxies (parameter)."""


@click.command()
@click.option(
    "--scene", "scene_path", type=FILE, required=True, help="scene.json to write; made anew."
)
@click.option("--source", required=True, help="Network camera, video file or folder of pictures.")
@click.option("--bays", type=FILE, help="Bays as GeoJSON: the map. Without: the scene's own.")
@click.option("--streets", type=FILE, help="Streets as GeoJSON, drawn under the bays.")
@click.option("--camera-id", help="Name of the view. Without: the scene's own, or its file's name.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="Port."
)
@click.option("--lan", is_flag=True, help="Open to the network, behind a code printed here.")
def calibrate(  # noqa: PLR0913, PLR0917 - a command's options are its parameters
    scene_path: Path,
    source: str,
    bays: Path | None,
    streets: Path | None,
    camera_id: str | None,
    port: int,
    lan: bool,  # noqa: FBT001 - click passes a flag by name
) -> None:
    """Serve the calibration page: pairs of points, privacy mask, try-out.

    Only this machine can open the page, unless --lan is given. Pictures stay in its memory.
    """
    from vision.calibration_page.door import Door
    from vision.calibration_page.server import open_server
    from vision.calibration_page.session import Session
    from vision.logs import configure_logs

    configure_logs()
    session = Session(_job(scene_path, source, bays, streets, camera_id))
    door = Door(is_lan=lan, show_code=lambda code: click.echo(f"code {code[:4]}-{code[4:]}"))
    server = open_server(session, door, port)
    for address in _addresses() if lan else ["127.0.0.1"]:
        click.echo(f"calibration page: http://{address}:{server.server_port}/")
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        click.echo("closed; the picture is forgotten")
    finally:
        session.stop_trial()
        server.server_close()


def _job(
    scene_path: Path, source: str, bays: Path | None, streets: Path | None, camera_id: str | None
) -> Job:
    from vision.calibration_page.kerb import read_kerb
    from vision.calibration_page.scene_file import read_document
    from vision.calibration_page.session import Job
    from vision.detector import embedded_detector
    from vision.source import open_source

    document = read_document(scene_path) or {}
    if not scene_path.parent.is_dir():
        raise InvalidFile(f"there is no folder {scene_path.parent}: wanted one to write in")
    named = document.get("bays_geojson")
    bays_path = bays or (scene_path.parent / named if named else None)
    kerb = read_kerb(bays_path, streets) if bays_path else None
    relative = os.path.relpath(bays_path, scene_path.parent) if bays_path else None
    name = camera_id or document.get("camera_id") or scene_path.stem
    return Job(scene_path, open_source(source), name, kerb, relative, embedded_detector)


def _addresses() -> list[str]:
    """Return this machine's addresses on the network, loopback last resort."""
    found = {
        str(info[4][0])
        for info in socket.getaddrinfo(socket.gethostname(), None, family=socket.AF_INET)
    }
    return sorted(found - {"127.0.0.1"}) or ["127.0.0.1"]
