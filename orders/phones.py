"""Phone numbers: found by a keyed hash, shown masked."""

from __future__ import annotations

import hashlib
import hmac
import re

from django.conf import settings


def digits(phone: str) -> str:
    """The number without spaces, dashes and the country's prefix."""
    plain = re.sub(r"\D", "", phone)
    return plain[2:] if len(plain) == 13 and plain.startswith("86") else plain


def phone_key(phone: str) -> str:
    """32 hex characters by which orders of this phone are found; "" for no number."""
    plain = digits(phone)
    if not plain:
        return ""
    return hmac.new(settings.SECRET_KEY.encode(), b"phone:" + plain.encode(), hashlib.sha256).hexdigest()[:32]


def masked_phone(phone: str) -> str:
    """138****5678."""
    plain = digits(phone)
    return f"{plain[:3]}****{plain[-4:]}" if len(plain) >= 8 else "*" * len(plain)


def masked_name(name: str) -> str:
    """王** — the first character only."""
    return name[:1] + "*" * min(len(name) - 1, 2) if name else ""
