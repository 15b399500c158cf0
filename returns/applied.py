"""What was applied for: its lines against what was bought, the register of its fields, the verdicts on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import rows
from flows.effects import Add, FollowUp, Save

from . import eligibility, facts
from .eligibility.quantity import checked
from .models import BackParcel, Return, ReturnLine
from .states import S


def judge(ret: Return) -> None:
    """What the rules say of it now, kept with it."""
    ret.eligibility = [verdict.as_data() for verdict in eligibility.judge(ret, at=ret.moment)]


def put_lines(ret: Return, wanted: Sequence[Mapping[str, Any]] | None) -> Iterator[FollowUp]:
    """The lines of a return that begins, each with a key where its money or goods are decided at once.

    Raises Refused "input" for more than was bought and is in no other return.
    """
    own = ret.belongings
    found = checked(ret.order, wanted or (), own.others)
    keys: list[int | None] = [None] * len(found)
    if ret.state in (S.REFUNDING, S.EXCHANGING):
        keys = list(rows.allocate(ReturnLine, len(found)))
    for pk, (name, quantity) in zip(keys, found.items(), strict=True):
        row = ReturnLine(pk=pk, of=ret, line=ret.order.goods.line(name), quantity=quantity)
        own.lines.append(row)
        yield Add(row)


def relined(ret: Return, wanted: Sequence[Mapping[str, Any]]) -> Iterator[FollowUp]:
    """Other lines, other quantities; a line that is not asked for any more stays with none."""
    own = ret.belongings
    found = checked(ret.order, wanted, own.others)
    for x in [*own.lines, *own.spare]:
        if x.quantity != (quantity := found.pop(x.line.line, 0)):
            x.quantity = quantity
            yield Save(x, "quantity")
    for name, quantity in found.items():
        row = ReturnLine(of=ret, line=ret.order.goods.line(name), quantity=quantity)
        own.lines.append(row)
        yield Add(row)
    own.sort_out()


def under_way(ret: Return, parcels: Sequence[Mapping[str, Any]]) -> Iterator[FollowUp]:
    """Parcels that the courier brings back already, as the return begins."""
    for given in parcels:
        row = BackParcel(
            shop_id=ret.shop_id, of=ret, carrier=given.get("carrier", ""), tracking_number=given["tracking_number"],
            sent_at=given.get("sent_at") or ret.moment, told_by=ret.actor[:80],
        )  # fmt: skip
        ret.belongings.parcels.append(row)
        ret.sent_at = ret.sent_at or row.sent_at
        yield Add(row)
    if ret.state == S.RETURNING:
        ret.fact = "send_back"


# ---- the register
def known(ret: Return, name: str) -> Any:
    """What is known of the field, as a report says it."""
    if name == "lines":
        return {x.line.line: x.quantity for x in ret.belongings.lines if x.quantity}
    return facts.kind_asked(ret) if name == "kind" else getattr(ret, name)


def newer(ret: Return, name: str, value: Any, version: str, at: datetime) -> bool:
    """Does this word about the field stand against what is known of it? Of two of one moment, whichever came first."""
    order = facts.against(ret, name, version, at)
    if order:
        return order > 0
    was = known(ret, name)
    said = {x["line"]: x.get("quantity") or was.get(x["line"], 0) for x in value} if name == "lines" else value
    return said != was and _shown(said) > _shown(was)


def _shown(value: Any) -> str:
    return str(sorted(value.items())) if isinstance(value, Mapping) else str(value)


def change(ret: Return, version: str, at: datetime, told: Mapping[str, Any]) -> Iterator[FollowUp]:
    """These fields of the application are so now; an approval's own kind falls with it."""
    facts.unname_kind(ret)
    facts.apply(ret, version, at, told)
    for name in ("kind", "reason", "amount", "words"):
        if name in told:
            setattr(ret, name, told[name])
    if "lines" in told:
        yield from relined(ret, told["lines"])
    judge(ret)
