"""The money of a return as its customer sees it: what goes back, what it is made of, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from orders.models import Refund

from ..models import Return

CAUSES = ("return", "freight", "compensation", "exchange", "platform")  # "freight:5" is for the return 5

STATES: dict[str, tuple[Any, str]] = {
    "drafted": (_("正在安排"), "theirs"),
    "approved": (_("正在安排"), "theirs"),
    "sent": (_("已交支付渠道，等待到账"), "theirs"),
    "unknown": (_("正在核实是否到账"), "theirs"),
    "failed": (_("没有成功，正在重新办理"), "theirs"),
    "succeeded": (_("已退款，请查收"), "good"),
    "confirmed": (_("已到账"), "good"),
}
PARTS = (("goods", _("货款")), ("freight", _("运费")), ("compensation", _("补偿")))


@dataclass(frozen=True)
class Shown:
    """One refund. parts: [(words, fen)] where it has several."""

    refund: Any
    words: str
    tone: str
    parts: list[tuple[str, int]]


def shown(ret: Return) -> list[Shown]:
    """The live ones that are for this return, the newest last."""
    return [_shown(r) for r in _of(ret) if r.state in STATES]


def _of(ret: Return) -> list[Refund]:
    causes = {f"{word}:{ret.pk}" for word in CAUSES} | ({ret.money} if ret.money else set())
    return [r for r in ret.order.purse.refunds if r.cause in causes]


def _shown(refund: Any) -> Shown:
    words, tone = STATES[refund.state]
    parts = [(str(label), fen) for name, label in PARTS if (fen := getattr(refund, name))]
    return Shown(refund, str(words), tone, parts if len(parts) > 1 else [])
