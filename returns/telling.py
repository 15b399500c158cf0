"""What the story of a case holds of returns beside their steps: evidence, offers, parcels that come back."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows.asks import yuan
from flows.story import Happening, about, person
from shops.punctuation import bracketed
from shops.roles import LABELS

from .models import Evidence, Offer, PackTaken, Return

if TYPE_CHECKING:
    from .case import Papers

ICONS = {"photo": "image", "words": "message-square"}
KINDS = {"cash": gettext_lazy("补偿现金"), "gift": gettext_lazy("补寄赠品"), "coupon": gettext_lazy("优惠券")}


def happenings(ret: Return, papers: Papers, *, alone: bool) -> Iterator[Happening]:
    """alone: the order has no other return, so nothing need say of which it is."""
    which = "" if alone else about(ret, alone=False)
    if ret.words:
        yield Happening(
            ret.created_at, "words", "message-square", _("客户说明"), details=[ret.words], about=which,
            joins=("return.start",),
        )  # fmt: skip
    yield from _evidence(papers, which)
    for offer in ret.belongings.offers:
        yield _offer(offer, which)
    yield from _parcels(papers, which)
    for taken in papers.packs:
        yield _taken(taken, which)


def _evidence(papers: Papers, which: str) -> Iterator[Happening]:
    """Given one after the other by one person is one line."""
    line: Happening | None = None
    for e, address, small in papers.pictures:
        if line is None or not _goes_on(line, e):
            if line is not None:
                yield line
            line = Happening(
                e.at, "evidence", ICONS.get(e.kind, "file-text"), _("凭证%s") % bracketed(e.get_stage_display()),
                person(e.by, e.giver), str(LABELS.get(e.giver, e.giver)), about=which,
            )  # fmt: skip
        if e.words:
            line.details.append(e.words)
        if address:
            line.pictures.append((address, small, e.name or e.get_kind_display()))
    if line is not None:
        yield line


def _goes_on(line: Happening, e: Evidence) -> bool:
    same = line.by == person(e.by, e.giver) and line.title.endswith(bracketed(e.get_stage_display()))
    return same and (e.at - line.at).total_seconds() < 120


def _taken(taken: PackTaken, which: str) -> Happening:
    seen = _("含买家姓名、电话和地址") if taken.clear else _("买家信息已隐去")
    details = [seen, _("清单指纹 %s") % taken.sha256[:16]]
    return Happening(taken.at, "seen", "eye", _("下载了证据包"), person(taken.by), details=details, about=which)


def _offer(offer: Offer, which: str) -> Happening:
    details = [_("方案 %(n)s：%(words)s") % {"n": n, "words": plan_words(p)} for n, p in enumerate(offer.plans, 1)]
    if offer.leaving_why:
        details.append(_("客户要退的原因：%s") % offer.leaving_why)
    if offer.chosen:
        details.append(_("客户选了方案 %s") % offer.chosen)
    return Happening(
        offer.at, "offer", "wallet", _("提出方案"), person(offer.by), details=details, about=which,
        joins=("return.offer",),
    )  # fmt: skip


def plan_words(plan: dict[str, object]) -> str:
    """现金 ¥20.00 + 运费 ¥10.00：words"""
    parts = [str(dict(KINDS).get(str(plan.get("kind")), plan.get("kind")))]
    if isinstance(amount := plan.get("amount"), int) and amount:
        parts.append(f"¥{yuan(amount)}")
    if isinstance(freight := plan.get("freight"), int) and freight:
        parts.append(_("另退运费 ¥%s") % yuan(freight))
    if plan.get("sku"):
        parts.append(str(plan["sku"]))
    return f"{' '.join(parts)} · {plan.get('words', '')}"


def _parcels(papers: Papers, which: str) -> Iterator[Happening]:
    for p in papers.ret.belongings.parcels:
        if p.sent_at:
            yield Happening(
                p.sent_at, "parcel", "truck", _("客户寄回 %s") % p, about=which, joins=("return.send_back",)
            )
        for at, text in ((parse_datetime(str(at)), str(text)) for at, text in p.track):
            if at:
                yield Happening(at, "parcel", "map-pin", text, details=[str(p)], about=which)
        if p.received_at:
            title = _("仓库收到 %s") % p
            yield Happening(
                p.received_at, "parcel", "package-check", title, person(p.received_by),
                details=[title, *([p.words] if p.words else [])], about=which, joins=("return.receive",),
            )  # fmt: skip
