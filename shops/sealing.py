"""Small secrets at rest: encrypted under a key that is derived from SECRET_KEY for one use alone.

What a text belongs to is sealed in with it, so that one row's secret cannot be put under another. What
SECRET_KEY_FALLBACKS still hold can be opened.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE = 12


class Sealed(ValueError):
    """It cannot be opened: sealed with a key that is no more, for another use, or for another row."""


def seal(plain: Mapping[str, str], use: bytes, of: str) -> bytes:
    """use: what for ("kefu payee"); of: whose it is ("return:7")."""
    nonce = secrets.token_bytes(NONCE)
    text = json.dumps(dict(plain), ensure_ascii=False).encode()
    return nonce + next(_boxes(use)).encrypt(nonce, text, of.encode())


def unseal(sealed: bytes | memoryview, use: bytes, of: str) -> dict[str, str]:
    """Raises Sealed."""
    sealed = bytes(sealed)
    for box in _boxes(use):
        try:
            found: dict[str, str] = json.loads(box.decrypt(sealed[:NONCE], sealed[NONCE:], of.encode()))
        except (InvalidTag, ValueError):  # ValueError: too short to be anything
            continue
        return found
    raise Sealed("it cannot be opened with this SECRET_KEY")


def _boxes(use: bytes) -> Iterator[AESGCM]:
    """The newest key first: what is sealed is sealed with that."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=use).derive(secret.encode()))
