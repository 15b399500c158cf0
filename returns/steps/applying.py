"""The application: how it begins, what is shown for it, how it changes. Procedures 4 and 5."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import FollowUp, Implies, Moot, Refused
from flows.table import PEOPLE
from orders import money
from orders.states import S as O

from .. import applied, facts, numbers, paying, replacing, store, unshipped
from ..belongings import bring
from ..ends import begun_again, lapse
from ..models import Return
from ..outside import bring_given, linked, says, spoken
from ..states import Kind, S
from ..tables import RETURN

Lines = Sequence[Mapping[str, Any]]

RETURN.brings(bring, "start")
RETURN.brings(bring_given, "give_evidence", "revise", "refuse", "refuse_receipt")


@RETURN.on("start")
def started(
    ret: Return, *, lines: Lines | None = None, links: Sequence[str] = (), parcels: Lines = (), version: str = "",
    status: str = "", due_at: datetime | None = None, asked: Sequence[str] = (),
) -> Iterator[FollowUp]:  # fmt: skip
    """Under the order's lock, so of two at once the second sees the first. See returns.starting.begin."""
    ret.given = set()
    ret.number = ret.number or numbers.next_of(ret.order)
    facts.begin(ret, version)
    yield from applied.put_lines(ret, lines)
    people_ask(ret)
    yield from linked(ret, links)
    yield from says(ret, ret.moment, clock="handle", status=status, version=version, due_at=due_at)
    yield from applied.under_way(ret, parcels)
    applied.judge(ret)
    if ret.state == S.REFUNDING:  # decided elsewhere: a lost parcel is made good
        yield from paying.pay(ret, asked=money.Asked.of(asked))
    elif ret.state == S.EXCHANGING:
        yield from replacing.open_(ret)
    yield from unshipped.asked_too_late(ret)


def people_ask(ret: Return) -> None:
    """What has not left can only be refunded. What a platform has let its customers apply for is never refused."""
    if not ret.caller & PEOPLE or ret.kind == Kind.REFUND_ONLY:
        return
    order, left = ret.order, ret.order.goods.unshipped()
    if ret.unshipped or (order.state == O.CLOSED and order.goods.untouched()):
        raise Refused(_("订单还没有发货，只能申请仅退款"), "refused")
    for x in ret.belongings.lines:
        if x.quantity > x.line.owed - left.get(x.line.line, 0):
            words = {"title": x.line.title, "left": left[x.line.line]}
            raise Refused(_("“%(title)s”还有 %(left)s 件没有发货，没有发出的只能申请仅退款") % words, "refused")


# ---- what is shown for it
@RETURN.on("ask_evidence")
def ask_evidence(ret: Return, *, words: str) -> None:
    ret.evidence_words = words


@RETURN.told("give_evidence")
def told_evidence(
    ret: Return, at: datetime, *, words: str = "", links: Sequence[str] = (), status: str = "",
    due_at: datetime | None = None, **_inputs: Any,
) -> Iterator[FollowUp]:  # fmt: skip
    """Kept whatever the return has got to."""
    yield from linked(ret, links)
    yield from spoken(ret, words)
    yield from says(ret, at, clock="handle", status=status, due_at=due_at)
    yield Implies("give_evidence", at)


@RETURN.on("give_evidence")
def give_evidence(ret: Return, *, words: str = "", evidence: Sequence[int] = ()) -> Iterator[FollowUp]:
    """By hand: words, or keys of what was given before. What was told is kept already. The rules look again."""
    if ret.caller & PEOPLE and not words.strip() and not evidence:
        raise Refused(_("请写明情况，或选择已上传的凭证"), "input")
    store.checked(ret, evidence)
    applied.judge(ret)
    return spoken(ret, words)


# ---- it changes
@RETURN.told("revise")
def told_revise(
    ret: Return, at: datetime, *, version: str = "", links: Sequence[str] = (), status: str = "",
    due_at: datetime | None = None, **told: Any,
) -> Iterator[FollowUp]:  # fmt: skip
    """A register: of each field the newest word counts, even where nothing moves."""
    yield from linked(ret, links)
    yield from says(ret, at, clock="handle", status=status, version=version, due_at=due_at)
    said = {name: value for name, value in told.items() if value is not None}
    fresh = {name: value for name, value in said.items() if applied.newer(ret, name, value, version, at)}
    if not fresh and not facts.newer(ret, version, at):
        yield Moot(_("已有更新的申请内容"))
        return
    yield from applied.change(ret, version, at, fresh)
    yield Implies("revise", at)


@RETURN.on("revise")
def revise(ret: Return, **changes: Any) -> Iterator[FollowUp]:
    """By hand it records what was entered; after a report that is done already. What was decided is decided anew."""
    if changes:
        said = {name: value for name, value in changes.items() if value is not None}
        at = max(ret.moment, facts.applied_at(ret))
        yield from applied.change(ret, facts.version_of(ret), at, said)
        people_ask(ret)
    yield from lapse(ret)
    begun_again(ret)
    if ret.state == S.EXCHANGING:
        yield from replacing.call_off(ret)
    if ret.state in (S.EXCHANGING, S.REFUNDING):
        yield from paying.stop(ret)
