"""A figure: what it is called, what exactly it counts, and of which measures it is the sum or the ratio."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from django.db.models import Q
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from .measure import Measure

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Words: TypeAlias = "str | _StrPromise"

COUNT, SHARE, SECONDS, FEN, MEDIAN, RATIO = "count", "share", "seconds", "fen", "median", "ratio"
# What every figure can be cut by beside its own.
TIMES = ("day", "week")
PLACES = ("shop", "platform")
LABELS: dict[str, Words] = {
    "day": _("日期"), "week": _("周（周一起）"), "shop": _("店铺"), "platform": _("平台"), "agent": _("客服"),
    "kind": _("类型"), "product": _("商品"), "reason": _("原因"), "clock": _("时限"), "carrier": _("快递公司"),
    "payer": _("承担方"), "stage": _("环节"), "fault": _("责任方"), "result": _("结果"), "channel": _("渠道"),
    "choice": _("方案"),
}  # fmt: skip
COLUMNS = {"agent": "agent", "kind": "kind", "product": "sku", "reason": "reason"}  # the others stand in `part`


def _joined(*words: Words) -> str:
    told = [str(w) for w in words]
    return "".join(w + " " if w.endswith(".") else w for w in told).rstrip()


def joined(*words: Words) -> Words:
    """Sentences that several definitions share, one after the other: a full stop needs a space behind it."""
    return _joined_lazily(*words)


_joined_lazily = lazy(_joined, str)


@dataclass(frozen=True)
class Of:
    """The sum of one column of a measure, of the cells that fit `where`."""

    measure: Measure
    column: str = "n"
    where: Q = field(default_factory=Q)


@dataclass(frozen=True)
class Figure:
    """top / bottom; top alone where there is no bottom. words: the definition, beside every number of it.

    unit: count, share, seconds, fen; median of the measure's buckets. by: the dimensions of its own. labels:
    {dimension: choices}. down: less is better. about: the name of the queue or list that stands behind it.
    """

    name: str
    family: str
    label: Words
    words: Words
    unit: str
    top: Of
    bottom: Of | None = None
    by: tuple[str, ...] = ()
    labels: Mapping[str, Any] = field(default_factory=dict)
    down: bool = False

    @property
    def dimensions(self) -> tuple[str, ...]:
        return (*TIMES, *PLACES, *self.by)

    @property
    def parts(self) -> tuple[Of, ...]:
        return (self.top,) if self.bottom is None else (self.top, self.bottom)

    def labelled(self, dimension: str, value: str) -> str:
        """The word for a value of one of its own dimensions; "" where nothing was said."""
        known = self.labels.get(dimension, {})
        known = dict(known.choices) if hasattr(known, "choices") else known
        return str(known.get(value) or value)

    def column(self, dimension: str) -> str:
        return COLUMNS.get(dimension, "part")


@dataclass(frozen=True)
class Family:
    """Figures that stand on one page."""

    name: str
    label: Words
    icon: str


FAMILIES = {
    f.name: f
    for f in (
        Family("answers", _("响应"), "timer"),
        Family("tickets", _("工单"), "message-square"),
        Family("agents", _("客服"), "user"),
        Family("returns", _("退换货"), "undo-2"),
        Family("money", _("退款与运费"), "wallet"),
        Family("goods", _("缺货与快递"), "truck"),
        Family("clocks", _("时限"), "hourglass"),
    )
}
FIGURES: dict[str, Figure] = {}


def register(*figures: Figure) -> None:
    """Raises LookupError for a name that is taken, and for a dimension that its measure does not have."""
    for figure in figures:
        if figure.name in FIGURES or figure.family not in FAMILIES:
            raise LookupError(figure.name)
        if lacking := [d for d in figure.by if figure.column(d) not in figure.top.measure.has]:
            raise LookupError(f"{figure.name}: {figure.top.measure.name} has no {', '.join(lacking)}")
        FIGURES[figure.name] = figure
