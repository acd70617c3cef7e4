"""A Spark standalone cluster on loopback: one master, two workers, each a process of its own."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

JAVA = 17
"""Version of Java that Spark 4 needs."""

WORKERS = 2
PATIENCE_S = 180


def why_not() -> str:
    """Return why no cluster can run here; empty when it can."""
    if find_spec("pyspark") is None:
        return "PySpark is not installed: `make test-spark` runs these tests in an environment that has it"
    java = shutil.which("java")
    if java is None:
        return "no Java: install a Java 17 runtime (Debian: openjdk-17-jre-headless) to run these tests"
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', said)
    if found is None or int(found[1]) < JAVA:
        return f"Java {found[1] if found else 'of unknown version'}: wanted {JAVA} or later"
    return ""


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """Start a cluster and give its address; its processes end with the block."""
    log = folder / "master.log"
    processes = [
        _started("master.Master", ["--host", "127.0.0.1", "--port", "0", "--webui-port", "0"], log)
    ]
    try:
        master = _said(log, r"Starting Spark master at (spark://\S+)")
        for i in range(WORKERS):
            options = ["--host", "127.0.0.1", "--webui-port", "0", "--cores", "1", "--memory", "1g"]
            options += ["--work-dir", str(folder / f"work-{i}"), master]
            processes.append(_started("worker.Worker", options, folder / f"worker-{i}.log"))
        for i in range(WORKERS):
            _said(folder / f"worker-{i}.log", r"(Successfully registered) with master")
        yield master
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(PATIENCE_S)


def _started(name: str, options: list[str], log: Path) -> subprocess.Popen[bytes]:
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ,
        "SPARK_HOME": str(home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_DAEMON_MEMORY": "256m",
        "PYSPARK_PYTHON": sys.executable,
    }
    command = [str(home / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}", *options]
    with log.open("wb") as stream:
        return subprocess.Popen(command, stdout=stream, stderr=stream, env=environment)


def _said(log: Path, pattern: str) -> str:
    """Wait until a process has written a line and return what it names."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        found = re.search(pattern, log.read_text(errors="replace"))
        if found:
            return found[1]
        time.sleep(0.1)
    raise AssertionError(
        f"{log.name} never said {pattern!r}:\n{log.read_text(errors='replace')[-2000:]}"
    )
