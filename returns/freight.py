"""Who bears the freight of a return: by fault, by how the order was shipped, by insurance, by the shop's own switch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from flows.effects import Refused
from shops import policy
from shops.after_sales import BOTH_WAYS, BY_ORDER

from .states import Fault, Kind, Payer, Reason

if TYPE_CHECKING:
    from .models import Return

RETURN, BOTH, NONE = "return", "both", "none"
# Whose fault a reason is until somebody has looked (淘宝争议处理规则: freight is borne by the party at fault). A
# courier's fault is none of the customer's: the shop pays, and claims it from the courier.
OF_REASON: dict[str, str] = {
    Reason.QUALITY: Fault.SELLER,
    Reason.WRONG_ITEM: Fault.SELLER,
    Reason.MISSING: Fault.SELLER,
    Reason.NOT_AS_DESCRIBED: Fault.SELLER,
    Reason.COUNTERFEIT: Fault.SELLER,
    Reason.LATE: Fault.SELLER,
    Reason.DAMAGED: Fault.COURIER,
    Reason.NOT_RECEIVED: Fault.COURIER,
}
INSURED = (Kind.RETURN_REFUND.value, Kind.EXCHANGE.value)  # what 运费险 pays the way back of


@dataclass(frozen=True)
class Freight:
    """payer: a Payer. ways: what the customer or the shop bears, "return" (the way back), "both" or "none"."""

    payer: str
    ways: str
    why: str


def fault_of(ret: Return) -> str:
    """As it was judged; else as the reason says; what nobody is to blame for is the customer's choice."""
    return ret.fault or OF_REASON.get(ret.reason, Fault.CUSTOMER)


def bears(ret: Return) -> Freight:
    """As a person has overridden it, with the reason; else by the rules.

    Source: 淘宝争议处理规则 (fault; no-reason of an order shipped free: the buyer pays the way back only, else both;
    exchange without fault: both), 七日无理由退货暂行办法 art. 18, 消费者权益保护法 art. 24 (a fault's freight is the
    seller's), procedures 4 and 5.
    """
    rule = by_rule(ret)
    return Freight(ret.freight_by, rule.ways, ret.freight_why) if ret.freight_by and ret.freight_why else rule


def by_rule(ret: Return) -> Freight:
    if not ret.comes_back:
        return Freight(Payer.NOBODY, NONE, _("没有货要寄回"))
    fault = fault_of(ret)
    if ret.order.insured and ret.kind in INSURED:
        ways = BOTH if fault == Fault.CUSTOMER and _both(ret) else RETURN
        return Freight(Payer.INSURANCE, ways, _("订单有运费险，寄回运费由运费险赔付，店铺不再支付"))
    if fault == Fault.SELLER:
        return Freight(Payer.SELLER, BOTH, _("商家责任（%s）") % Reason(ret.reason).label)
    if fault == Fault.COURIER:
        return Freight(Payer.SELLER, BOTH, _("快递责任，先由商家承担，再向快递索赔"))
    if ret.reason == Reason.REJECTED:
        return Freight(Payer.CUSTOMER, BOTH, _("客户拒收"))
    if _both(ret):
        return Freight(Payer.CUSTOMER, BOTH, _("非商家责任，客户承担往返运费"))
    return Freight(Payer.CUSTOMER, RETURN, _("非商家责任，客户承担寄回运费"))


def _both(ret: Return) -> bool:
    """Without fault: an exchange and a repair are both ways the customer's; a return by the shop's switch."""
    if ret.kind != Kind.RETURN_REFUND:
        return True
    switch = policy.of(ret.shop_id).after_sales.no_reason_freight
    return switch == BOTH_WAYS or (switch == BY_ORDER and ret.order.freight > 0)


def decide(ret: Return, by: str = "", why: str = "") -> None:
    """Write down who bears it. Another payer than the rule's needs the reason. Raises Refused "input"."""
    why = why.strip()
    rule = by_rule(ret)
    if by and by != rule.payer and not why:
        words = {"payer": Payer(rule.payer).label, "why": rule.why}
        raise Refused(_("按规则运费由%(payer)s（%(why)s），改由别人承担须写明原因") % words, "input")
    overridden = bool(by) and by != rule.payer
    ret.freight_by = by if overridden else rule.payer
    ret.freight_why = why[:200] if overridden else ""


def threshold(ret: Return, before: int, after: int) -> int:
    """满包邮: fen that fall due because the rest of an order shipped free no longer reaches what made it free.

    before, after: what was paid for the goods that the customer keeps without and with this return. It falls due once,
    and never where the customer is not to blame. Source: 七日无理由退货暂行办法 art. 18.
    """
    terms: Any = policy.of(ret.shop_id).after_sales
    least = terms.free_shipping_from
    if least is None or ret.order.freight or fault_of(ret) != Fault.CUSTOMER or ret.kind != Kind.RETURN_REFUND:
        return 0
    return int(terms.threshold_freight) if after < least <= before else 0
