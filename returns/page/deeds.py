"""What the customer does on the page, carried out: evidence first, then the step, through the one door."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from flows.effects import Refused
from flows.engine import take
from flows.models import Move
from flows.table import Who
from orders import couriers

from .. import advance, asks, store
from . import acts
from .card import CUSTOMER, Card
from .posted import Posted, Wrong, asked, wrong

BY = "customer:page"
# The steps of a refund: name of the act -> the step, and the states in which it is asked.
MONEY = {"received": ("confirm", ("succeeded",)), "missing": ("miss", ("succeeded", "confirmed"))}


def do(card: Card, name: str, posted: Posted) -> None:
    """Raises Wrong (nothing moved; the form comes back) and Refused (it is not open, or the case has moved)."""
    if not acts.may(card, name):
        raise Refused(_("现在不能这样操作，请看页面上最新的情况"), "state", card.ret)
    DEEDS[name](card, posted)


def again(card: Card, name: str, version: int) -> bool:
    """Whether the customer has done this already since then: a form that was sent twice."""
    if name == "advance":
        return card.advance is not None and card.advance.by == BY
    flow, step, of = "return", acts.ACTS[name].step, [card.ret.pk]
    if name in MONEY:
        flow, step, of = "refund", MONEY[name][0], [r.refund.pk for r in card.money]
    moves = Move.objects.filter(flow=flow, subject__in=of, seq__gt=version, step=step, by=BY)
    return version >= 0 and bool(step) and moves.exists()


def _step(card: Card, name: str, posted: Posted, inputs: Mapping[str, Any]) -> None:
    why = str(inputs.get("why", ""))
    take(
        card.ret, acts.ACTS[name].step, who=Who.CUSTOMER, by=BY, at=card.at, why=why, version=posted.version,
        inputs=inputs,
    )  # fmt: skip


def keep_photos(card: Card, posted: Posted, stage: str = "application") -> list[int]:
    """-> the keys of what was sent along, and of what was uploaded before. Good ones stay where another is not taken.

    Raises Wrong, with a line for each that was not taken.
    """
    store.few_enough(posted.photos)
    errors, status, several = [], 400, len(posted.photos) > 1
    for place, upload in enumerate(posted.photos, 1):
        try:
            card.kept.append(store.keep(card.ret, upload, giver=CUSTOMER, by=BY, at=card.at, stage=stage))
        except store.NotKept as refused:
            which = {"place": place, "why": refused.why}
            errors.append(_("第 %(place)s 张：%(why)s") % which if several else refused.why)
            status = refused.status
    known = {e.pk for e in card.given}
    before = [pk for pk in posted.evidence if pk in known]
    card.kept = [*(e for e in card.given if e.pk in before), *card.kept]
    if errors:
        raise Wrong({"photos": errors}, status)
    return list(dict.fromkeys(e.pk for e in card.kept))


# ---- one act each
def evidence(card: Card, posted: Posted) -> None:
    keys, words = keep_photos(card, posted), posted.fields.get("words", "")
    if not keys and not words:
        raise Wrong({"photos": [_("请上传照片，或写下说明")]})
    _step(card, "evidence", posted, asked(asks.GiveEvidence, {"words": words, "evidence": keys or None}, card.ret))


def photos(card: Card, posted: Posted) -> None:
    if not keep_photos(card, posted):
        raise Wrong({"photos": [_("请先选择照片")]})


def accept(card: Card, posted: Posted) -> None:
    if not posted.fields.get("plan"):
        raise Wrong({"plan": [_("请先选一个方案")]})
    inputs = asked(asks.Accept, {"plan": posted.fields["plan"]}, card.ret)
    if card.offer is None or inputs["plan"] > len(card.offer.plans):
        raise Wrong({"plan": [_("请先选一个方案")]})
    _step(card, "accept", posted, inputs)


def decline(card: Card, posted: Posted) -> None:
    _step(card, "decline", posted, asked(asks.Decline, _some(posted, "words"), card.ret))


def parcel(card: Card, posted: Posted) -> None:
    """The carrier is what the customer says, else what the number looks like; no number is refused for its carrier.

    instead_of: the number that was wrong; none: one more parcel.
    """
    number = couriers.normal(posted.fields.get("tracking_number", ""))
    carrier = posted.fields.get("carrier", "") or couriers.guess(number)
    if not number:
        raise Wrong({"tracking_number": [_("请填写快递单号，在快递面单或寄件短信里")]})
    try:
        told = {"carrier": carrier, "tracking_number": number, **_some(posted, "instead_of")}
        inputs = asked(asks.SendBack, told, card.ret)
    except Wrong as error:
        if "tracking_number" in error.errors:
            error.errors["tracking_number"] = [_("快递单号只有字母和数字，4 到 40 位，请核对")]
        raise
    _step(card, "parcel", posted, inputs)


def freight(card: Card, posted: Posted) -> None:
    keep_photos(card, posted, stage="freight")
    _step(card, "freight", posted, asked(asks.PayFreight, _some(posted, "transaction"), card.ret))


def claim(card: Card, posted: Posted) -> None:
    """The freight that the customer has advanced, and the account for it; its proof is a photo of the payment."""
    names = ("amount", "channel", "account", "name", "bank")
    inputs = asked(advance.Advance, {"account": "", "name": "", "amount": "", **_some(posted, *names)}, card.ret)
    keys = keep_photos(card, posted, stage="freight")
    if not keys:
        raise Wrong({"photos": [_("请上传运费的凭证：快递面单或付款截图")]})
    advance.ask(card.ret, inputs, proof=keys[-1], who=Who.CUSTOMER, by=BY, at=card.at)


def plain(name: str) -> Callable[[Card, Posted], None]:
    return lambda card, posted: _step(card, name, posted, {})


def revise(card: Card, posted: Posted) -> None:
    """Only what differs from the application as it stands."""
    said = _some(posted, "kind", "reason", "words")
    changed = {k: v for k, v in said.items() if v != getattr(card.ret, k)}
    keys = keep_photos(card, posted)
    if not changed and not keys:
        raise wrong(_("没有修改任何内容：请改一下类型、原因或说明，或补充照片"))
    _step(card, "revise", posted, asked(asks.Revise, changed or {"words": card.ret.words}, card.ret))


def switch(card: Card, posted: Posted) -> None:
    _step(card, "switch", posted, asked(asks.Switch, _some(posted, "why"), card.ret))


def reopen(card: Card, posted: Posted) -> None:
    if len(posted.fields.get("why", "")) < 2:
        raise Wrong({"why": [_("请写下为什么要重新打开")]})
    _step(card, "reopen", posted, asked(asks.Why, _some(posted, "why"), card.ret))


def money(name: str) -> Callable[[Card, Posted], None]:
    """The refund's own step: the money came, or it did not."""

    def say(card: Card, posted: Posted) -> None:
        step, states = MONEY[name]
        why = _("客户在页面上说没有到账") if step == "miss" else ""
        inputs = {"why": why} if why else {}
        refund = card.came(*states)
        take(refund, step, who=Who.CUSTOMER, by=BY, at=card.at, why=why, version=posted.version, inputs=inputs)

    return say


def _some(posted: Posted, *names: str) -> dict[str, str]:
    return {name: posted.fields[name] for name in names if posted.fields.get(name)}


DEEDS: dict[str, Callable[[Card, Posted], None]] = {
    "evidence": evidence,
    "photos": photos,
    "accept": accept,
    "decline": decline,
    "parcel": parcel,
    "freight": freight,
    "advance": claim,
    "confirm": plain("confirm"),
    "withdraw": plain("withdraw"),
    "revise": revise,
    "switch": switch,
    "reopen": reopen,
    "received": money("received"),
    "missing": money("missing"),
}
