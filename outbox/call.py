"""One call: signed by Standard Webhooks 1.0.0, to a checked address, short, and outside any transaction."""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any

import httpx
from django.db import connection
from django.utils import timezone

from .address import Refused, resolve

TIMEOUT = httpx.Timeout(connect=3, read=8, write=5, pool=5)
LONGEST = 10.0  # seconds for a whole answer, however slowly it drips
EXCERPT = 1000

logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO it logs every address, and addresses may hold a secret


@dataclass(frozen=True, slots=True)
class Call:
    url: str
    id: str
    body: str
    secrets: Sequence[str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a call. `status` None: nobody answered, `error` says why. `retry_after` in seconds from then."""

    at: datetime
    milliseconds: int
    status: int | None = None
    error: str = ""
    excerpt: str = ""
    retry_after: float | None = None

    @property
    def well(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def sign(secrets: Sequence[str], message_id: str, timestamp: int, body: bytes) -> str:
    """The webhook-signature header: one signature for every secret that is still to be honoured."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    keys = (base64.b64decode(secret.removeprefix("whsec_")) for secret in secrets)
    return " ".join(f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}" for key in keys)


def assert_no_transaction() -> None:
    """A call in a transaction would keep rows locked for as long as a stranger pleases. (Tests' own are no locks.)"""
    assert all(getattr(block, "_from_testcase", False) for block in connection.atomic_blocks), "in a transaction"


@cache
def _client() -> httpx.Client:
    """No proxy, no redirects, no kept connection (it would be shared by names that live at one address)."""
    return httpx.Client(timeout=TIMEOUT, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


def post(call: Call) -> Answer:
    """Never raises: whatever happens is an answer."""
    assert_no_transaction()
    at, began = timezone.now(), time.monotonic()

    def took() -> int:
        return int((time.monotonic() - began) * 1000)

    try:
        status, retry_after, excerpt = _post(call, int(at.timestamp()), began + LONGEST)
    except Refused as refused:
        return Answer(at, took(), error=str(refused)[:300])
    except Exception as error:
        return Answer(at, took(), error=f"{type(error).__name__}: {error}"[:300])
    return Answer(at, took(), status, "" if 200 <= status < 300 else f"HTTP {status}", excerpt, retry_after)


def _post(call: Call, timestamp: int, until: float) -> tuple[int, float | None, str]:
    body = call.body.encode()
    headers = {
        "content-type": "application/json",
        "accept-encoding": "identity",
        "user-agent": "Kefu",
        "webhook-id": call.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(call.secrets, call.id, timestamp, body),
    }
    *others, last = resolve(call.url)
    for address in others[:2]:
        try:
            return _post_to(address, call.url, headers, body, until)
        except httpx.ConnectError:  # nothing was sent: the next address of the name may answer
            continue
    return _post_to(last, call.url, headers, body, until)


def _post_to(
    address: str, url: str, headers: dict[str, str], body: bytes, until: float
) -> tuple[int, float | None, str]:
    """Connect to the checked address; the name stays in Host, in SNI and in the certificate's check."""
    named = httpx.URL(url)
    line = _Line()
    request = _client().build_request(
        "POST",
        named.copy_with(host=address),
        headers={**headers, "host": named.netloc.decode()},
        content=body,
        extensions={"sni_hostname": named.raw_host.decode(), "timeout": TIMEOUT.as_dict(), "trace": line.listen},
    )
    with line.cut_at(until):
        answer = _client().send(request, stream=True, follow_redirects=False)
        try:
            return answer.status_code, retry_after(answer.headers.get("retry-after", "")), _excerpt(answer)
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


def _excerpt(answer: httpx.Response) -> str:
    """What can be read of it: the status was said, so a body that breaks off changes nothing."""
    kept = b""
    with suppress(httpx.HTTPError):
        for chunk in answer.iter_raw(4096):
            kept += chunk
            if len(kept) >= EXCERPT * 4:
                break
    return kept.decode(errors="replace").replace("\x00", "")[:EXCERPT]  # PostgreSQL's text holds no NUL


def retry_after(value: str) -> float | None:
    """Seconds; the header is a number of them or a date."""
    if value.strip().isdigit():
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - timezone.now()).total_seconds(), 0.0)
