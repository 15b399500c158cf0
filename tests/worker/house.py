"""The real house: a web process, workers and a beat of their own, on this run's database and a Redis of their own."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from urllib.parse import quote

import httpx
import redis
from django.conf import settings
from django.db import connection

from hooks.platforms.native.signature import sign

PATIENCE = 30  # seconds


def until(what, *, seconds=PATIENCE, every=0.05):
    """Wait until `what()` is true, -> it."""
    end = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(every)
    return found


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def database_url():
    """The database of the tests, which pytest has made."""
    d = connection.settings_dict
    password = f":{quote(d['PASSWORD'], safe='')}" if d["PASSWORD"] else ""
    return f"postgres://{quote(d['USER'], safe='')}{password}@{d['HOST']}:{d['PORT'] or 5432}/{d['NAME']}"


class House:
    def __init__(self, folder):
        self.folder, self.running = folder, []
        self.redis_port, self.web_port = free_port(), free_port()

    def environment(self):
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "kefu.settings",
            "DATABASE_URL": database_url(),
            "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "SECRET_KEY": settings.SECRET_KEY,
            "PUBLIC_URL": f"http://127.0.0.1:{self.web_port}",
            "KEFU_DATA_DIR": str(self.folder),
            "LOG_LEVEL": "WARNING",
        }

    def begin(self, name, *command):
        """A process in a group of its own, so that it can be ended with all its children, and nothing else."""
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen(
                command, env=self.environment(), stdout=log, stderr=log, start_new_session=True
            )  # fmt: skip
        self.running.append(process)
        return process

    def module(self, name, *arguments):
        return self.begin(name, sys.executable, "-m", *arguments)

    def kill(self, process):
        """kill -9, of a process that this house began."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
        self.running.remove(process)

    def end(self):
        for process in reversed(self.running[:]):
            self.kill(process)

    # ---- who lives in it
    def redis(self):
        server = self.begin(
            "redis", "redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1",
            "--save", "", "--appendonly", "no", "--dir", str(self.folder),
        )  # fmt: skip
        client = redis.Redis(port=self.redis_port)

        def answers():
            with suppress(redis.ConnectionError):
                return client.ping()

        until(answers)
        return server

    def web(self):
        address = ["--host", "127.0.0.1", "--port", str(self.web_port)]
        server = self.module(
            "web", "granian", "--interface", "wsgi", *address, "--workers", "1", "kefu.wsgi:application"
        )

        def answers():
            with suppress(httpx.TransportError):
                return httpx.get(f"http://127.0.0.1:{self.web_port}/healthz", timeout=5).status_code < 500

        until(answers)
        return server

    def worker(self):
        pool = ["--pool", "threads", "--concurrency", "2", "--without-gossip", "--without-mingle"]
        return self.module("worker", "celery", "-A", "kefu", "worker", *pool, "--loglevel", "WARNING")

    def beat(self):
        return self.module("beat", "celery", "-A", "kefu", "beat", "--pidfile=", "--loglevel", "WARNING")

    def post(self, shop, body, message):
        secret = shop.hook_secrets.order_by("-pk")[0].secret
        headers = sign(secret, message, int(time.time()), body) | {"content-type": "application/json"}
        return httpx.post(
            f"http://127.0.0.1:{self.web_port}/hooks/{shop.code}/", content=body, headers=headers, timeout=20
        )
