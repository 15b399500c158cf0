"""Goods that are not taken back: refused after the inspection, sent home; and those that end a case without money."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from flows.effects import FollowUp, Implies, Save
from orders import couriers

from .. import stock, store
from ..ends import done
from ..models import Return
from ..outside import linked, says
from ..states import S
from ..tables import RETURN


# ---- refused after the inspection: the second refusal
@RETURN.told("refuse_receipt")
def told_refuse_receipt(
    ret: Return, at: datetime, *, why: str = "", links: Sequence[str] = (), status: str = "", version: str = "",
    due_at: datetime | None = None,
) -> Iterator[FollowUp]:  # fmt: skip
    yield from linked(ret, links, "refusal")
    yield from says(ret, at, clock="respond", status=status, version=version, due_at=due_at)
    yield Implies("refuse_receipt", at, {"why": why})


@RETURN.on("refuse_receipt")
def refuse_receipt(ret: Return, *, why: str = "", proof: Sequence[int] = ()) -> None:
    store.checked(ret, proof)
    ret.refusal = why[:200]


# ---- home again
@RETURN.on("hand_back")
def hand_back(ret: Return, *, why: str = "") -> Iterator[FollowUp]:
    return stock.give_up(ret)


@RETURN.after("withdraw", "expire", "dismiss")
def given_up(ret: Return) -> Iterator[FollowUp]:
    """Ended while the goods are here: they go home, and the stock has none of them."""
    return stock.give_up(ret) if ret.state == S.HANDING_BACK else iter(())


@RETURN.told("handed_back")
def told_handed_back(
    ret: Return, at: datetime, *, status: str = "", due_at: datetime | None = None, **given: Any
) -> Iterator[FollowUp]:
    yield from says(ret, at, clock="hand_back", status=status, due_at=due_at)
    yield Implies("handed_back", at, given)


@RETURN.on("handed_back")
def handed_back(ret: Return, *, carrier: str = "", tracking_number: str = "") -> Iterator[FollowUp]:
    """What was here has left; who closed it keeps the word."""
    number = couriers.normal(tracking_number)
    ret.went_home = {"carrier": carrier.strip() or couriers.guess(number), "tracking_number": number,
                       "at": ret.moment.isoformat()}  # fmt: skip
    for x in ret.belongings.lines:
        if x.here:
            x.gone = x.received
            yield Save(x, "gone")
    closed_by = ret.closed_by
    done(ret)
    ret.closed_by = closed_by or ret.closed_by


# ---- nothing is owed
@RETURN.on("book_in")
def book_in(ret: Return) -> None:
    """Rejected on delivery, or the money went before the goods came."""
    done(ret)


@RETURN.on("await_rest")
def await_rest(ret: Return, *, why: str = "") -> None:
    """A part came, the rest is asked for."""
    ret.inspected_at = None
