"""Kefu on this machine alone: web, worker and clock as children of one process, on files unless told otherwise."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from types import FrameType

from django.conf import settings
from django.core.management import call_command
from django.utils.translation import gettext as _

from .children import LOOK, Children

WEB = ("--interface", "wsgi", "--workers", "1", "--blocking-threads", "4", "--no-ws", "--respawn-failed-workers")
WEB_ENDS = ("--workers-kill-timeout", "3", "--log-level", "warning")
WORKER = ("-A", "kefu", "worker", "-B", "-P", "threads", "--concurrency", "4", "--loglevel", "WARNING")
ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")  # there is no other worker to talk to
# Whoever tries it in a container is root there; the worker would say so at length at every start.
CALM = "ignore:You're running the worker with superuser"


class CannotServe(Exception):
    """Why the server does not start, in words for who started it."""


def address(host: str, port: int) -> str:
    """The IP address behind `host`, where `port` is free. Raises CannotServe."""
    try:
        family, kind, protocol, _name, found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind(found)
    except OSError as error:
        said = {"host": host, "port": port, "error": error.strerror}
        raise CannotServe(_("不能监听 %(host)s:%(port)s（%(error)s）。请用 --port 换一个端口") % said) from error
    return str(found[0])


@contextmanager
def only_one(folder: Path, what: str) -> Iterator[None]:
    """One server a data folder: two would ring each other's bells. Raises CannotServe. Ends with the process."""
    with open(folder / "serve.lock", "a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            file.seek(0)
            said = {"folder": folder, "what": file.read().strip()}
            raise CannotServe(_("数据目录 %(folder)s 已有服务在运行：%(what)s") % said) from error
        file.truncate(0)
        file.write(f"{what}  (PID {os.getpid()})\n")
        file.flush()
        yield
        file.truncate(0)


def prepare() -> None:
    """The database as this version wants it."""
    call_command("migrate", interactive=False, verbosity=0)


def url_of(host: str, port: int) -> str:
    """What people type: the machine itself where it listens on every address."""
    ip = ip_address(host)
    shown = "127.0.0.1" if ip.is_unspecified else f"[{host}]" if ip.version == 6 else host
    return f"http://{shown}:{port}"


def start(children: Children, host: str, port: int) -> None:
    """The two children. `host`: an IP address."""
    public = os.environ.get("PUBLIC_URL") or url_of(host, port)
    environment = {"PUBLIC_URL": public, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": CALM}
    listens = ("--host", host, "--port", str(port))
    python = (sys.executable, "-m")
    children.start("web", (*python, "granian", *WEB, *WEB_ENDS, *listens, "kefu.wsgi:application"), environment)
    children.start("worker", (*python, "celery", "--quiet", *WORKER, *ALONE), environment)


class Signals:
    """SIGINT, SIGTERM and a closed terminal set `stop`; a second one sets `hurry`."""

    def __init__(self) -> None:
        self.stop, self.hurry = threading.Event(), threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._heard)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        (self.hurry if self.stop.is_set() else self.stop).set()


def watch(children: Children, signals: Signals) -> None:
    """Until a signal comes; then all children are ended."""
    try:
        while not signals.stop.wait(LOOK):
            children.look()
    finally:
        children.stop(signals.hurry)


def serve(host: str, port: int, say: Callable[[str], None]) -> None:
    """Migrate, start, stay until a signal. Raises CannotServe."""
    signals = Signals()
    ip = address(host, port)
    url = url_of(ip, port)
    children = Children(lambda name, line: say(f"{name:<6} │ {line}"), say)
    with only_one(settings.DATA_DIR, url):
        prepare()
        if signals.stop.is_set():
            return
        start(children, ip, port)
        say(_("Kefu 运行在 %(url)s/ ，数据在 %(folder)s；按 Ctrl-C 结束") % {"url": url, "folder": settings.DATA_DIR})
        if not ip_address(ip).is_loopback and not os.environ.get("PUBLIC_URL"):
            say(_("其他机器可以连接，但未设置 PUBLIC_URL：只有本机地址能打开页面"))
        watch(children, signals)
        say(_("已全部结束"))
