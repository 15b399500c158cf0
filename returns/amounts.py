"""What goes back for a return: what was really paid for each piece, what is deducted, which freight; and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from flows.asks import yuan
from orders.states import S as O

from . import freight
from .belongings import bring
from .states import Fault, Kind, Reason

if TYPE_CHECKING:
    from orders.models import Line, Order

    from .belongings import Belongings
    from .models import Return, ReturnLine


ON_ITS_WAY = ("drafted", "approved", "sent", "unknown")  # promised, and neither come nor failed


@dataclass
class Amounts:
    """In fen. made_of: what it adds up from, in words; deductions are negative. lines: {ReturnLine.pk: fen of goods}.

    shares: {ReturnLine.pk: what was really paid for its pieces}.
    """

    goods: int = 0
    freight: int = 0
    compensation: int = 0
    made_of: list[tuple[str, int]] = field(default_factory=list)
    lines: dict[int, int] = field(default_factory=dict)
    shares: dict[int, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.goods + self.freight + self.compensation

    def deduct(self, words: str, fen: int) -> None:
        """From the goods, line by line, the last first; never more than there is."""
        fen = min(fen, self.goods)
        if fen <= 0:
            return
        self.goods -= fen
        self.made_of.append((words, -fen))
        for pk in reversed(self.lines):
            part = min(fen, self.lines[pk])
            self.lines[pk], fen = self.lines[pk] - part, fen - part


def due(ret: Return) -> Amounts:
    """What is owed now: after the inspection of what is here, of what was announced where nothing has to come back.

    Never more than was paid for a line, never more than the order holds, counting what is pending or unknown.
    Source: 七日无理由退货暂行办法 art. 12 (gifts), 14 and 15 (the price really paid; sets), 18 (freight); promises I-27
    and I-29.
    """
    return _clip(belongings(ret), owed(ret))


def owed(ret: Return) -> Amounts:
    """As `due`, whatever the order still holds."""
    own = belongings(ret)
    if ret.accepted == "money":
        return _offered(own)
    found = Amounts()
    for x in own.lines:
        _add(found, own, x)
    beside = own.order.purse.of_cause(f"exchange:{ret.pk}")
    found.deduct(_("换货时已退的差价"), beside.goods if beside is not None and beside.state != "failed" else 0)
    if freight.fault_of(ret) == Fault.CUSTOMER and ret.kind == Kind.RETURN_REFUND:
        for words, fen in _sets(own, found):
            found.deduct(words, fen)
        found.shares = {**found.shares, **{pk: min(found.shares[pk], fen) for pk, fen in found.lines.items()}}
        found.deduct(_("未退回的赠品（按标明价格）"), _gifts_kept(own))
        before, after = _kept_worth(own, found)
        found.deduct(_("退货后不再满包邮，扣除运费"), freight.threshold(ret, before, after))
    found.freight = _outward(own)
    _asked(ret, found)
    if found.freight:
        found.made_of.append((_("订单运费"), found.freight))
    return _less(found, _("已另行退款"), _elsewhere(own))


def belongings(ret: Return) -> Belongings:
    """Loaded where a batch has not brought them."""
    if "belongings" not in ret.__dict__:
        bring([ret])
    return ret.belongings


# ---- pieces
def pieces(x: ReturnLine) -> int:
    """For so many pieces money goes back: of goods that come back those that are here and ours, else the announced."""
    announced = x.quantity - x.dropped
    if not x.of.comes_back or not x.of.received_at:
        return announced
    return max(0, x.received - max(x.not_ours, x.gone))


def promised(own: Belongings) -> list[ReturnLine]:
    """Lines of other returns for which money was promised. What left the order instead is no more in its lines."""
    return [x for x in own.others if (x.share or x.refunded) and not x.dropped]


def share(line: Line, quantity: int, before: Iterable[ReturnLine]) -> int:
    """Paid for the next `quantity` pieces that go back: rounded down, the last takes the rest (promise I-29)."""
    before = list(before)
    gone, given = sum(pieces(x) for x in before), sum(x.share for x in before)
    rest = max(0, line.worth - given)
    if not line.quantity or gone + quantity >= line.owed:
        return rest if quantity else 0
    start = line.dropped + gone
    return min(rest, line.paid * (start + quantity) // line.quantity - line.paid * start // line.quantity)


def most(own: Belongings, x: ReturnLine) -> int:
    """What of this line may still go back at all: never more than was paid for it."""
    return max(0, x.line.worth - sum(o.refunded for o in promised(own) if o.line_id == x.line_id))


def _add(found: Amounts, own: Belongings, x: ReturnLine) -> None:
    count = pieces(x)
    paid = share(x.line, count, [o for o in promised(own) if o.line_id == x.line_id])
    found.shares[x.pk] = paid
    found.lines[x.pk] = min(paid, most(own, x))
    found.goods += found.lines[x.pk]
    if count:
        words = _("%(title)s ×%(count)s 实付") % {"title": x.line.title, "count": count}
        found.made_of.append((words, found.lines[x.pk]))


# ---- what stays with the customer
def kept(own: Belongings) -> dict[int, int]:
    """{line's key: pieces that stay with the customer}, once this return and those already promised are through."""
    left = {line.pk: line.owed for line in own.order.goods.lines}
    for x in (*own.lines, *promised(own)):
        left[x.line_id] = left.get(x.line_id, 0) - pieces(x)
    return {pk: max(0, count) for pk, count in left.items()}


def _kept_worth(own: Belongings, found: Amounts) -> tuple[int, int]:
    """What was paid for what the customer keeps, without and with this return."""
    before = sum(x.worth for x in own.order.goods.lines) - sum(x.share for x in promised(own))
    return before, before - sum(found.shares.values())


def _sets(own: Belongings, found: Amounts) -> Iterable[tuple[str, int]]:
    """A part of a set or an offer goes back: what is kept of it costs its own price (art. 15)."""
    stays = kept(own)
    for name in dict.fromkeys(x.line.bundle for x in own.lines if x.line.bundle and not x.line.gift):
        of_set = {x.pk: x for x in own.order.goods.lines if x.bundle == name and not x.gift}
        price = sum(line.unit_price * stays.get(pk, 0) for pk, line in of_set.items())
        if not price:
            continue  # nothing of it is kept
        given = sum(x.share for x in promised(own) if x.line_id in of_set)
        owed = max(0, sum(line.worth for line in of_set.values()) - price - given)
        mine = sum(found.lines[x.pk] for x in own.lines if x.line_id in of_set)
        if mine > owed:
            yield _("“%s”留下的部分按单价结算") % name, mine - owed


def _gifts_kept(own: Belongings) -> int:
    """Nothing that was paid for is kept: gifts that are kept cost what was marked on them beforehand (art. 12)."""
    stays, lines = kept(own), own.order.goods.lines
    mine = {x.line_id for x in own.lines if pieces(x)}
    total = 0
    for gift in (x for x in lines if x.gift):
        of_it = [x for x in lines if not x.gift and (not gift.bundle or x.bundle == gift.bundle)]
        if any(x.pk in mine for x in of_it) and not any(stays.get(x.pk) for x in of_it):
            total += gift.unit_price * stays.get(gift.pk, 0)
    return total


# ---- freight and limits
def _outward(own: Belongings) -> int:
    """The order's own freight goes back with the last piece, where the customer does not bear the way out."""
    order, stays = own.order, kept(own)
    if not order.freight or any(stays.get(x.pk) for x in order.goods.lines if not x.gift):
        return 0
    bears = freight.bears(own.ret)
    fault = freight.fault_of(own.ret)
    if fault == Fault.CUSTOMER and bears.payer != "seller" and bears.ways != freight.RETURN and not _never_left(own):
        return 0
    given: int = sum(r.freight for r in _others(own) if not r.advance)
    return max(0, order.freight - given)


def _never_left(own: Belongings) -> bool:
    """Nothing was carried, so nothing is owed for it: also where the order has been closed meanwhile."""
    return own.unshipped or (own.order.state == O.CLOSED and own.order.goods.untouched())


def _others(own: Belongings) -> list[Any]:
    """The order's refunds that live, but for the one that ends this return."""
    live = (*ON_ITS_WAY, "succeeded", "confirmed")
    return [r for r in own.order.purse.refunds if r.state in live and r.cause != own.ret.money]


def free(own: Belongings) -> int:
    """What the order holds and is not promised to anybody else."""
    order: Order = own.order
    mine = order.purse.of_cause(own.ret.money) if own.ret.money else None
    waiting = mine.amount if mine is not None and mine.state in ON_ITS_WAY else 0
    return max(0, order.received - order.purse.pending() + waiting)


def _asked(ret: Return, found: Amounts) -> None:
    """Where the customer asks for less, less goes back; price protection is what was asked for, or nothing."""
    asked = ret.amount or 0
    if ret.reason == Reason.PRICE_PROTECTION:
        found.freight = 0
        found.deduct(_("价保只退差价"), found.total - asked)
    elif asked and asked < found.total:
        found.deduct(_("客户只申请 %s 元") % yuan(asked), found.total - asked)
        found.freight = min(found.freight, asked - found.goods)


def _offered(own: Belongings) -> Amounts:
    """The compensation that the customer has accepted; the goods stay."""
    plans = [o.plans[o.chosen - 1] for o in own.offers if o.chosen and o.ended == "accepted"]
    plan = plans[-1] if plans else {}
    found = Amounts(freight=int(plan.get("freight") or 0), compensation=int(plan.get("amount") or 0))
    found.lines = found.shares = {x.pk: 0 for x in own.lines}
    found.made_of = [(words, fen) for words, fen in (
        (_("约定的补偿"), found.compensation), (_("约定另退的运费"), found.freight)) if fen]  # fmt: skip
    return found


def _elsewhere(own: Belongings) -> int:
    """What somebody else has already paid back for this return."""
    those = (r for r in _others(own) if r.about == own.ret.number and r.cause.startswith("outside:"))
    return sum(r.amount for r in those)


def _clip(own: Belongings, found: Amounts) -> Amounts:
    """Never more than the order holds."""
    return _less(found, _("订单可退余额不足"), found.total - free(own))


def _less(found: Amounts, words: str, over: int) -> Amounts:
    """So much less: the compensation gives way first, then the freight, then the goods."""
    if over <= 0:
        return found
    for part in ("compensation", "freight"):
        if less := min(over, getattr(found, part)):
            setattr(found, part, getattr(found, part) - less)
            found.made_of.append((words, -less))
            over -= less
    found.deduct(words, over)
    return found


def exactly(ret: Return, fen: int) -> Amounts:
    """So much was paid by somebody else: first it is the goods, then the freight, the rest a compensation."""
    found = owed(ret)
    over = found.total - fen
    if over > 0:
        return _less(found, _("平台实际退款"), over)
    found.compensation += -over
    if over:
        found.made_of.append((_("平台多退的部分"), -over))
    return found
