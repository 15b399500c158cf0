"""How each variable is filled from the case. The vocabulary (variables.py) says it in words; here it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from flows.asks import yuan
from flows.due import local
from orders.phones import masked_name
from orders.states import S
from shops import policy

from ..judging.rules import promises
from .case import ReplyCase
from .variables import VARIABLES

Fill = Callable[[ReplyCase], str]
FILLS: dict[str, Fill] = {}
LONGEST = 200  # characters of one value
UNSHIPPED = (S.AWAITING_CONFIRMATION, S.AWAITING_AUDIT, S.PICKING, S.OUT_OF_STOCK, S.PACKED, S.PARTLY_SHIPPED)
OFFERS = ("price", "gift")  # of what a shop promises: what runs for everybody


class Values(Mapping[str, str]):
    """The case's value of every variable, found when it is asked for; "" where the case has none."""

    def __init__(self, case: ReplyCase) -> None:
        self.case, self._found = case, dict[str, str]()

    def __getitem__(self, name: str) -> str:
        if name not in self._found:
            self._found[name] = " ".join(FILLS[name](self.case).split())[:LONGEST]
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(VARIABLES)

    def __len__(self) -> int:
        return len(VARIABLES)


def fills(name: str) -> Callable[[Fill], Fill]:
    return lambda func: FILLS.setdefault(name, func)


def _moment(case: ReplyCase, at: datetime | None) -> str:
    return local(at, case.ticket.shop_id, case.at) if at else ""


# ---- who
@fills("买家")
def buyer(case: ReplyCase) -> str:
    name = case.ticket.customer.name if case.ticket.customer else ""
    name = name or (case.order.buyer_name if case.order else "")
    return name if case.clear else masked_name(name)


@fills("客服")
def speaker(case: ReplyCase) -> str:
    return case.speaker


@fills("店铺")
def shop(case: ReplyCase) -> str:
    return case.ticket.shop.name


# ---- the order
@fills("订单号")
def number(case: ReplyCase) -> str:
    return case.order.number if case.order else ""


@fills("商品")
def products(case: ReplyCase) -> str:
    lines = [x for x in case.goods.lines if x.owed] if case.goods else []
    if len(lines) < 2:
        return lines[0].title if lines else ""
    return f"{lines[0].title}等 {sum(x.owed for x in lines)} 件"


@fills("实付金额")
def paid(case: ReplyCase) -> str:
    return yuan(case.order.paid) if case.order and case.order.paid else ""


@fills("收货地址")
def address(case: ReplyCase) -> str:
    told = case.order.address if case.order else {}
    region = "".join(str(told.get(part) or "") for part in ("province", "city", "district"))
    detail = str(told.get("detail") or "")
    return region + (detail if case.clear else "****" if detail else "")


@fills("发货时限")
def ship_by(case: ReplyCase) -> str:
    unshipped = case.order is not None and case.order.state in UNSHIPPED
    return _moment(case, case.due("order", "ship")) if unshipped else ""


# ---- the parcel
@fills("快递公司")
def courier(case: ReplyCase) -> str:
    return case.parcel.courier if case.parcel else ""


@fills("快递单号")
def tracking_number(case: ReplyCase) -> str:
    return case.parcel.tracking_number if case.parcel else ""


@fills("物流动态")
def track(case: ReplyCase) -> str:
    return str(case.parcel.track[-1][1]) if case.parcel and case.parcel.track else ""


def _expected(case: ReplyCase) -> datetime | None:
    """What the customer was told, if it still lies ahead; else when it is to be there."""
    told = case.query.expected_at if case.query else None
    return told if told and told > case.at else _ahead(case, case.due("order", "deliver"))


def _ahead(case: ReplyCase, at: datetime | None) -> datetime | None:
    """A moment that has passed is promised to nobody."""
    return at if at and at > case.at else None


@fills("预计送达")
def expected(case: ReplyCase) -> str:
    return _moment(case, _expected(case))


@fills("承诺时间")
def promised(case: ReplyCase) -> str:
    ship = case.due("order", "ship") if case.order and case.order.state in UNSHIPPED else None
    follow_up = case.ticket.follow_up_at
    found = (_ahead(case, m) for m in (_restock(case), follow_up, _expected(case), ship))
    return _moment(case, next((m for m in found if m), None))


# ---- what is missing
def _restock(case: ReplyCase) -> datetime | None:
    return case.stock_out.promised_for if case.stock_out else None


@fills("到货时间")
def restock(case: ReplyCase) -> str:
    return _moment(case, _ahead(case, _restock(case)))


@fills("推荐商品")
def instead(case: ReplyCase) -> str:
    return case.instead


# ---- the return and its money
@fills("售后单号")
def return_number(case: ReplyCase) -> str:
    return case.ret.number if case.ret else ""


@fills("退款金额")
def refund(case: ReplyCase) -> str:
    if case.refund is not None:
        return yuan(case.refund.amount)
    return yuan(case.ret.amount) if case.ret and case.ret.amount else ""


@fills("退货地址")
def return_address(case: ReplyCase) -> str:
    told = (case.ret.address if case.ret else None) or case.rules.return_address
    return " ".join(str(told.get(part) or "") for part in ("detail", "name", "phone"))


@fills("寄回注意")
def mind(case: ReplyCase) -> str:
    return case.ret.mind if case.ret else ""


@fills("寄回期限")
def send_back_by(case: ReplyCase) -> str:
    return _moment(case, case.due("return", "send_back", case.ret.pk)) if case.ret else ""


@fills("退货快递单号")
def back_number(case: ReplyCase) -> str:
    return case.back_parcel.tracking_number if case.back_parcel else ""


@fills("应补运费")
def freight_due(case: ReplyCase) -> str:
    asked = (case.ret.freight_asked if case.ret else None) or case.rules.exchange_freight
    return yuan(asked) if asked else ""


@fills("补偿金额")
def compensation(case: ReplyCase) -> str:
    return yuan(case.plan["amount"]) if case.plan else ""


@fills("换货商品")
def exchanged(case: ReplyCase) -> str:
    return str(case.ret.choice.get("title") or "") if case.ret else ""


@fills("补寄单号")
def reshipped(case: ReplyCase) -> str:
    return str(case.ret.reshipped.get("tracking_number") or "") if case.ret else ""


# ---- the shop's rules and offers
@fills("包邮门槛")
def free_from(case: ReplyCase) -> str:
    return yuan(case.rules.free_shipping_from) if case.rules.free_shipping_from else ""


@fills("价保天数")
def protection_days(case: ReplyCase) -> str:
    return str(case.rules.price_protection_days or "")


@fills("活动")
def promotions(case: ReplyCase) -> str:
    """In the very words against which quality reads what an agent says."""
    shop = case.ticket.shop_id
    today = policy.of(shop).calendar.local(case.at).date()
    return "，".join(p.words for p in promises(shop, today) if p.kind in OFFERS and p.words)
