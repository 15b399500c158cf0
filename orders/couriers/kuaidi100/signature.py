"""MD5 over the very text of `param`, in capital letters: the service's own choice, proof of a shared text, no more."""

from __future__ import annotations

import hashlib
import hmac


def sign_query(param: str, key: str, customer: str) -> str:
    return _md5(f"{param}{key}{customer}")


def sign_push(param: str, salt: str) -> str:
    return _md5(f"{param}{salt}")


def is_signed(param: str, sign: str, salt: str) -> bool:
    """No salt proves nothing: then anybody could sign."""
    expected = sign_push(param, salt).encode()
    return hmac.compare_digest(expected, sign.upper().encode("utf-8", "replace")) and bool(salt)


def _md5(text: str) -> str:
    digest = hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False)
    return digest.hexdigest().upper()
