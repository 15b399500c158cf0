"""Which scenes the case at hand calls for, and why: the customer's last words first, then where things stand."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .heard import hear
from .scenes import Scene

MOST = 4  # chips at the composer


UNSHIPPED = ("awaiting_confirmation", "awaiting_audit", "picking", "packed")
OF_AN_ORDER = (
    Scene.ORDER_CHANGE, Scene.URGING, Scene.TRACKING, Scene.DELAY, Scene.NO_REASON, Scene.FAULT, Scene.WRONG_GOODS,
    Scene.FREIGHT_REFUND, Scene.STOCK_OUT, Scene.REFUND_DONE,
)  # fmt: skip


@dataclass(frozen=True)
class Situation:
    """A case in a few words: states of its subjects ("" where there is none), what was said last.

    kind: of the ticket. words: of the customer, since our last answer. answered: somebody here has spoken already.
    parcel: the state of the newest one. late: names of clocks whose moment has passed (ship, deliver).
    """

    kind: str = ""
    words: str = ""
    answered: bool = False
    order: str = ""
    parcel: str = ""
    stock_out: str = ""
    query: str = ""
    return_state: str = ""
    return_kind: str = ""
    return_reason: str = ""
    refund: str = ""
    late: frozenset[str] = frozenset()
    payment: str = ""
    insured: bool = False

    @property
    def wants_order(self) -> bool:
        """The customer speaks of an order, and we do not know which."""
        return not self.order and any(scene in OF_AN_ORDER for scene, _weight, _passage in hear(self.words))

    @property
    def told(self) -> Mapping[str, frozenset[str]]:
        """What a reply's `fits` may ask about."""
        plain = ("kind", "order", "parcel", "stock_out", "query", "return_state", "return_kind", "refund", "payment")
        said = {name: frozenset({getattr(self, name)}) for name in plain}
        flags = {"answered": self.answered, "insured": self.insured, "wants_order": self.wants_order}
        said |= {name: frozenset({"yes" if flag else "no"}) for name, flag in flags.items()}
        running = self.order in UNSHIPPED and "ship" not in self.late
        return {**said, "late": self.late, "ship": frozenset({"running"} if running else ())}


@dataclass(frozen=True)
class Hint:
    """A scene to answer in; why: for the agent, in words."""

    scene: Scene
    weight: int
    why: str


def _state(name: str, *values: object) -> Callable[[Situation], bool]:
    return lambda s: getattr(s, name) in values


def _late(clock: str) -> Callable[[Situation], bool]:
    return lambda s: clock in s.late


ANGRY = ("complaint", "bad_review", "dispute")
OWN_FAULT = ("quality", "damaged", "not_as_described", "counterfeit")
# Where things stand: the scene, its weight, whether it is so, in words.
STANDS: tuple[tuple[Scene, int, Callable[[Situation], bool], object], ...] = (
    (Scene.GREETING, 8, _state("wants_order", True), gettext_lazy("还没有关联订单")),
    (Scene.STOCK_OUT, 6, _state("stock_out", "reported", "contacting", "waiting_stock"), gettext_lazy("订单有缺货")),
    (Scene.DELAY, 6, _late("deliver"), gettext_lazy("送达时限已过")),
    (Scene.URGING, 6, _late("ship"), gettext_lazy("发货时限已过")),
    (Scene.DELAY, 5, _state("parcel", "problem", "lost"), gettext_lazy("包裹异常")),
    (Scene.DELAY, 5, _state("query", "tracing", "lost"), gettext_lazy("正在催件核实")),
    (Scene.TRACKING, 4, _state("query", "asked", "checking", "answered"), gettext_lazy("有物流查询")),
    (Scene.WRONG_GOODS, 5, _state("return_reason", "wrong_item", "missing"), gettext_lazy("售后原因是发错或少件")),
    (Scene.FAULT, 5, _state("return_reason", *OWN_FAULT), gettext_lazy("售后原因是质量或描述不符")),
    (Scene.NO_REASON, 5, _state("return_reason", "no_reason"), gettext_lazy("售后原因是七天无理由")),
    (Scene.REFUND_DONE, 6, _state("refund", "sent", "succeeded", "confirmed"), gettext_lazy("退款已发出或已到账")),
    (Scene.FREIGHT_REFUND, 4, _state("return_state", "awaiting_freight"), gettext_lazy("等客户补运费")),
    (Scene.COMPENSATION, 5, _state("return_state", "offered"), gettext_lazy("有待客户确认的方案")),
    (Scene.URGING, 2, _state("order", *UNSHIPPED), gettext_lazy("订单还未发货")),
    (Scene.TRACKING, 2, _state("order", "shipped", "partly_shipped"), gettext_lazy("订单在路上")),
    (Scene.COMPENSATION, 4, _state("kind", *ANGRY), gettext_lazy("投诉、中差评或平台介入")),
    (Scene.STOCK_OUT, 4, _state("kind", "stock_out"), gettext_lazy("缺货工单")),
    (Scene.TRACKING, 3, _state("kind", "logistics", "hard_case"), gettext_lazy("物流工单")),
    (Scene.ORDER_CHANGE, 3, _state("kind", "order_change"), gettext_lazy("改单工单")),
    (Scene.NO_REASON, 2, _state("kind", "return"), gettext_lazy("退换货工单")),
    (Scene.STOCK, 1, _state("kind", "presale"), gettext_lazy("售前咨询")),
)  # fmt: skip


def _raw(s: Situation) -> Iterator[Hint]:
    for scene, weight, passage in hear(s.words):
        # Words weigh double: what is asked now goes before what the case is about.
        yield Hint(scene, 2 * weight, _("客户说到“%s”") % passage)
    for scene, weight, holds, why in STANDS:
        if holds(s):
            yield Hint(scene, weight, str(why))
    if not s.answered:
        yield Hint(Scene.GREETING, 8 if s.words else 4, _("还没有人接待过"))


def hints(situation: Situation, most: int = MOST) -> list[Hint]:
    """The likeliest scenes, each once, with all that speaks for it added up; equal ones in the order of Scene."""
    weights: dict[Scene, int] = {}
    whys: dict[Scene, list[str]] = {}
    for hint in _raw(situation):
        weights[hint.scene] = weights.get(hint.scene, 0) + hint.weight
        whys.setdefault(hint.scene, []).append(hint.why)
    order = list(Scene)
    best = sorted(weights, key=lambda scene: (-weights[scene], order.index(scene)))[:most]
    return [Hint(scene, weights[scene], _joined(whys[scene])) for scene in best]


def fitting(fits: Mapping[str, Collection[str]], told: Mapping[str, frozenset[str]]) -> int | None:
    """How many of its conditions hold, where all of them do; None where one does not."""
    holds = all(told.get(name, frozenset()) & set(values) for name, values in fits.items())
    return len(fits) if holds else None


def _joined(whys: Iterable[str]) -> str:
    return _("；").join(dict.fromkeys(whys))
