"""The goods at the warehouse: scanned, counted, judged, told to the stock. Procedures 4 and 5."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import Add, FollowUp, Implies, Refused, Save, Take, Tell
from orders.states import P

from .. import parcels, stock, store
from ..models import Evidence, Return, ReturnLine
from ..outside import says
from ..states import Condition, Reason, S
from ..tables import RETURN

NOWHERE = "-"  # the number of what came without one: brought in person, a torn label
OVER = (S.REFUNDING, S.COMPLETED, S.CLOSED)


# ---- received
@RETURN.told("receive")
def told_receive(
    ret: Return, at: datetime, *, status: str = "", due_at: datetime | None = None, **given: Any
) -> Iterator[FollowUp]:
    """What the warehouse has, it has: where no step is open it is booked beside, and people are told."""
    yield from says(ret, at, clock="receive", status=status, due_at=due_at)
    step = "arrive_late" if ret.state in OVER else "receive"
    row = RETURN.row(step, ret.state)
    if row is not None and row.who & ret.caller:
        yield Implies(step, at, given)
        return
    yield from book(ret, at, **given)
    yield Tell("return.arrived_late", {"state": ret.state, "lines": _here(ret)})


@RETURN.on("receive")
def receive(ret: Return, **given: Any) -> Iterator[FollowUp]:
    """A scan; a second parcel is a second one."""
    return book(ret, ret.moment, **given)


@RETURN.on("arrive_late")
def arrive_late(ret: Return, **given: Any) -> Iterator[FollowUp]:
    """Goods of a closed return open it again; where the money is under way or gone they are booked beside it."""
    yield from book(ret, ret.moment, **given)
    if ret.state == S.CLOSED:
        ret.ended_at, ret.closed_by = None, ""
        return
    yield Tell("return.arrived_late", {"state": ret.state, "lines": _here(ret)})


def book(
    ret: Return,
    at: datetime,
    *,
    tracking_number: str = "",
    lines: parcels.Lines | None = None,
    words: str = "",
) -> Iterator[FollowUp]:
    """lines: what was in this parcel, "quantity" absent: all that was announced of it; None: as announced.

    The same scan again adds nothing.
    """
    if not tracking_number and lines is None and (waiting := [p for p in ret.belongings.live() if not p.received_at]):
        for parcel in waiting:
            yield from _scan(ret, at, parcel.tracking_number, None, words)
    else:
        yield from _scan(ret, at, tracking_number or _only(ret), lines, words)
    ret.received_at = min(ret.received_at or at, at)
    yield from _counted(ret)


def _only(ret: Return) -> str:
    """The parcel that lines without a number were in: the one that was sent, where only one was."""
    live = list(ret.belongings.live())
    return str(live[0].tracking_number) if len(live) == 1 else NOWHERE


def _scan(ret: Return, at: datetime, number: str, lines: parcels.Lines | None, words: str) -> Iterator[FollowUp]:
    with parcels.of(ret, number) as (parcel, asked):
        if lines is not None:
            parcel.counted = _found(ret, lines, parcels.expected(ret, parcel))
        elif parcel.counted is None:
            parcel.counted = parcels.expected(ret, parcel)
        if parcel.received_at is None or at < parcel.received_at:
            parcel.received_at, parcel.received_by = at, ret.actor[:80]
        parcel.scans, parcel.bounced_at = parcel.scans + 1, None
        parcel.words = words[:500] or parcel.words
        if parcel.status != P.SIGNED:
            parcel.status, parcel.status_at = P.SIGNED, at
    yield from asked


def _found(ret: Return, lines: parcels.Lines, expected: dict[str, int]) -> dict[str, int]:
    """{line: pieces}; never more of a line than left this house. Raises Refused."""
    found: dict[str, int] = {}
    for row in lines:
        line = ret.belongings.order.goods.line(row["line"])
        quantity = row.get("quantity")
        found[line.line] = found.get(line.line, 0) + int(expected.get(line.line, 0) if quantity is None else quantity)
        if found[line.line] > line.quantity:
            raise Refused(
                _("“%(title)s”只卖出 %(most)s 件，不会退回更多；别的东西请记为不是本店商品")
                % {"title": line.title, "most": line.quantity}, "input",
            )  # fmt: skip
    return found


def _counted(ret: Return) -> Iterator[FollowUp]:
    """Per line what has come in all parcels. Goods that nobody announced get a line of their own."""
    own, found = ret.belongings, parcels.counted(ret)
    for name in found:
        if own.line(name) is None:
            stray = ReturnLine(of_id=ret.pk, line=own.order.goods.line(name), quantity=0, received=found[name])
            own.lines.append(stray)
            yield Add(stray)
    for x in own.lines:
        count = found.get(x.line.line, 0)
        if count < x.received - x.unjudged:
            raise Refused(_("“%(title)s”已验 %(most)s 件，不能再少") % {
                "title": x.line.title, "most": x.received - x.unjudged}, "input")  # fmt: skip
        x.received = count
        yield Save(x, "received")
    if differing := [x for x in own.lines if x.here != x.quantity]:
        lines = [{"line": x.line.line, "announced": x.quantity, "received": x.here} for x in differing]
        yield Tell("return.goods_differ", {"lines": lines})


def _here(ret: Return) -> list[dict[str, Any]]:
    return [{"line": x.line.line, "quantity": x.here} for x in ret.belongings.lines if x.here]


# ---- judged
@RETURN.on("inspect")
def inspect(
    ret: Return,
    *,
    lines: Sequence[dict[str, Any]] | None = None,
    fault: str = "",
    photos: Sequence[int] = (),
    words: str = "",
) -> Iterator[FollowUp]:
    """lines: of each that is named the whole verdict, one entry for each condition; nothing said: what nobody has
    judged is sellable. fault: what the warehouse suggests, where nobody has said."""
    store.checked(ret, list(photos))
    by_line: dict[str, dict[str, int]] = {}
    said: dict[str, str] = {}
    for row in lines or ():
        verdict = by_line.setdefault(row["line"], {})
        verdict[row["condition"]] = verdict.get(row["condition"], 0) + int(row["quantity"])
        said[row["line"]] = row.get("words") or said.get(row["line"], "")
    for name in by_line:
        if ret.belongings.line(name) is None:
            raise Refused(_("这张售后单里没有行号“%(line)s”") % {"line": name}, "input")
    for x in ret.belongings.lines:
        yield from _judge(x, by_line.get(x.line.line), said.get(x.line.line, ""), everything=not by_line)
    ret.inspected_at = ret.moment
    ret.fault = ret.fault or fault
    if words.strip():
        yield Add(_spoken(ret, words))
    yield from stock.sort(ret)
    if ret.reason == Reason.REJECTED and not ret.judged_badly and not ret.owed:  # on delivery: nothing was paid
        yield Take("return", ret.pk, "book_in", must=False)


def _spoken(ret: Return, words: str) -> Evidence:
    return Evidence(
        shop_id=ret.shop_id, of_id=ret.pk, kind="words", stage="inspection", words=words.strip(),
        giver=ret.caller.word, by=ret.actor[:80], at=ret.moment,
    )  # fmt: skip


def _judge(x: ReturnLine, verdict: dict[str, int] | None, words: str, *, everything: bool) -> Iterator[FollowUp]:
    if verdict is not None:
        x.sellable, x.defective, x.not_ours = (
            verdict.get(str(c), 0) for c in (Condition.SELLABLE, Condition.DEFECTIVE, Condition.NOT_OURS)
        )
        x.words = words[:200]
    elif everything:
        x.sellable += x.unjudged
    if x.unjudged < 0:
        raise Refused(_("“%(title)s”只收到 %(most)s 件，不能验出更多") % {
            "title": x.line.title, "most": x.received}, "input")  # fmt: skip
    if x.unjudged > 0:
        raise Refused(_("“%(title)s”还有 %(count)s 件没有验货结果") % {
            "title": x.line.title, "count": x.unjudged}, "input")  # fmt: skip
    yield Save(x, "sellable", "defective", "not_ours", "words")
