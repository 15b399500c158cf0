"""The databases of a run: made empty, dropped afterwards; no other one is ever touched."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

DEFAULT = "postgres://postgres@127.0.0.1:5432/kefu_bench"
OURS = "made by manage.py bench"  # the comment on a database that a run may drop


class NoDatabase(Exception):
    """There is no PostgreSQL to measure on, or its database is somebody else's."""


def url() -> str:
    return os.environ.get("KEFU_BENCH_DATABASE_URL") or DEFAULT


def beside(address: str, suffix: str) -> str:
    """The address of another database of the same run."""
    return urlsplit(address)._replace(path=urlsplit(address).path + suffix).geturl()


def name_of(address: str) -> str:
    return urlsplit(address).path.lstrip("/")


def _server(address: str) -> psycopg.Connection:
    """Its maintenance database."""
    parts = urlsplit(address)
    if not parts.scheme.startswith("postgres") or not name_of(address):
        raise NoDatabase(f"KEFU_BENCH_DATABASE_URL must be postgres://…/name, not {parts.scheme}://…")
    try:
        return psycopg.connect(parts._replace(path="/postgres").geturl(), autocommit=True, connect_timeout=5)
    except psycopg.OperationalError as error:
        raise NoDatabase(
            f"No PostgreSQL answers at {parts.hostname}:{parts.port or 5432} ({str(error).splitlines()[0]}).\n"
            "The measurements are of PostgreSQL only: name one that may make databases in KEFU_BENCH_DATABASE_URL."
        ) from None


@contextmanager
def made(address: str) -> Iterator[str]:
    """A database of that name for as long as the block runs; what a killed run has left is replaced."""
    with _server(address) as server:
        _drop(server, name_of(address))
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name_of(address))))
        server.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name_of(address)), OURS))
    try:
        yield address
    finally:
        with _server(address) as server:
            _drop(server, name_of(address))


def _drop(server: psycopg.Connection, name: str) -> None:
    found = server.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
    ).fetchone()
    if found is None:
        return
    if found[0] != OURS:
        raise NoDatabase(
            f"There is a database {name} that bench has not made. Name another in KEFU_BENCH_DATABASE_URL."
        )
    server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
