"""What couriers report of a parcel, from the door of the shop to its end. Pure: the same dice, the same way."""

from __future__ import annotations

from random import Random
from typing import NamedTuple

CARRIERS = ("SF", "ZTO", "YTO", "STO", "JD")
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
    (0.05, (Point(9, "refused", "收件人拒收，快件将退回"),)),
    (0.05, (Point(9, "returning", "多次派送未果，快件退回途中"), Point(35, "returned", "快件已退回发件人"))),
    (0.07, (Point(8, "problem", "电话无人接听，转为疑难件"), Point(40, "signed", "再次派送，已签收"))),
    (0.03, (Point(12, "lost", "快件异常，网点核实中"),)),
    (0.03, ()),  # nothing more is heard of it
)


def parcel_number(rng: Random) -> tuple[str, str]:
    """-> carrier, tracking number."""
    carrier = rng.choice(CARRIERS)
    return carrier, f"{carrier}{rng.randrange(10**12):012d}"


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
    stretch = rng.uniform(0.7, 1.6)
    [end] = rng.choices([end for _share, end in ENDS], [share for share, _end in ENDS])
    last = usual[-1].after
    return [
        Point(p.after * stretch, p.state, p.text) for p in [*usual, *(e._replace(after=last + e.after) for e in end)]
    ]
