"""X-WC-Webhook-Signature: base64 of HMAC-SHA256 over the raw body, keyed with the secret's text as it was pasted.

Nothing else is signed: neither the delivery's id nor a time. A replay is therefore known by its body (identify) and
by its facts, which change nothing the second time.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Sequence

from hooks.platform import Headers, Secret

HEADERS = ("x-wc-webhook-signature", "x-wc-webhook-delivery-id", "x-wc-webhook-topic")
SIGNATURE, DELIVERY, TOPIC = HEADERS
_PING = re.compile(rb"webhook_id=[0-9]{1,20}")


def verify(raw: bytes, headers: Headers, secrets: Sequence[Secret], now: float) -> Secret | None:
    given = headers.get(SIGNATURE, "").encode("latin-1", "replace")
    ours: Secret | None = None
    for secret in secrets:
        if hmac.compare_digest(sign(secret.text, raw), given) and secret.text:
            ours = secret
    return ours if headers.get(DELIVERY) and headers.get(TOPIC) else None


def sign(secret: str, raw: bytes) -> bytes:
    return base64.b64encode(hmac.digest(secret.encode(), raw, "sha256"))


def is_ping(raw: bytes) -> bool:
    """Saving a webhook in WooCommerce first posts this unsigned form, and wants a 200."""
    return _PING.fullmatch(raw) is not None
