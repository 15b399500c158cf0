"""Standard Webhooks 1.0.0: HMAC-SHA256 over `id.timestamp.body`, base64, several signatures in one header."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Sequence
from functools import lru_cache

from hooks.platform import Headers, Secret

ID, TIMESTAMP, SIGNATURE = HEADERS = ("webhook-id", "webhook-timestamp", "webhook-signature")
TOLERANCE = 300  # seconds either way
MOST_SIGNATURES = 10
NO_KEY = b"\0" * 32


def sign(secret: str, id: str, timestamp: int, body: bytes) -> dict[str, str]:  # noqa: A002 (the specification's name)
    """The three headers of a message; `secret` as shown (`whsec_…`), `timestamp` in Unix seconds."""
    signature = _signature(_key(secret) or NO_KEY, id.encode("latin-1"), b"%d" % timestamp, body)
    return {ID: id, TIMESTAMP: str(timestamp), SIGNATURE: f"v1,{signature.decode()}"}


def verify(raw: bytes, headers: Headers, secrets: Sequence[Secret], now: float) -> Secret | None:
    """-> the secret that signed it, if the timestamp is fresh. Every signature is tried against every secret."""
    message, timestamp, given = (headers.get(name, "").encode("latin-1", "replace") for name in HEADERS)
    versioned = [s.partition(b",") for s in given.split(b" ", MOST_SIGNATURES)[:MOST_SIGNATURES]]
    ours: Secret | None = None
    for secret in secrets:
        key = _key(secret.text)
        expected = _signature(key or NO_KEY, message, timestamp, raw)
        for version, _, signature in versioned:
            if hmac.compare_digest(expected, signature) and version == b"v1" and key:
                ours = secret
    return ours if message and _fresh(timestamp, now) else None


def _fresh(timestamp: bytes, now: float) -> bool:
    return timestamp.isdigit() and len(timestamp) <= 12 and abs(int(now) - int(timestamp)) <= TOLERANCE


def _signature(key: bytes, message: bytes, timestamp: bytes, raw: bytes) -> bytes:
    return base64.b64encode(hmac.digest(key, b".".join((message, timestamp, raw)), "sha256"))


@lru_cache(maxsize=4096)
def _key(secret: str) -> bytes:
    """The bytes behind a secret as shown; none: no key, never proves anything."""
    try:
        return base64.b64decode(secret.removeprefix("whsec_") + "==")
    except (binascii.Error, ValueError):
        return b""
