"""One call: signed by Standard Webhooks 1.0.0, to a checked address, short, and outside any transaction."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from django.utils import timezone

from .address import Refused
from .line import LONGEST, assert_no_transaction, say

__all__ = ["Answer", "Call", "assert_no_transaction", "post", "retry_after", "sign"]

EXCERPT = 1000


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
        "webhook-id": call.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(call.secrets, call.id, timestamp, body),
    }
    heard = say(call.url, headers, body, most=EXCERPT * 4, until=until)
    return heard.status, retry_after(heard.retry_after), _excerpt(heard.body)


def _excerpt(body: bytes) -> str:
    return body.decode(errors="replace").replace("\x00", "")[:EXCERPT]  # PostgreSQL's text holds no NUL


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
