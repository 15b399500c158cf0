"""The account that a customer names for the freight it has advanced: kept encrypted, shown masked.

The key is derived from SECRET_KEY for this use alone; the return's key is sealed in with it, so that one return's
account cannot be put under another. What SECRET_KEY_FALLBACKS still hold can be opened.
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
from django.utils.translation import gettext_lazy as _

CHANNELS = {"alipay": _("支付宝"), "wechat": _("微信"), "bank": _("银行卡")}
USE, NONCE = b"kefu payee", 12


class Sealed(ValueError):
    """It cannot be opened: sealed with a key that is no more, or for another return."""


def seal(payee: Mapping[str, str], return_pk: int) -> bytes:
    """payee: {"channel", "name", "account", "bank"}."""
    nonce = secrets.token_bytes(NONCE)
    plain = json.dumps(dict(payee), ensure_ascii=False).encode()
    return nonce + next(_boxes()).encrypt(nonce, plain, _bound(return_pk))


def unseal(sealed: bytes | memoryview, return_pk: int) -> dict[str, str]:
    """Raises Sealed."""
    sealed = bytes(sealed)
    for box in _boxes():
        try:
            found: dict[str, str] = json.loads(box.decrypt(sealed[:NONCE], sealed[NONCE:], _bound(return_pk)))
        except InvalidTag:
            continue
        return found
    raise Sealed("the payee cannot be opened with this SECRET_KEY")


def masked(payee: Mapping[str, str]) -> str:
    """支付宝 138****5678 张*"""
    channel = str(CHANNELS.get(payee.get("channel", ""), ""))
    account, name = payee.get("account", ""), payee.get("name", "")
    shown = f"{account[:3]}****{account[-4:]}" if len(account) > 8 else f"{account[:1]}****"
    return " ".join(part for part in (channel, payee.get("bank", ""), shown, f"{name[:1]}*" if name else "") if part)


def _boxes() -> Iterator[AESGCM]:
    """The newest key first: what is sealed is sealed with that."""
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        yield AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=USE).derive(secret.encode()))


def _bound(return_pk: int) -> bytes:
    return f"return:{return_pk}".encode()
