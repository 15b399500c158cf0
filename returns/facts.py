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


# ---- the application: a register, the newest (version, moment) of each of its fields wins
def version_of(ret: Return) -> str:
    return ret.applied[0] if ret.applied else ""


def applied_at(ret: Return) -> datetime:
    """When the application, as it now stands, was made."""
    return datetime.fromisoformat(ret.applied[1]) if ret.applied else ret.created_at


def fields_of(ret: Return) -> dict[str, list[str]]:
    """{field: [version, moment]} of what was said last of it; of the kind also what was said."""
    return dict(ret.applied[2]) if len(ret.applied) > 2 else {}


def revised(ret: Return) -> bool:
    """Has the application changed since it was made?"""
    return bool(fields_of(ret).get("start") != ret.applied[:2])


def begin(ret: Return, version: str) -> None:
    """The application as it was made."""
    ret.applied = [version, ret.moment.isoformat(), {}]
    ret.applied = [*ret.applied[:2], {"start": ret.applied[:2], "kind": [*ret.applied[:2], str(ret.kind)]}]


def compared(version: str, at: datetime, other: str, then: datetime) -> int:
    """Is this word newer (1) or older (-1) than the other, or of the same moment (0)? By version where both have one,
    else by time: a source that counts versions may be amended by one that does not."""
    if version.isdigit() and other.isdigit() and int(version) != int(other):
        return 1 if int(version) > int(other) else -1
    return (at > then) - (at < then)


def against(ret: Return, field: str, version: str, at: datetime) -> int:
    """Is this word about the field newer (1) or older (-1) than what is known of it, or of the same moment (0)?"""
    was = (fields_of(ret).get(field) or fields_of(ret).get("start") or ret.applied)[:2]
    if not was:
        return 1
    return compared(version, at, was[0], datetime.fromisoformat(was[1]))


def newer(ret: Return, version: str, at: datetime) -> bool:
    """Is this version of the application newer than the one we know?"""
    return not ret.applied or compared(version, at, version_of(ret), applied_at(ret)) > 0


def reopen(ret: Return) -> None:
    """What was reported up to now says nothing of the return any more."""
    now = ret.moment.isoformat()
    ret.applied = [*ret.applied[:2], {**fields_of(ret), "reopened": ["", now]}]
    ret.struck = {**ret.struck, "withdraw": now}
    ret.fact = ""


def dismiss(ret: Return) -> None:
    """What was agreed up to now has lost its force: only what is agreed later says where the return goes."""
    ret.applied = [*ret.applied[:2], {**fields_of(ret), "dismissed": ["", ret.moment.isoformat()]}]
    ret.fact = ""


def _since(ret: Return, *ends: str) -> datetime | None:
    """The last of these; what was said before it counts no more."""
    said = [fields_of(ret)[name][1] for name in ends if name in fields_of(ret)]
    return max((datetime.fromisoformat(at) for at in said), default=None)


def apply(ret: Return, version: str, at: datetime, told: Mapping[str, Any]) -> None:
    """These fields were said; the application is as new as the newest of them."""
    fields = fields_of(ret)
    for name in told:
        fields[name] = [version, at.isoformat(), *([str(told[name])] if name == "kind" else [])]
    ret.applied = [*([version, at.isoformat()] if newer(ret, version, at) else ret.applied[:2]), fields]


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
    since = _since(ret, "reopened", "dismissed")
    known = [(a, datetime.fromisoformat(a[1])) for a in ret.approvals]
    live = [(a, at) for a, at in known if not outdated(ret, a[0], at) and (since is None or at > since)]
    return [a for a, at in sorted(live, key=lambda pair: (rank(pair[0][0], pair[1]), pair[0]))]


def approve(ret: Return, version: str, at: datetime, kind: str, who: str) -> None:
    """Note an approval, once."""
    told = [version, at.isoformat(), kind, who]
    if told not in ret.approvals:
        ret.approvals = [*ret.approvals, told]


def name_kind(ret: Return) -> None:
    """The newest approval may name another kind than was applied for (a ruling): that one counts."""
    named = next((a[2] for a in reversed(counting(ret)) if a[2]), "")
    if named and named != ret.kind:
        ret.applied = [*ret.applied[:2], {**fields_of(ret), "named": [named]}]
        ret.kind = named


def unname_kind(ret: Return) -> None:
    """An approval's kind falls with it."""
    fields = fields_of(ret)
    if fields.pop("named", None) == [ret.kind]:
        ret.kind = kind_asked(ret)
    ret.applied = [*ret.applied[:2], fields]


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
    """Parcels that count, of a kind whose goods come back; of other kinds they are only recorded. What was under way
    when the platform dismissed the return is under way still, should it rule otherwise later."""
    since = _since(ret, "reopened")
    if ret.comes_back:
        sent = (p.sent_at for p in ret.belongings.live() if p.sent_at)
        yield from (Told("send_back", at) for at in sent if since is None or at > since)


def _settled(ret: Return) -> Iterator[Told]:
    refund = ret.belongings.order.purse.of_cause(ret.money) if ret.money else None
    if refund is not None and refund.state in ENDS_IT and refund.settled_at:
        yield Told("settle", refund.settled_at, Who.SYSTEM.word)
