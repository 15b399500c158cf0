"""The real server beside the measurement: granian with two processes, and every middleware there is."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from . import machine

PROCESSES = 2
PATIENCE = 30.0


@dataclass(frozen=True)
class Served:
    pid: int
    port: int

    @property
    def pids(self) -> list[int]:
        return machine.children(self.pid)

    def memory(self) -> str:
        return " + ".join(str(machine.peak(pid=pid)) for pid in self.pids)


@contextmanager
def served(application: str, *, address: str, processes: int = PROCESSES) -> Iterator[Served]:
    port = _free()
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", str(processes), "--blocking-threads", "4",
        "--no-ws", "--host", "127.0.0.1", "--port", str(port), "--log-level", "warning", application,
    ]  # fmt: skip
    with subprocess.Popen(command, env={**os.environ, "DATABASE_URL": address, "LOG_LEVEL": "ERROR"}) as server:  # noqa: S603
        try:
            _wait(port, server)
            yield Served(server.pid, port)
        finally:
            server.terminate()
            server.wait(20)


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            time.sleep(2)  # the second process comes a moment later
            return
    raise RuntimeError("the server did not start")
