"""Freight that the customer has advanced although it is the shop's: asked for on the customer's page, with proof, and
refunded to the account that is named there.

The advance is money that came in for the case, so the order's ledger gains it when its refund is promised; it is never
taken from what was paid for the goods. The refund starts drafted: a person looks at the proof first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from flows.asks import Asks, Money, yuan
from flows.effects import Add, FollowUp, Refused, Report, Save
from flows.reports import Heard, report_many
from flows.table import Who
from orders import money
from orders.models import Order
from orders.tables import ORDER

from . import freight
from .amounts import ON_ITS_WAY, belongings
from .models import FreightAdvance, Return
from .payee import CHANNELS, masked, seal
from .states import Payer, S
from .tables import RETURN

MOST = 1_000_00  # fen: more than any parcel costs is a slip of the pen
# From when a customer may have paid for a parcel.
SENT = (S.RETURNING, S.RECEIVED, S.INSPECTED, S.REPAIRING, S.EXCHANGING, S.RESHIPPED, S.REFUNDING, S.COMPLETED)
TAKEN = (*ON_ITS_WAY, "failed", "succeeded", "confirmed")


class Advance(Asks):
    """What the customer's page asks for."""

    amount = Money(label=gettext_lazy("垫付的运费"))
    channel = serializers.ChoiceField(label=gettext_lazy("收款方式"), choices=list(CHANNELS.items()))
    account = serializers.RegexField(r"^[A-Za-z0-9@._+-]{4,60}$", label=gettext_lazy("收款账号"))
    name = serializers.CharField(label=gettext_lazy("收款人姓名"), min_length=2, max_length=40)
    bank = serializers.CharField(label=gettext_lazy("开户银行"), max_length=60, required=False, allow_blank=True)

    def validate_amount(self, amount: int) -> int:
        if not 0 < amount <= MOST:
            raise serializers.ValidationError(_("请填写您实际支付的寄回运费，最多 %s 元") % yuan(MOST))
        return amount

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        attrs = super().validate(attrs)
        if attrs["channel"] == "bank" and not attrs.get("bank"):
            raise serializers.ValidationError({"bank": [_("请填写开户银行")]})
        return attrs


def cause_of(ret: Return) -> str:
    return f"freight:{ret.pk}"


def why_not(ret: Return) -> str:
    """Why no advance may be asked for now, or ""."""
    bears = freight.bears(ret)
    if bears.payer == Payer.INSURANCE:
        return _("这笔订单有运费险，寄回运费由运费险赔付，请在平台查看理赔进度")
    if bears.payer != Payer.SELLER:
        return _("按约定，这次寄回的运费由您承担")
    own = belongings(ret)
    if ret.state not in SENT or not any(p.sent_at for p in own.live()):
        return _("请先寄回商品并登记快递单号，再申请退运费")
    if any(r.cause == cause_of(ret) and r.state in TAKEN for r in own.order.purse.refunds):
        return _("运费已经登记过，正在处理或已退回")
    return ""


def ask(ret: Return, asked: Mapping[str, Any], *, proof: int | None, who: Who, by: str, at: datetime) -> None:
    """The customer names what it paid and its account. asked: the inputs of Advance; proof: the key of the evidence.

    Raises Refused; nothing is written then.
    """
    [taken] = report_many(RETURN, [Heard(ret.pk, "freight_advanced", at, who, by, {**asked, "proof": proof})], at=at)
    if taken.error:
        raise taken.error
    if taken.code in ("input", "refused"):
        raise Refused(taken.why, taken.code, taken.subject)


@RETURN.told("freight_advanced")
def advanced(ret: Return, at: datetime, *, amount: int, proof: int | None, **payee: str) -> Iterator[FollowUp]:
    if why := why_not(ret):
        raise Refused(why, "refused")
    if proof is None:
        raise Refused(_("请上传运费凭证（快递面单或付款截图）"), "input")
    kept = FreightAdvance.objects.filter(of=ret.pk).first()
    row = kept or FreightAdvance(of_id=ret.pk)
    row.amount, row.proof_id, row.at, row.by = amount, proof, at, ret.actor[:80]
    row.payee, row.payee_shown = seal(payee, ret.pk), masked(payee)[:80]
    yield Save(row, "amount", "proof", "at", "by", "payee", "payee_shown") if kept else Add(row)
    told = {"cause": cause_of(ret), "about": ret.number, "amount": amount, "by": ret.actor, "as_": ret.caller.word}
    yield Report("order", ret.order_id, "freight_advanced", told, who=Who.SYSTEM)


# ---- on its order
@ORDER.told("freight_advanced")
def owed(order: Order, at: datetime, *, cause: str, about: str, amount: int, by: str, as_: str) -> Iterator[FollowUp]:
    """The advance came in for the case, and is to go back; until a person has approved it, it is only promised."""
    yield from money.book(order, "carried_in", amount, f"{cause}:{len(order.purse.refunds)}", at)
    yield from money.promise(
        order, cause, freight=amount, about=about, asked=money.Asked(by, Who[as_.upper()]), draft=True,
        payee=f"/api/v1/returns/{about}/payee/",
    )  # fmt: skip


@ORDER.told("freight_withdrawn")
def withdrawn(order: Order, at: datetime, *, key: str, amount: int) -> Iterator[FollowUp]:
    """It is not paid after all: the ledger gives it out again."""
    yield from money.book(order, "carried_out", -amount, f"freight:{key}"[:150], at)
