"""Real cameras for tests, on loopback: snapshots, MJPEG, RTSP, and one that accepts and never answers."""

from __future__ import annotations

import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import cv2
import numpy as np
import pytest
from typing_extensions import override

RTSP_SCRIPT = Path(__file__).with_name("rtsp_server.py")

SYSTEM_PYTHON = "/usr/bin/python3"

BOUNDARY = "frame"


def jpeg(value: int) -> bytes:
    """Return a small grey JPEG."""
    _, body = cv2.imencode(".jpg", np.full((48, 64, 3), value, np.uint8))
    return body.tobytes()


class CameraHandler(BaseHTTPRequestHandler):
    """Gives one picture at /shot.jpg, an endless stream at /live, text at /text.jpg; each picture is brighter than the last."""

    served = 0

    def do_GET(self) -> None:
        """Answer one request."""
        if self.path.startswith("/live"):
            self._stream()
            return
        self._answer(b"no picture" if self.path.startswith("/text") else self._next())

    def _next(self) -> bytes:
        type(self).served += 1
        return jpeg(20 + 5 * type(self).served % 200)

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"multipart/x-mixed-replace; boundary={BOUNDARY}")
        self.end_headers()
        try:
            while True:
                body = self._next()
                head = f"--{BOUNDARY}\r\nContent-Type: image/jpeg\r\nContent-Length: {len(body)}\r\n\r\n"
                self.wfile.write(head.encode() + body + b"\r\n")
                time.sleep(0.04)  # the pace of a camera of 25 frames a second
        except OSError:
            self.close_connection = True

    @override
    def log_message(self, format: str, *args: object) -> None:
        """Keep the test's output clean."""


@contextmanager
def http_camera() -> Iterator[str]:
    """Run a camera over HTTP and give its address without a path."""
    handler = type("Handler", (CameraHandler,), {"served": 0})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def mute_camera() -> Iterator[str]:
    """Run a camera that accepts connections and never says anything, and give its RTSP address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"rtsp://127.0.0.1:{server.getsockname()[1]}/live"


@contextmanager
def rtsp_camera(clip: Path) -> Iterator[str]:
    """Serve a clip over RTSP and give its address; the test skips where GStreamer is not installed."""
    probe = [SYSTEM_PYTHON, "-c", "import gi; gi.require_version('GstRtspServer', '1.0')"]
    if not Path(SYSTEM_PYTHON).exists() or subprocess.run(probe, check=False).returncode:
        pytest.skip(
            "no RTSP server: install python3-gi, gir1.2-gst-rtsp-server-1.0 and gstreamer1.0-plugins-bad"
        )
    with subprocess.Popen(
        [SYSTEM_PYTHON, str(RTSP_SCRIPT), str(clip)], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            yield f"rtsp://127.0.0.1:{int(server.stdout.readline())}/live"
        finally:
            server.kill()
