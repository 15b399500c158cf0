"""What the rows beside a return say of it, whichever came first (ADR 5): approvals, parcels, the platform's money, the
refund that ends it. And the register of the application, by which an approval is of this version or of an older one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flows.facts import Told
from flows.table import Who
from orders.amend import rank

from .models import Return
from .tables import RETURN

ENDS_IT = ("succeeded", "confirmed")
A_MOMENT = timedelta(microseconds=1)
FIELDS = ("kind", "reason", "lines", "amount", "words")


# ---- the application: a register, the newest (version, moment) of each of its fields wins
def version_of(ret: Return) -> str:
    return ret.applied[0] if ret.applied else ""


def applied_at(ret: Return) -> datetime:
    """When the application, as it now stands, was made."""
    return datetime.fromisoformat(ret.applied[1]) if ret.applied else ret.created_at


def fields_of(ret: Return) -> dict[str, list[str]]:
    """{field: [version, moment]} of what was said last of it; of the kind also what was said."""
    return dict(ret.applied[2]) if len(ret.applied) > 2 else {}


def newer(ret: Return, field: str, version: str, at: datetime) -> bool:
    """Does this word about the field stand against what is known of it?"""
    said = fields_of(ret).get(field) or ret.applied[:2]
    return not said or rank(version, at) >= rank(said[0], datetime.fromisoformat(said[1]))


def apply(ret: Return, version: str, at: datetime, told: Mapping[str, Any]) -> None:
    """These fields were said; the application is as new as the newest of them."""
    fields = fields_of(ret)
    for name in told:
        fields[name] = [version, at.isoformat(), *([str(told[name])] if name == "kind" else [])]
    newest = [version, at.isoformat()]
    if ret.applied and rank(version, at) < rank(version_of(ret), applied_at(ret)):
        newest = ret.applied[:2]
    ret.applied = [*newest, fields]


def kind_asked(ret: Return) -> str:
    """The kind that was applied for: an approval may have named another."""
    said = fields_of(ret).get("kind", [])
    return said[2] if len(said) > 2 else str(ret.kind)


# ---- approvals
def outdated(ret: Return, version: str, at: datetime) -> bool:
    """Is this word about an older version of the application? By version where both have one, else by time."""
    mine = version_of(ret)
    if version.isdigit() and mine.isdigit():
        return int(version) < int(mine)
    return at < applied_at(ret)


def counting(ret: Return) -> list[Sequence[str]]:
    """The approvals of the application as it now stands: [version, moment, kind, who], the newest last."""
    live = [a for a in ret.approvals if not outdated(ret, a[0], datetime.fromisoformat(a[1]))]
    reopened = fields_of(ret).get("reopened")
    live = [a for a in live if not reopened or datetime.fromisoformat(a[1]) > datetime.fromisoformat(reopened[1])]
    return sorted(live, key=lambda a: (rank(a[0], datetime.fromisoformat(a[1])), a[2], a[3]))


def approve(ret: Return, version: str, at: datetime, kind: str, who: str) -> None:
    """Note an approval, once."""
    told = [version, at.isoformat(), kind, who]
    if told not in ret.approvals:
        ret.approvals = [*ret.approvals, told]


# ---- what follows
@RETURN.infers
def facts(ret: Return) -> Iterator[Told]:
    yield from _approved(ret)
    yield from _sent_back(ret)
    if ret.platform_paid_at:
        yield Told("auto_refund", ret.platform_paid_at, Who.PLATFORM.word)
    yield from _settled(ret)


def _approved(ret: Return) -> Iterator[Told]:
    """From when the application that it is of was made: which version an approval is of is decided above."""
    live = counting(ret)
    if not live:
        return
    _version, at, _kind, who = live[-1]
    until = ret.struck.get("approve")
    least = [datetime.fromisoformat(until) + A_MOMENT] if until else []
    yield Told("approve", max([datetime.fromisoformat(at), *least]), who)


def _sent_back(ret: Return) -> Iterator[Told]:
    """Parcels that count, of a kind whose goods come back; of other kinds they are only recorded."""
    if ret.comes_back:
        yield from (Told("send_back", p.sent_at) for p in ret.belongings.live() if p.sent_at)


def _settled(ret: Return) -> Iterator[Told]:
    refund = ret.belongings.order.purse.of_cause(ret.money) if ret.money else None
    if refund is not None and refund.state in ENDS_IT and refund.settled_at:
        yield Told("settle", refund.settled_at, Who.SYSTEM.word)
