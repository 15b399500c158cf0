"""All tests that this machine can carry: `make test`, or `python -m tests.run [arguments of pytest]`.

First on SQLite, then the same on PostgreSQL, then the browser's. What is missing is said in one line, with how to get
it, and the rest goes on; with CI=1 a missing server or browser is a failure.

KEFU_TEST_DATABASE_URL, KEFU_TEST_REDIS_URL, KEFU_TEST_BROWSER name a server or browser elsewhere than usual;
KEFU_TEST_WORKERS the number of processes (at most 4 by default).
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

NOTHING_COLLECTED = 5
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WORKERS = os.environ.get("KEFU_TEST_WORKERS") or str(min(4, os.cpu_count() or 1))


def postgres() -> str:
    """The URL of a database of this run's own on a PostgreSQL that answers; "" if none does."""
    url = os.environ.get("KEFU_TEST_DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.Error:
        return ""
    return urlunsplit(urlsplit(url)._replace(path=f"/kefu_{os.getpid()}"))


def bell() -> str:
    """The URL of a Redis that answers; "" if none does."""
    url = os.environ.get("KEFU_TEST_REDIS_URL") or "redis://127.0.0.1:6379/15"
    try:
        redis.Redis.from_url(url, socket_connect_timeout=2, socket_timeout=2).ping()
    except redis.RedisError:
        return ""
    return url


def browser() -> str:
    """The path of the system's Chromium; "" if it has none."""
    return os.environ.get("KEFU_TEST_BROWSER") or next(filter(None, map(shutil.which, BROWSERS)), "")


class Run:
    """The passes of one run: what failed, and what this machine has not."""

    def __init__(self, arguments: list[str]) -> None:
        self.arguments = arguments
        self.failed: list[str] = []
        self.missing: list[str] = []

    def find(self, look: Callable[[], str], what: str, package: str) -> str:
        found = look()
        if not found:
            print(f"— No {what} here; its tests are left out. On Debian: apt-get install {package}", flush=True)
            self.missing.append(what)
        return found

    def go(self, name: str, *options: str, **environment: str) -> None:
        print(f"— Tests: {name}", flush=True)
        command = [sys.executable, "-m", "pytest", "-q", *options, *self.arguments]
        ended = subprocess.run(command, env={**os.environ, **environment}, check=False).returncode
        if ended not in (0, NOTHING_COLLECTED):
            self.failed.append(name)


def main() -> int:
    run = Run(sys.argv[1:])
    spread = () if WORKERS == "1" else ("-n", WORKERS, "--dist", "loadfile")
    redis_url = run.find(bell, "Redis", "redis-server")
    run.go("SQLite", *spread, DATABASE_URL="", KEFU_TEST_BROWSER="", KEFU_TEST_REDIS_URL=redis_url)
    if url := run.find(postgres, "PostgreSQL", "postgresql"):
        run.go("PostgreSQL", *spread, DATABASE_URL=url, KEFU_TEST_BROWSER="", KEFU_TEST_REDIS_URL=redis_url)
    if path := run.find(browser, "Chromium", "chromium"):
        run.go("browser", "-m", "browser", DATABASE_URL="", KEFU_TEST_BROWSER=path, KEFU_TEST_REDIS_URL=redis_url)
    if run.failed:
        print(f"— Failed: {', '.join(run.failed)}", flush=True)
    if run.missing and os.environ.get("CI"):
        print(f"— Missing, and CI is set: {', '.join(run.missing)}", flush=True)
        return 1
    return 1 if run.failed else 0


if __name__ == "__main__":
    sys.exit(main())
