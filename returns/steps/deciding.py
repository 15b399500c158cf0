"""Agreed or refused: by an agent, by shop or platform, by the clock where the limits let it. Procedures 4 and 5."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import FollowUp, Implies, Moot, Refused
from flows.table import OUTSIDE, PEOPLE, Who
from shops import policy
from shops.punctuation import listed

from .. import applied, eligibility, facts, freight, paying, replacing, store, unshipped
from ..ends import begun_again, lapse
from ..models import Return
from ..outside import linked, says
from ..tables import RETURN


# ---- approve
@RETURN.told("approve")
def told_approve(
    ret: Return, at: datetime, *, version: str = "", kind: str = "", status: str = "",
    due_at: datetime | None = None, again: bool = False, **_inputs: Any,
) -> Iterator[FollowUp]:  # fmt: skip
    """Every approval is kept; it counts if it is of the application as it now stands (returns/facts.py).

    People approve what they see. again: what was approved before is carried out another way.
    """
    if again:
        return
    if not ret.caller & OUTSIDE:
        version, at = facts.version_of(ret), max(at, facts.applied_at(ret))
    facts.approve(ret, version, at, kind, ret.caller.word)
    clock = "send_back" if ret.comes_back else "dispatch"
    yield from says(ret, at, clock=clock, status=status, due_at=due_at)
    if facts.outdated(ret, version, at):
        yield Moot(_("已记录；同意的是修改之前的申请"))


@RETURN.on("approve")
def approve(
    ret: Return, *, address: Mapping[str, str] | None = None, mind: str = "", freight_by: str = "",
    freight_why: str = "", override_why: str = "", **_told: Any,
) -> Iterator[FollowUp]:  # fmt: skip
    """What is left out follows from the shop's rules. By kind: the goods come back, only money goes, only goods go."""
    facts.name_kind(ret)
    applied.judge(ret)
    _may_approve(ret, override_why.strip())
    yield from lapse(ret)
    begun_again(ret)
    ret.override_why = override_why.strip()[:200]
    freight.decide(ret, freight_by, freight_why)
    ret.mind = mind.strip()
    if ret.comes_back:
        ret.address = dict(address or ret.address or policy.of(ret.shop_id).after_sales.return_address)
    if ret.way == "money":
        yield from _give_back(ret)
    elif ret.way == "goods":
        yield from replacing.open_(ret)


def _give_back(ret: Return) -> Iterator[FollowUp]:
    """What has not left is cancelled; what the platform says it has refunded is not paid by us as well."""
    if unshipped.still_here(ret):
        yield from unshipped.drop(ret)
    elif unshipped.closed_as_refunded(ret.order) and ret.order.received > 0:
        yield from paying.by_platform(ret, ret.moment)
    else:
        yield from paying.pay(ret)


def _may_approve(ret: Return, override_why: str) -> None:
    """The clock sends for goods only, and only where every rule agrees; a person goes against the rules with a reason.

    What shop or platform have approved has happened.
    """
    standing = eligibility.standing(ret.eligibility)
    if ret.caller & Who.CLOCK and (standing != eligibility.ELIGIBLE or ret.way != "send"):
        raise Refused(_("这样的申请要由人决定，不会超时自动同意"), "refused")
    if ret.caller & PEOPLE and standing == eligibility.NO and len(override_why) < 2:
        whys = listed([v["why"] for v in ret.eligibility if v["verdict"] == eligibility.NO])
        raise Refused(_("按规则不能同意：%(why)s。要破例，请填写原因") % {"why": whys}, "refused")


# ---- refuse
@RETURN.told("refuse")
def told_refuse(
    ret: Return, at: datetime, *, why: str = "", links: Sequence[str] = (), version: str = "", status: str = "",
    due_at: datetime | None = None,
) -> Iterator[FollowUp]:  # fmt: skip
    """Of an application that has changed since it only says what was thought of the old one."""
    yield from linked(ret, links, "refusal")
    yield from says(ret, at, clock="respond", status=status, due_at=due_at)
    if facts.outdated(ret, version, at):
        yield Moot(_("已记录；拒绝的是修改之前的申请"))
    else:
        yield Implies("refuse", at, {"why": why[:200]})


@RETURN.on("refuse")
def refuse(ret: Return, *, why: str = "", proof: Sequence[int] = ()) -> Iterator[FollowUp]:
    """With proof that was given for this return before."""
    store.checked(ret, proof)
    ret.refusal = why
    return lapse(ret)
