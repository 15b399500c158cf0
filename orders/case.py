"""Everything of an order's case on one page, read in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows.asks import yuan
from flows.due import local
from flows.forms import Line as FormLine
from flows.forms import Offer
from flows.story import Happening, person
from shops.punctuation import labelled, listed
from shops.roles import LABELS

from . import goods, money, personal, queries, query_page, stock
from .annexes import ANNEXES, Annex
from .asks import CHANNELS
from .causes import cause_words, made_of
from .models import (
    Amendment,
    Contact,
    Entry,
    LogisticsQuery,
    Order,
    Product,
    QueryNote,
    Refund,
    Related,
    StockOut,
)
from .states import P, R

TONES = {
    P.SIGNED: "good", P.PROBLEM: "late", P.LOST: "late", P.REFUSED: "late", P.RETURNED: "soon", P.RETURNING: "soon",
}  # fmt: skip

MONEY_TONES = {
    R.DRAFTED: "soon", R.UNKNOWN: "late", R.FAILED: "late", R.SUCCEEDED: "good", R.CONFIRMED: "good",
    R.CANCELLED: "done",
}  # fmt: skip


@dataclass
class Case:
    """An order with what belongs to it. stock_out: the one that the page is about, or the open one."""

    order: Order
    stock_out: StockOut | None = None
    buyer: Any = None
    products: dict[str, Product] = field(default_factory=dict)
    contacts: list[Contact] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    replacements: list[Order] = field(default_factory=list)
    queries: list[LogisticsQuery] = field(default_factory=list)
    notes: list[QueryNote] = field(default_factory=list)  # what was said in the queries
    kept: dict[str, Any] = field(default_factory=dict)  # what upper floors have added (annexes)
    page: Any = None  # what the page of an upper floor's subject shows beside
    opens: list[tuple[str, str]] = field(default_factory=list)  # (words, address): what may be begun from here

    @property
    def stock_outs(self) -> list[StockOut]:
        return self.order.goods.stock_outs

    @property
    def refunds(self) -> list[Refund]:
        return self.order.purse.refunds

    @property
    def money_back(self) -> list[tuple[Refund, str, str, str]]:
        """(refund, what for, what it is made of, its tone)"""
        return [(r, cause_words(r), made_of(r), MONEY_TONES.get(R(r.state), "theirs")) for r in self.refunds]

    @property
    def lines(self) -> list[tuple[Any, Product | None, int]]:
        """(line, product, how many of it are missing)"""
        missing = {m["line"]: m["quantity"] for m in self.stock_out.lines} if self.stock_out else {}
        return [(x, self.products.get(x.sku), missing.get(x.line, 0)) for x in self.order.goods.lines]

    @property
    def parcels(self) -> list[tuple[Any, str, Sequence[tuple[str, str]]]]:
        """(parcel, its tone, its track): green arrived, red in trouble, grey recalled."""
        found, now = [], timezone.now()
        for p in self.order.goods.parcels:
            tone = "done" if p.void else TONES.get(P(p.status), "theirs")
            found.append((p, tone, tracked(p, self.order.shop_id, now)))
        return found

    @property
    def bar(self) -> list[tuple[str, str, int, int, int]]:
        """(kind, words, fen, percent, where it begins) of the money that came in: kept, being refunded, refunded."""
        paid, back, pending = self.order.paid, self.order.refunded, self.order.purse.pending()
        parts = [
            ("kept", _("留存"), paid - back - pending),
            ("pending", _("退款中"), pending),
            ("back", _("已退"), back),
        ]
        found, begins = [], 0
        for kind, words, amount in parts:
            if amount > 0 and paid > 0:
                percent = round(100 * amount / paid)
                found.append((kind, words, amount, percent, begins))
                begins += percent
        return found

    @property
    def annexes(self) -> list[tuple[Annex, Any]]:
        """(annex, what it keeps) of those that have a part in the facts."""
        return [(a, self.kept[a.name]) for a in ANNEXES if a.template and a.name in self.kept]

    @property
    def reasons(self) -> list[str]:
        return personal.reasons()

    @property
    def worth(self) -> int:
        """What was paid for the lines still in the order."""
        return sum(x.worth for x in self.order.goods.lines)

    def form_lines(self, *, unshipped: bool = False) -> list[FormLine]:
        left = self.order.goods.unshipped() if unshipped else self.order.goods.owed()
        return [
            FormLine(x.line, x.title, x.sku, left[x.line], x.paid) for x in self.order.goods.lines if left.get(x.line)
        ]


def bring(order: Order, stock_out: StockOut | None = None) -> Case:
    """Load the case: lines, parcels, stock-outs, payments, refunds, products, contacts, what to offer."""
    goods.bring([order])
    money.bring([order])
    stock_out = stock_out or order.goods.open_stock_out()
    case = Case(order, stock_out)
    skus = {x.sku for x in order.goods.lines if x.sku}
    case.products = {p.sku: p for p in Product.objects.filter(shop=order.shop_id, sku__in=skus)}
    case.contacts = list(Contact.objects.filter(stock_out__in=[s.pk for s in case.stock_outs]).order_by("pk"))
    case.replacements = list(Order.objects.filter(replaces=order).only("pk", "number"))
    case.offers = offers(case) if stock_out else []
    case.queries = queries.of(order)
    if case.queries:
        case.notes = list(QueryNote.objects.filter(query__in=[q.pk for q in case.queries]).order_by("pk"))
    for query in case.queries:
        query.order, query.shop = order, order.shop
    return case


def offers(case: Case) -> list[Offer]:
    """The related products of the missing lines, the best first."""
    assert case.stock_out is not None
    missing = {m["line"] for m in case.stock_out.lines}
    wanted = [p.pk for x, p, _n in case.lines if p and x.line in missing]
    found = {p.sku: p for p in stock.instead(Related.objects.filter(product__in=wanted))}
    return [Offer(p.sku, p.title, _about(p), p.picture) for p in found.values()]


def _about(product: Product) -> str:
    return " · ".join(filter(None, (product.sku, f"¥{yuan(product.price)}", product.in_store)))


# ---- the story beside steps and clocks
def happenings(case: Case) -> Iterator[Happening]:
    yield from _contacts(case)
    yield from query_page.happenings(case)
    yield from _amendments(case)
    yield from _money(case)
    yield from _parcels(case)
    for look in personal.looks(case.order):
        why = look.change_message.removeprefix(personal.PREFIX)
        yield Happening(look.action_time, "seen", "eye", _("查看了买家信息"), look.user.get_username(), details=[why])


def _contacts(case: Case) -> Iterator[Happening]:
    channels = dict(CHANNELS)
    for c in case.contacts:
        details = [c.words, *([_("推荐：%s") % listed(c.offered)] if c.offered else [])]
        details += [_("没有推荐：%s") % c.none_why] if c.none_why else []
        title = _("联系客户（%s）") % channels.get(c.channel, c.channel)
        role = str(LABELS.get(c.by, ""))
        yield Happening(
            c.at,
            "contact",
            "message-square",
            title,
            person(c.by, c.by),
            role,
            [title, *details],
            joins=("stock_out.contact",),
        )


NAMES = {
    "sku": gettext_lazy("货号"),
    "title": gettext_lazy("商品"),
    "quantity": gettext_lazy("数量"),
    "paid": gettext_lazy("实付"),
}


def _amendments(case: Case) -> Iterator[Happening]:
    for a in Amendment.objects.filter(order=case.order).order_by("pk"):
        details = [line for key, (was, now) in a.changed().items() for line in _changed(case, key, was, now)]
        title = _("修改订单") if a.applied else _("修改订单（已有更新的修改，未生效）")
        role = str(LABELS.get(a.by, ""))
        yield Happening(a.at, "amend", "pencil", title, person(a.by, a.by), role, details, joins=("order.amend",))


def _changed(case: Case, key: str, was: Any, now: Any) -> Iterator[str]:
    """What was and what is; personal data only where it is shown anyway."""
    if not key.startswith("line:"):
        clear = case.buyer is not None and case.buyer.clear
        name = {"address": _("地址"), "buyer": _("收货人")}.get(key, key)
        yield labelled(name, f"{_plain(was)} → {_plain(now)}") if clear else _("%s已改") % name
        return
    for part, value in (now or {}).items():
        if (was or {}).get(part) != value:
            old, new = (
                (f"¥{yuan(v)}" if part == "paid" and v is not None else v) for v in ((was or {}).get(part), value)
            )
            yield _("行 %(line)s %(what)s：%(old)s → %(new)s") % {
                "line": key.removeprefix("line:"), "what": NAMES.get(part, part), "old": old, "new": new,
            }  # fmt: skip


def _plain(value: Any) -> str:
    return " ".join(str(v) for v in value.values() if v) if isinstance(value, dict) else str(value or "—")


JOINED = {"paid": ("order.pay",)}


def _cause(cause: str) -> list[str]:
    """payment:T17 -> 支付单号 T17; what is no number of anybody's is left out."""
    kind, _colon, key = cause.partition(":")
    words = {"payment": _("支付单号 %s"), "refund": _("退款单号 %s"), "missed": _("退款单号 %s")}.get(kind)
    return [words % key.partition(":")[0]] if words and key else []


def _money(case: Case) -> Iterator[Happening]:
    kinds = dict(Entry.KINDS)
    for entry in Entry.objects.filter(order=case.order).order_by("pk"):
        title = f"{kinds.get(entry.kind, entry.kind)} ¥{yuan(entry.amount)}"
        tone = "good" if entry.amount > 0 else ""
        joins = JOINED.get(entry.kind, ())
        details = [*([title] if joins else []), *_cause(entry.cause)]
        yield Happening(entry.at, "money", "wallet", title, details=details, tone=tone, joins=joins)


def _parcels(case: Case) -> Iterator[Happening]:
    for p in case.order.goods.parcels:
        if p.shipped_at:
            joins = ("order.ship", "order.ship_part")
            yield Happening(p.shipped_at, "parcel", "truck", _("交给快递 %s") % p, joins=joins)
        elif p.packed_at:
            yield Happening(p.packed_at, "parcel", "package", _("打包 %s") % p)
        points = [(parse_datetime(str(at)), str(text)) for at, text in p.track]
        for at, text in points:
            if at:
                yield Happening(at, "parcel", "map-pin", text, details=[str(p)])
        known = {at for at, _text in points}
        if p.status_at and p.status not in (P.PACKED, P.ANNOUNCED) and p.status_at not in known:
            yield Happening(p.status_at, "parcel", "map-pin", p.get_status_display(), details=[str(p)])


def tracked(parcel: Any, shop: int, now: Any) -> Sequence[tuple[str, str]]:
    """A parcel's track, newest first: (when, words)."""
    points = [(parse_datetime(str(at)), str(text)) for at, text in parcel.track]
    return [(local(at, shop, now) if at else "", text) for at, text in reversed(points)]
