"""Compensation within a person's authority: per case and per day, by role; what is above it waits for another person.

Cash and freight go the way of every refund (orders/money): the authority of who asks counts, and four eyes above it.
Who approves a refund needs no authority of their own, since it may carry what the law owes the customer. A coupon or a
gift is worth its amount, counted against the same limits, also of who approves it, and the shop's back end gives it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from flows.asks import yuan
from flows.effects import Add, FollowUp, Refused, Save, Tell
from orders import money
from rows.turns import take_turns
from shops import policy
from shops.authorities import SPANS, spelt
from shops.punctuation import clauses, listed
from shops.roles import LABELS

from .. import allowance
from ..choices import Gives
from ..models import Compensation, Ticket
from ..tables import TICKET


def one_by_one(tickets: Sequence[Ticket]) -> None:
    """What a customer was given without an order counts in each of their cases: the lock of one ticket, or of its
    order, says nothing of the customer's other tickets.

    A turn, not the customer's row: who hears messages writes that row before the tickets. Behind the tickets, in order
    of keys, before the turn of who gives (see authority): so nobody waits in a circle.
    """
    take_turns(("given", customer) for customer in sorted({t.customer_id for t in tickets if t.customer_id}))


TICKET.takes_turns(one_by_one, "compensate", "decide_compensation")
TICKET.brings(allowance.bring, "compensate", "decide_compensation")


@TICKET.on("compensate")
def compensate(
    ticket: Ticket, *, gives: str, amount: int, reason: str, words: str = "", sku: str = ""
) -> Iterator[FollowUp]:
    """amount: fen. A lead's own word needs nobody else's; a gift names its product."""
    if amount <= 0:
        raise Refused(_("补偿金额须大于零"), "input", ticket)
    if gives == Gives.GIFT and not sku:
        raise Refused(_("赠品须写明货号"), "input", ticket)
    row = Compensation(
        shop_id=ticket.shop_id, ticket_id=ticket.pk, order_id=ticket.order_id, customer_id=ticket.customer_id,
        gives=gives, reason=reason, amount=amount, sku=sku,
        words=words.strip(), by=ticket.actor[:150], role=ticket.caller.word, at=ticket.moment,
        status=Compensation.PAID,
    )  # fmt: skip
    if gives in Compensation.MONEY:
        yield from _paid(ticket, row)
    else:
        row.status = Compensation.WAITING if allowance.above(ticket, amount) else Compensation.GIVEN
        allowance.asked(ticket, row)
        yield _due(row) if row.status == Compensation.GIVEN else Tell("compensation.waiting", _told(row))
    yield Add(row)


def _paid(ticket: Ticket, row: Compensation) -> Iterator[FollowUp]:
    """As a refund of the ticket's order, on the word of who acts here."""
    order = ticket.order
    if order is None:
        raise Refused(_("请先关联订单，才能退钱给客户"), "refused", ticket)
    cause = f"goodwill:{ticket.pk}-{len(allowance.own(ticket)) + 1}"
    freight = row.amount if row.gives == Gives.FREIGHT else 0
    draft = not freight and allowance.above(ticket, row.amount)  # coupons count as well, of which refunds know nothing
    begun = list(
        money.promise(
            order, cause, freight=freight, compensation=row.amount - freight, about=ticket.number, note=row.words,
            asked=money.Asked(ticket.actor, ticket.caller), draft=draft,
        )
    )  # fmt: skip
    if draft and begun:  # counted here, since its authority is not asked for once more
        allowance.today(ticket)["compensation"] += row.amount
    row.refund = order.purse.refunds[-1].number if begun else ""
    yield from begun


@TICKET.on("decide_compensation")
def decide_compensation(ticket: Ticket, *, compensation: int, decision: str, why: str = "") -> Iterator[FollowUp]:
    """Another person than who asked for it, within the own authority."""
    row = next((c for c in allowance.own(ticket) if c.pk == compensation), None)
    if row is None or row.status != Compensation.WAITING:
        raise Refused(_("没有这笔待批准的补偿"), "input", ticket)
    if row.by == ticket.actor:
        raise Refused(_("不能批准自己提出的补偿，请另一位主管处理"), "refused", ticket)
    if decision == "approve" and allowance.above(ticket, row.amount, approving=True):
        raise Refused(_too_much(ticket, row.amount), "refused", ticket)
    row.status = Compensation.GIVEN if decision == "approve" else Compensation.REFUSED
    row.decided_by, row.decided_at = ticket.actor[:150], ticket.moment
    yield Save(row, "status", "decided_by", "decided_at")
    if row.status == Compensation.GIVEN:
        allowance.approved(ticket, row)
        yield _due(row)


def _too_much(ticket: Ticket, amount: int) -> str:
    """All leads have the same limits: where those stand against it, no other lead can help."""
    limits = policy.of(ticket.shop_id).authority[ticket.caller.word]
    case, day = limits["compensation_case"], limits["compensation_day"]
    said = _("补偿 %(amount)s 超出您自己的额度（每单 %(case)s，每天 %(day)s），不能由您批准") % {
        "amount": spelt(amount), "case": spelt(case), "day": spelt(day),
    }  # fmt: skip
    whose = allowance.over(ticket, amount, approving=True, whoever=True)
    spans = whose or allowance.over(ticket, amount, approving=True)
    which = {"which": listed(f"{LABELS[ticket.caller.word]} {SPANS[span]}" for span in spans)}
    if whose:
        way = _("本店店长/主管的额度都一样，别人也批不了：请先到“管理”里的“规则”调高“%(which)s”，再来批准") % which
    else:
        way = _("请另一位店长/主管批准，或到“管理”里的“规则”调高“%(which)s”") % which
    return clauses((said, way))


def _due(row: Compensation) -> Tell:
    """The shop's back end gives it: a coupon, a gift."""
    return Tell("compensation.due", _told(row))


def _told(row: Compensation) -> dict[str, Any]:
    return {
        "gives": row.gives,
        "amount": yuan(row.amount),
        "reason": row.reason,
        **({"sku": row.sku} if row.sku else {}),
    }
