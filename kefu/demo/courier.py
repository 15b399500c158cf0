"""What couriers report of a parcel, from the door of the shop to its end. Pure: the same dice, the same way."""

from __future__ import annotations

from random import Random
from typing import Any, NamedTuple

# carrier: how its numbers begin, and how many digits follow (what orders/couriers.py would guess)
CARRIERS = {"SF": ("SF", 13), "ZTO": ("75", 12), "YTO": ("YT", 13), "STO": ("77", 13), "JD": ("JDX", 12)}
TOWNS = ("嘉兴转运中心", "合肥分拨中心", "郑州集散中心", "长沙转运中心", "武汉分拨中心")


class Point(NamedTuple):
    """`after`: seconds since the parcel was handed over."""

    after: float
    state: str
    text: str


PICKED, ON_ITS_WAY, OUT = "picked_up", "in_transit", "out_for_delivery"
# (share, what follows the usual way): seconds after the last usual point.
ENDS: tuple[tuple[float, tuple[Point, ...]], ...] = (
    (0.68, (Point(10, "signed", "已签收，签收人：本人"),)),
    (0.09, (Point(8, "locker", "已存入小区快递柜，请凭取件码取件"),)),  # a locker is no signature: the clock signs
    (
        0.05,
        (
            Point(9, "refused", "收件人拒收，快件将退回"),
            Point(22, "returning", "快件退回途中"),
            Point(40, "returned", "快件已退回发件人"),
        ),
    ),
    (0.05, (Point(9, "returning", "多次派送未果，快件退回途中"), Point(35, "returned", "快件已退回发件人"))),
    (0.07, (Point(8, "problem", "电话无人接听，转为疑难件"), Point(40, "signed", "再次派送，已签收"))),
    (0.03, (Point(12, "lost", "快件异常，网点核实中"),)),
    (0.03, ()),  # nothing more is heard of it
)
# What becomes of a parcel that a customer sends back.
BACK_ENDS: tuple[tuple[float, tuple[Point, ...]], ...] = (
    (0.88, (Point(8, "signed", "已签收，签收人：退货仓"),)),
    (0.04, (Point(8, "problem", "收件地址不详，转为疑难件"), Point(30, "signed", "再次派送，已签收"))),
    (0.04, (Point(8, "returning", "仓库拒收，快件退回途中"), Point(26, "returned", "快件已退回寄件人"))),
    (0.02, (Point(10, "lost", "快件异常，网点核实中"),)),
    (0.02, ()),
)


def parcel_number(rng: Random) -> tuple[str, str]:
    """-> carrier, tracking number."""
    carrier = rng.choice(list(CARRIERS))
    begins, digits = CARRIERS[carrier]
    return carrier, f"{begins}{rng.randrange(10**digits):0{digits}d}"


def way(rng: Random) -> list[Point]:
    """All that the courier will say of one parcel."""
    if rng.random() < 0.06:  # it was announced and never handed over
        return []
    town = rng.choice(TOWNS)
    usual = [
        Point(6, PICKED, "已揽收"),
        Point(18, ON_ITS_WAY, f"已离开{town}"),
        Point(34, OUT, "派送中，请保持电话畅通"),
    ]
    return _ended(rng, usual, ENDS, rng.uniform(0.7, 1.6))


def way_back(rng: Random) -> list[Point]:
    """All that the courier will say of a parcel that a customer has handed over."""
    town = rng.choice(TOWNS)
    usual = [Point(4, PICKED, "已揽收"), Point(12, ON_ITS_WAY, f"已离开{town}"), Point(22, OUT, "派送中，送往退货仓")]
    return _ended(rng, usual, BACK_ENDS, rng.uniform(0.6, 1.4))


def _ended(rng: Random, usual: list[Point], ends: tuple[Any, ...], stretch: float) -> list[Point]:
    [end] = rng.choices([end for _share, end in ends], [share for share, _end in ends])
    last = usual[-1].after
    return [
        Point(p.after * stretch, p.state, p.text) for p in [*usual, *(e._replace(after=last + e.after) for e in end)]
    ]
