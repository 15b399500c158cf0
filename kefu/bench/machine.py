"""This machine, and what processes took of it: CPU from /proc/<pid>/stat, memory from VmHWM."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psycopg

TICK = os.sysconf("SC_CLK_TCK")


def peak(_: object = None, *, pid: int | str = "self") -> int:
    """The most memory that the process ever had, in MB."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmHWM"):
                return int(line.split()[1]) // 1024
    return 0


def cpu(pids: Iterable[int]) -> float:
    """Seconds of CPU these processes took so far."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICK


def children(pid: int) -> list[int]:
    """The process and everything beneath it."""
    found, look = [], [pid]
    while look:
        one = look.pop()
        found.append(one)
        with suppress(OSError):
            for task in Path(f"/proc/{one}/task").iterdir():
                look += map(int, (task / "children").read_text().split())
    return found


def facts(address: str) -> list[str]:
    model = next((x.partition(":")[2].strip() for x in _lines("/proc/cpuinfo") if x.startswith("model name")), "")
    memory = next((int(x.split()[1]) // 2**20 for x in _lines("/proc/meminfo") if x.startswith("MemTotal")), 0)
    with psycopg.connect(address) as server:
        asked = ("server_version", "shared_buffers", "fsync", "synchronous_commit", "autovacuum")
        told = [f"{name} {server.execute(f'SHOW {name}').fetchone()[0]}" for name in asked]  # type: ignore[index]
    return [
        f"{os.cpu_count()} cores {model}, {memory} GB; Python {platform.python_version()}",
        f"PostgreSQL: {', '.join(told)}",
    ]


def _lines(path: str) -> list[str]:
    with suppress(OSError):
        return Path(path).read_text().splitlines()
    return []
