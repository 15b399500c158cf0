"""Real servers for tests: started as a person starts them, in a data folder of their own, and counted to the last."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

HOUSE = Path(__file__).resolve().parent.parent
APART = {"DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "SECRET_KEY"}


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def manage(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if k not in APART}
    environment |= {"KEFU_DATA_DIR": str(folder), "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
    folder.mkdir(parents=True, exist_ok=True)
    out = open(folder / "out.txt", "a", encoding="utf-8")  # noqa: SIM115 (the process writes on)
    command = [sys.executable, "manage.py", *arguments]
    with out:
        return subprocess.Popen(command, cwd=HOUSE, env=environment, stdout=out, stderr=out, text=True)


def output(folder: Path) -> str:
    return (folder / "out.txt").read_text("utf-8")


def soon(what: Callable[[], object], seconds: float = 30) -> bool:
    """Whether it comes true within that time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if what():
            return True
        time.sleep(0.2)
    return False


def answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2, trust_env=False).status_code < 500
    except httpx.HTTPError:
        return False


def of_folder(folder: Path) -> dict[int, str]:
    """Every process that works in this data folder: {pid: command}."""
    mark, found = f"KEFU_DATA_DIR={folder}".encode(), {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (process / "environ").read_bytes().split(b"\0"):
                found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
    return {pid: command for pid, command in found.items() if command}  # a zombie has none


def end(process: subprocess.Popen[str], number: int = signal.SIGINT) -> tuple[int, float]:
    """-> exit code, seconds that it took."""
    began = time.monotonic()
    process.send_signal(number)
    try:
        return process.wait(timeout=20), time.monotonic() - began
    except subprocess.TimeoutExpired:
        process.kill()
        raise


def sweep_up(folder: Path) -> None:
    """Whatever a failed test has left."""
    for pid in of_folder(folder):
        os.kill(pid, signal.SIGKILL)
