"""The line to a stranger: a checked address, no proxy, no redirect, no longer than so long, no more than so much."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any, NamedTuple

import httpx
from django.db import connection

from .address import resolve

TIMEOUT = httpx.Timeout(connect=3, read=8, write=5, pool=5)
LONGEST = 10.0  # seconds for a whole answer, however slowly it drips

logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it logs every address, and addresses may hold a secret


class Heard(NamedTuple):
    """`body`: at most as many bytes as were asked for. `whole`: the answer ended there by itself."""

    status: int
    retry_after: str
    body: bytes
    whole: bool


def assert_no_transaction() -> None:
    """A call in a transaction would keep rows locked for as long as a stranger pleases. (Tests' own are no locks.)"""
    assert all(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks), "in a transaction"


@cache
def _client() -> httpx.Client:
    """No proxy, no redirects, no kept connection (it would be shared by names that live at one address)."""
    return httpx.Client(timeout=TIMEOUT, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


def say(url: str, headers: Mapping[str, str], body: bytes, *, most: int, until: float) -> Heard:
    """POST, until this moment of time.monotonic() at the latest. Raises address.Refused and httpx.HTTPError; of these
    ConnectError and ConnectTimeout mean that nothing was sent."""
    *others, last = resolve(url)
    for address in others[:2]:
        try:
            return say_to(address, url, headers, body, most, until)
        except httpx.ConnectError:  # nothing was sent: the next address of the name may answer
            continue
    return say_to(last, url, headers, body, most, until)


def say_to(address: str, url: str, headers: Mapping[str, str], body: bytes, most: int, until: float) -> Heard:
    """Connect to the checked address; the name stays in Host, in SNI and in the certificate's check."""
    named = httpx.URL(url)
    line = _Line()
    request = _client().build_request(
        "POST",
        named.copy_with(host=address),
        headers={**headers, "host": named.netloc.decode(), "accept-encoding": "identity", "user-agent": "Kefu"},
        content=body,
        extensions={"sni_hostname": named.raw_host.decode(), "timeout": TIMEOUT.as_dict(), "trace": line.listen},
    )
    with line.cut_at(until):
        answer = _client().send(request, stream=True, follow_redirects=False)
        try:
            return Heard(answer.status_code, answer.headers.get("retry-after", ""), *_read(answer, most))
        finally:
            answer.close()


class _Line:
    """The connection of one call, cut when its time is up: httpx limits each read, but a drip has many reads."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None

    def listen(self, event: str, info: dict[str, Any]) -> None:
        """httpcore's trace: the bare connection, then the one with TLS around it."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            self._socket = info["return_value"].get_extra_info("socket")

    def _cut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # wakes the thread that reads

    @contextmanager
    def cut_at(self, until: float) -> Iterator[None]:
        timer = threading.Timer(max(until - time.monotonic(), 0), self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _read(answer: httpx.Response, most: int) -> tuple[bytes, bool]:
    """What can be read of it: the status was said, so a body that breaks off changes nothing of that."""
    kept, whole = b"", False
    with suppress(httpx.HTTPError):
        for chunk in answer.iter_raw(4096):
            kept += chunk
            if len(kept) > most:
                return kept[:most], False
        whole = True
    return kept, whole
