"""Returns and disputes on the page of their order's case, read in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows.story import Happening
from orders.annexes import Annex, register
from orders.case import TONES, Case, tracked
from orders.states import P
from orders.states import S as O
from shops.access import Caller
from shops.scoped_admin import caller_of

from . import belongings, freight, telling
from .models import BackParcel, CourierClaim, Dispute, Evidence, FreightAdvance, PackTaken, Return
from .parcels import named
from .states import Payer
from .tables import RETURN

OPENS = {"agent", "lead"}  # who opens a return or a dispute at the desk
SOURCES = {
    "hook": gettext_lazy("平台"), "desk": gettext_lazy("客服登记"), "page": gettext_lazy("客户页面"),
    "api": gettext_lazy("接口"), "parcel": gettext_lazy("拒收/退回的包裹"), "stock_out": gettext_lazy("缺货"),
    "logistics": gettext_lazy("丢件/破损"),
}  # fmt: skip
CAUSES = ("return", "freight", "compensation", "exchange", "platform")  # a refund's cause names the return by its key


@dataclass
class Papers:
    """What one return's page shows beside its belongings."""

    ret: Return
    evidence: list[Evidence] = field(default_factory=list)
    advance: FreightAdvance | None = None
    claims: list[CourierClaim] = field(default_factory=list)
    packs: list[PackTaken] = field(default_factory=list)

    @property
    def verdicts(self) -> list[tuple[Mapping[str, Any], str]]:
        """(verdict, its tone), the worst first."""
        tones = {"no": "late", "person": "soon", "eligible": "good"}
        found = [(v, tones.get(v.get("verdict", ""), "done")) for v in self.ret.eligibility]
        return sorted(found, key=lambda pair: list(tones.values()).index(pair[1]) if pair[1] in tones.values() else 3)

    @property
    def pictures(self) -> list[tuple[Evidence, str, str]]:
        """(evidence, the address of it, that of its thumbnail; "" where there is none)"""
        return [(e, address_of(e), address_of(e, small=True)) for e in self.evidence]

    @property
    def parcels(self) -> list[tuple[BackParcel, str, Sequence[tuple[str, str]]]]:
        """(parcel, its tone, its track)"""
        now = timezone.now()
        return [(p, _tone(p), tracked(p, self.ret.shop_id, now)) for p in self.ret.belongings.parcels]

    @property
    def refunds(self) -> list[Any]:
        """Those of its order that are for it."""
        causes = {f"{word}:{self.ret.pk}" for word in CAUSES} | {self.ret.money}
        return [r for r in self.ret.order.purse.refunds if r.cause in causes]

    @property
    def freight(self) -> str:
        """Who bears the freight of the way back, and why."""
        if self.ret.freight_by:
            return _payer(self.ret.freight_by, self.ret.freight_why)
        borne = freight.bears(self.ret)
        return _payer(borne.payer, borne.why)

    @property
    def source(self) -> str:
        return str(SOURCES.get(self.ret.opened_by, self.ret.opened_by or "—"))

    @property
    def outward(self) -> list[tuple[str, Mapping[str, Any]]]:
        """(words, parcel) of what went to the customer with it: the replacement, the customer's own goods."""
        told = ((_("换货/补寄"), self.ret.reshipped), (_("原货寄回客户"), self.ret.went_home))
        return [(words, named(parcel)) for words, parcel in told if parcel.get("tracking_number")]

    @property
    def platform_dues(self) -> list[tuple[str, datetime]]:
        """(clock, moment) of each deadline that the platform itself has named, while the return is open."""
        if self.ret.state in RETURN.final:
            return []
        said = {name.partition("/")[0]: pair[0] for name, pair in self.ret.dues.items()}
        return [(str(c.label), datetime.fromisoformat(said[c.name])) for c in RETURN.clocks if c.name in said]


@dataclass
class Kept:
    """All returns of an order, the newest last, with their disputes."""

    returns: list[Return]

    @property
    def disputes(self) -> list[Dispute]:
        return [d for r in self.returns for d in r.belongings.disputes]

    def papers(self, subject: Any) -> Papers:
        """Of this return, or of the return that this dispute is about."""
        pk = subject.of_id if isinstance(subject, Dispute) else subject.pk
        found: Papers = next(r.papers for r in self.returns if r.pk == pk)
        return found

    def stands_for(self, ret: Return) -> None:
        """The page's own subject is one of them: it takes its twin's place."""
        for i, twin in enumerate(self.returns):
            if twin.pk == ret.pk:
                ret.order, ret.belongings, ret.papers = twin.order, twin.belongings, twin.papers
                ret.belongings.ret = ret.papers.ret = self.returns[i] = ret

    def stands_for_dispute(self, dispute: Dispute) -> None:
        for r in self.returns:
            r.belongings.disputes = [dispute if d.pk == dispute.pk else d for d in r.belongings.disputes]
            if r.pk == dispute.of_id:
                dispute.of, dispute.order = r, r.order


@dataclass(frozen=True)
class Here:
    """What the page of a return or of its dispute shows and offers beside the steps. warehouse, pack: addresses."""

    papers: Papers
    may_work: bool
    may_dispute: bool
    may_keep: bool
    warehouse: str
    pack: str

    @property
    def stages(self) -> list[tuple[str, Any]]:
        return list(Evidence.STAGES)


def _payer(word: str, why: str) -> str:
    label = Payer(word).label
    return f"{label} · {why}" if why else str(label)


def _tone(parcel: BackParcel) -> str:
    if parcel.bounced_at:
        return "late"
    return "good" if parcel.received_at else TONES.get(P(parcel.status), "theirs")


def address_of(evidence: Evidence, *, small: bool = False) -> str:
    """Where the desk shows it; "" for words, and for a thumbnail of what has none."""
    if evidence.url or not evidence.file or (small and evidence.kind != "photo"):
        return "" if small else evidence.url
    found = reverse("admin:returns_return_evidence", args=[evidence.of_id, evidence.pk])
    return f"{found}?size=small" if small else found


def of(case: Case) -> Kept:
    """What the case keeps of returns."""
    found: Kept = case.kept[ReturnsAnnex.name]
    return found


def fill(returns: Sequence[Return]) -> None:
    """The papers of these returns, whose belongings are loaded: four statements."""
    by_pk = {r.pk: Papers(r) for r in returns}
    for e in Evidence.objects.filter(of__in=list(by_pk), erased_at=None).order_by("at", "pk"):
        by_pk[e.of_id].evidence.append(e)
    for advance in FreightAdvance.objects.filter(of__in=list(by_pk)):
        by_pk[advance.of_id].advance = advance
    for claim in CourierClaim.objects.filter(of__in=list(by_pk)).order_by("pk"):
        by_pk[claim.of_id].claims.append(claim)
    for taken in PackTaken.objects.filter(of__in=list(by_pk)).order_by("pk"):
        by_pk[taken.of_id].packs.append(taken)
    for r in returns:
        r.papers = by_pk[r.pk]


def bring(case: Case) -> Kept | None:
    """The returns of the case's order with all that belongs to them; None where there is none."""
    order = case.order
    returns = list(Return.objects.filter(order=order.pk).order_by("pk"))
    if not returns:
        return None
    belongings.bring(returns, {order.pk: order})
    fill(returns)
    for r in returns:
        r.shop = order.shop
        for d in r.belongings.disputes:
            d.of, d.order, d.shop = r, order, order.shop
    return Kept(returns)


def may_open(caller: Caller, shop_id: int) -> bool:
    return bool(OPENS & set(caller.roles_in(shop_id)))


class ReturnsAnnex(Annex):
    name = "returns"
    template = "desk/returns_of_order.html"

    def bring(self, request: HttpRequest, case: Case) -> Kept | None:
        return bring(case)

    def family(self, kept: Kept) -> Mapping[str, Sequence[Any]]:
        return {"return": kept.returns, "dispute": kept.disputes}

    def happenings(self, case: Case, kept: Kept) -> Iterable[Happening]:
        for ret in kept.returns:
            yield from telling.happenings(ret, ret.papers, alone=len(kept.returns) == 1)

    def opens(self, request: HttpRequest, case: Case) -> Iterable[tuple[str, str]]:
        order = case.order
        if not _left(case):
            return
        unpaid = order.state == O.AWAITING_PAYMENT or (not order.paid and order.state == O.CLOSED)
        if may_open(caller_of(request), order.shop_id) and not unpaid:
            yield str(_("登记售后")), reverse("admin:returns_return_open", args=[order.pk])


def _left(case: Case) -> bool:
    """Whether anything of the order is in no return yet."""
    asked: dict[int, int] = {}
    kept: Kept | None = case.kept.get(ReturnsAnnex.name)
    for ret in kept.returns if kept else ():
        for x in ret.belongings.lines if ret.state not in belongings.OVER else ():
            asked[x.line_id] = asked.get(x.line_id, 0) + x.quantity - x.dropped
    return any(line.owed > asked.get(line.pk, 0) for line in case.order.goods.lines)


register(ReturnsAnnex())
