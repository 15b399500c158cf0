"""A way out that costs less than the return: offered by the agent, chosen by the customer (挽留). Procedures 5."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from flows.asks import yuan
from flows.effects import Add, FollowUp, Refused, Save, Tell
from flows.table import Who
from orders import money

from .. import amounts, paying, replacing
from ..ends import done
from ..models import Offer, Return
from ..tables import RETURN

GIVES = {"cash": "money", "gift": "goods", "coupon": "coupon"}


@RETURN.on("offer")
def offer(ret: Return, *, plans: Sequence[Mapping[str, Any]], leaving_why: str = "") -> Iterator[FollowUp]:
    """One to three plans, each within what its agent may give away. Where it was made is where a refusal leads back."""
    for plan in plans:
        _within_authority(ret, plan)
    ret.offered_from = str(ret.state)
    row = Offer(of=ret, plans=[dict(plan) for plan in plans], leaving_why=leaving_why, by=ret.actor[:80], at=ret.moment)
    ret.belongings.offers.append(row)
    yield Add(row)


def _within_authority(ret: Return, plan: Mapping[str, Any]) -> None:
    """What the customer accepts is paid at once, so the agent must be able to give it away alone."""
    parts = {"goods": 0, "freight": int(plan.get("freight") or 0), "compensation": int(plan.get("amount") or 0)}
    order = copy(paying.at_the_door(ret))
    order.purse = replace(order.purse, asked={})  # asking is not promising
    if plan["kind"] == "cash" and money.authority.above(order, ret.actor, ret.caller, parts):
        words = {"amount": yuan(cost(plan))}
        raise Refused(_("补偿 %(amount)s 元超出您的权限，请减少金额，或请店长处理") % words, "refused")


def cost(plan: Mapping[str, Any]) -> int:
    """Fen of money that the plan gives away."""
    return int(plan.get("amount") or 0) + int(plan.get("freight") or 0)


@RETURN.on("accept_offer")
def accept_offer(ret: Return, *, plan: int = 1) -> Iterator[FollowUp]:
    """The customer keeps the goods. What need not go back is kept as what the offer has saved."""
    standing = _standing(ret)
    if plan > len(standing.plans):
        raise Refused(_("方案只有 %(count)s 个，请重新选择") % {"count": len(standing.plans)}, "input")
    chosen = standing.plans[plan - 1]
    would_be = amounts.due(ret).total
    given = cost(chosen) if chosen["kind"] == "cash" else 0
    standing.chosen, standing.saved = plan, max(0, would_be - given)
    yield _ended(ret, standing, "accepted", "chosen", "saved")
    ret.accepted = GIVES[chosen["kind"]]
    if ret.belongings.goods_here:  # they are the customer's again
        yield Tell("return.goods_to_send_home", {"lines": [x.line.line for x in ret.belongings.lines if x.received]})
    yield from _give(ret, chosen)


def _give(ret: Return, plan: Mapping[str, Any]) -> Iterator[FollowUp]:
    """Cash on the offering agent's word, a gift by a replacement order, a coupon by those who hear of it."""
    if ret.accepted == "money":
        offered = money.Asked(ret.belongings.offers[-1].by, Who.AGENT)  # who offered it has promised it
        yield from paying.pay(ret, asked=offered)
    elif ret.accepted == "goods":
        gift = {"sku": plan["sku"], "title": plan.get("title") or _("赠品"), "quantity": 1}
        yield from replacing.open_(ret, lines=[gift])
    else:
        done(ret)
        yield Tell("return.coupon_due", {"amount": plan.get("amount") or 0, "sku": plan.get("sku", "")})


@RETURN.on("decline_offer")
def decline_offer(ret: Return, *, words: str = "") -> Iterator[FollowUp]:
    """Back to where it was made. Who stays silent has not chosen."""
    standing = _standing(ret)
    standing.answer = words
    yield _ended(ret, standing, "expired" if ret.caller & Who.CLOCK else "declined", "answer")


def _standing(ret: Return) -> Offer:
    if (found := ret.belongings.open_offer) is None:
        raise Refused(_("没有等待答复的方案"), "refused")
    return found


def _ended(ret: Return, offer: Offer, how: str, *names: str) -> Save:
    offer.ended, offer.ended_at = how, ret.moment
    return Save(offer, "ended", "ended_at", *names)
