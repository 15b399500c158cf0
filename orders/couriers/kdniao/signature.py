"""DataSign: base64 of the MD5's hexadecimal text over the request's JSON and the key; the same on both ways."""

from __future__ import annotations

import base64
import hashlib
import hmac


def sign(data: str, key: str) -> str:
    digest = hashlib.md5(f"{data}{key}".encode("utf-8", "surrogatepass"), usedforsecurity=False)
    return base64.b64encode(digest.hexdigest().encode()).decode()


def is_signed(data: str, given: str, key: str) -> bool:
    """No key proves nothing: then anybody could sign."""
    return hmac.compare_digest(sign(data, key).encode(), given.encode("utf-8", "replace")) and bool(key)
