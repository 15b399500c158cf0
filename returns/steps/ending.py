"""The customer withdraws, a time limit closes, the platform dismisses; and it is open again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flows.effects import FollowUp, Implies

from .. import applied, facts, paying, replacing
from ..eligibility.quantity import checked
from ..ends import begun_again, closed, lapse
from ..models import Return
from ..outside import says
from ..tables import RETURN


def _told(step: str) -> None:
    @RETURN.told(step)
    def told(
        ret: Return, at: datetime, *, status: str = "", due_at: datetime | None = None, **_inputs: Any
    ) -> Iterator[FollowUp]:
        yield from says(ret, at, clock="respond", status=status, due_at=due_at)
        yield Implies(step, at)


for step in ("withdraw", "expire", "dismiss"):
    _told(step)


@RETURN.on("withdraw")
def withdraw(ret: Return, **_inputs: Any) -> Iterator[FollowUp]:
    """The replacement is called off, money that has not left is pulled back; that of a cancelled order is owed."""
    yield from lapse(ret)
    yield from replacing.call_off(ret)
    if ret.money == "cancel":
        yield from paying.forget(ret)
    else:
        yield from paying.stop(ret)
    closed(ret)


@RETURN.on("expire")
def expire(ret: Return, **_inputs: Any) -> Iterator[FollowUp]:
    yield from lapse(ret)
    closed(ret)


@RETURN.on("dismiss")
def dismiss(ret: Return, **_inputs: Any) -> Iterator[FollowUp]:
    """A later ruling may open it again (needs.closed_by_our_clock)."""
    yield from expire(ret)
    facts.dismiss(ret)


@RETURN.on("reopen")
def reopen(ret: Return, **_inputs: Any) -> None:
    """As if it were asked for now: what was said before of going on or giving up has lost its force. Its pieces must
    still be free."""
    wanted = [{"line": x.line.line, "quantity": x.quantity} for x in ret.belongings.lines if x.quantity]
    checked(ret.order, wanted, ret.belongings.others)
    begun_again(ret)
    facts.reopen(ret)
    applied.judge(ret)
