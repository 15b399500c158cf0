"""What the forms of returns and disputes know beside their questions: lines, evidence, what is proposed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flows.asks import yuan
from flows.due import local
from flows.forms import Given, Line, Offer
from orders.case import Case
from shops import policy
from shops.roles import LABELS

from . import amounts, eligibility, freight
from .case import Papers, of
from .models import Dispute, Return, ReturnLine

WAY_BACK, WHY = frozenset({"address", "mind", "freight_by", "freight_why"}), frozenset({"override_why"})
PROOF = ("evidence", "proof", "photos")  # the fields that pick from what was given


def given(subject: Any, case: Case, step: str) -> Given:
    papers = of(case).papers(subject)
    picks = offered(papers)
    return Given(
        zone=policy.of(subject.shop_id).zone,
        lines=lines(papers.ret, case, step),
        offers=dict.fromkeys(PROOF, picks),
        initial={} if isinstance(subject, Dispute) else proposed(papers.ret, step),
        without=idle(papers.ret) if step == "approve" else frozenset(),
        needed=WHY if step == "approve" and standing(papers.ret) == "no" else frozenset(),
    )


def idle(ret: Return) -> frozenset[str]:
    """An approval's questions that do not arise: of the way back where nothing comes back, why against the rules where
    they are not against it."""
    return (frozenset() if ret.comes_back else WAY_BACK) | (frozenset() if standing(ret) == "no" else WHY)


def standing(ret: Return) -> str:
    """The worst verdict on its application: eligible, no, person; "" where it was not judged."""
    return eligibility.standing(ret.eligibility) if ret.eligibility else ""


def offered(papers: Papers) -> list[Offer]:
    """Its evidence, the newest first, each with who gave it and when."""
    found = []
    for e, _address, small in reversed(papers.pictures):
        note = f"{LABELS.get(e.giver, e.giver)} · {local(e.at, e.shop_id, e.at)}"
        found.append(Offer(str(e.pk), e.name or e.words[:40] or e.get_kind_display(), note, small))
    return found


def lines(ret: Return, case: Case, step: str) -> list[Line]:
    """Of the return; for a change of the application, of the order; for the inspection, what is here."""
    if step == "revise":
        return case.form_lines()
    found = [(x, x.received if step == "inspect" else x.quantity) for x in ret.belongings.lines]
    return [_line(x, most) for x, most in found if most]


def _line(x: ReturnLine, most: int) -> Line:
    return Line(x.line.line, x.line.title, x.line.sku, most, x.line.paid)


def proposed(ret: Return, step: str) -> Mapping[str, Any]:
    """What the form is filled with: left as it is, it means the same as nothing said."""
    propose = PROPOSED.get(step)
    return propose(ret) if propose else {}


def _approve(ret: Return) -> Mapping[str, Any]:
    shop = policy.of(ret.shop_id).after_sales
    return {"freight_by": freight.bears(ret).payer, "address": dict(ret.address or shop.return_address)}


def _refund(ret: Return) -> Mapping[str, Any]:
    due = amounts.due(ret)
    return {"goods": yuan(due.goods), "freight": yuan(due.freight), "compensation": yuan(due.compensation)}


def _revise(ret: Return) -> Mapping[str, Any]:
    asked = "" if ret.amount is None else yuan(ret.amount)
    return {"kind": ret.kind, "reason": ret.reason, "amount": asked, "words": ret.words}


def _ask_freight(ret: Return) -> Mapping[str, Any]:
    asked = policy.of(ret.shop_id).after_sales.exchange_freight
    return {"amount": yuan(asked)} if asked else {}


def _pay_freight(ret: Return) -> Mapping[str, Any]:
    return {"amount": yuan(ret.freight_asked)} if ret.freight_asked else {}


PROPOSED = {
    "approve": _approve,
    "refund": _refund,
    "revise": _revise,
    "ask_freight": _ask_freight,
    "pay_freight": _pay_freight,
}
