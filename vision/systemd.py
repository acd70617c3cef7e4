"""systemd: a hardened unit for the worker, and signs of life to the manager that started it."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

from vision.config import WorkerConfig

WATCHDOG_S = 120
"""Silence after which systemd starts the worker again: twice the time after which it counts as hanging."""

MEMORY_MAX = "4G"
"""Most memory of a worker with a hundred cameras."""

SOCKET = "NOTIFY_SOCKET"
"""Environment variable in which systemd names the socket that takes signs of life (sd_notify(3))."""


def notify(message: str) -> None:
    """Send a sign of life, such as ``READY=1``, where systemd asked for it; elsewhere do nothing."""
    name = os.environ.get(SOCKET, "")
    if not name:
        return
    at = "\0" + name[1:] if name.startswith("@") else name
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(message.encode(), at)


def unit(config_path: Path, config: WorkerConfig, *, is_user: bool) -> str:
    """Return a unit file that runs the worker of a configuration; `is_user` for a person's own manager."""
    lines = [
        "[Unit]",
        "Description=Airelib worker: watches delivery bays",
        "Wants=network-online.target",
        "After=network-online.target",
        "",
        "[Service]",
        "Type=notify",
        f"ExecStart={_quoted(_command())} worker run {_quoted(config_path.resolve())}",
        "ExecReload=/bin/kill -HUP $MAINPID",
        f"WorkingDirectory={str(config_path.resolve().parent).replace('%', '%%')}",
        "Restart=on-failure",
        "RestartSec=10",
        f"WatchdogSec={WATCHDOG_S}",
        "TimeoutStopSec=60",
        f"MemoryMax={MEMORY_MAX}",
        "UMask=0077",
        *_hardening(config.outbox.path.resolve().parent, is_user=is_user),
        "",
        "[Install]",
        f"WantedBy={'default' if is_user else 'multi-user'}.target",
    ]
    return "\n".join(lines) + "\n"


def _hardening(outbox_folder: Path, *, is_user: bool) -> list[str]:
    """Return what closes the machine to the worker but for its outbox, its cameras and the network.

    Memory that is written and run stays allowed: OpenVINO compiles the network for the processor it finds.
    """
    both = [
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        f"ReadWritePaths={_quoted(outbox_folder)}",
        "PrivateTmp=yes",
        "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
        "RestrictNamespaces=yes",
        "RestrictRealtime=yes",
        "RestrictSUIDSGID=yes",
        "LockPersonality=yes",
        "SystemCallArchitectures=native",
    ]
    if is_user:
        return both
    return [
        *both,
        "ProtectHome=read-only",
        "ProtectKernelTunables=yes",
        "ProtectKernelModules=yes",
        "ProtectControlGroups=yes",
        "ProtectClock=yes",
        "CapabilityBoundingSet=",
        "DeviceAllow=char-video4linux rw",
        "DevicePolicy=closed",
        "SystemCallFilter=@system-service",
    ]


def _command() -> Path:
    return Path(sys.executable).parent / "airelib"


def _quoted(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%") + '"'
