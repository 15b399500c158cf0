"""The account that a customer names for the freight it has advanced: kept encrypted, shown masked."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from shops import sealing
from shops.sealing import Sealed

__all__ = ["CHANNELS", "Sealed", "masked", "seal", "unseal"]

CHANNELS = {"alipay": _("支付宝"), "wechat": _("微信"), "bank": _("银行卡")}
USE = b"kefu payee"


def seal(payee: Mapping[str, str], return_pk: int) -> bytes:
    """payee: {"channel", "name", "account", "bank"}. It is bound to the return, and can be opened for no other."""
    return sealing.seal(payee, USE, f"return:{return_pk}")


def unseal(sealed: bytes | memoryview, return_pk: int) -> dict[str, str]:
    """Raises Sealed."""
    return sealing.unseal(sealed, USE, f"return:{return_pk}")


def masked(payee: Mapping[str, str]) -> str:
    """支付宝 138****5678 张*"""
    channel = str(CHANNELS.get(payee.get("channel", ""), ""))
    account, name = payee.get("account", ""), payee.get("name", "")
    shown = f"{account[:3]}****{account[-4:]}" if len(account) > 8 else f"{account[:1]}****"
    return " ".join(part for part in (channel, payee.get("bank", ""), shown, f"{name[:1]}*" if name else "") if part)
