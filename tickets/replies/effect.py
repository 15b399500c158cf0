"""What quick replies bring about: answered sooner? edited? solved, or did the customer come back?

Each figure is defined in DEFINED; they say what went with a reply, not what it caused.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Avg, Count, Exists, OuterRef, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows.due import span
from flows.models import Move

from ..models import Message, QuickReply, ReplyUse
from ..states import Side

SMALL = 20  # fewer than so many say nothing
MOST = 20_000  # uses that are looked at, the newest first
NEAR = 0.1  # a difference below a tenth is none

DEFINED = {
    "uses": gettext_lazy("期间内发出的、由它而来的回复数"),
    "edited": gettext_lazy("发出前改过文字的比例（变量以外的字有不同）"),
    "waited": gettext_lazy("客户等到这条回复的平均工作时间；没有欠客户回复的不计"),
    "answered": gettext_lazy("客户此后再发言的平均间隔；没有再发言的不计"),
    "solved": gettext_lazy("发出后工单被解决的比例"),
    "reopened": gettext_lazy("发出后解决过、又重新打开的比例"),
}


@dataclass
class Tally:
    """Sums of some uses; averages in seconds, None where nothing was measured."""

    uses: int = 0
    edited: int = 0
    solved: int = 0
    reopened: int = 0
    waits: list[int] = field(default_factory=list)
    pauses: list[int] = field(default_factory=list)

    def add(self, use: Any) -> None:
        self.uses += 1
        self.edited += use.edited
        self.solved += use.solved
        self.reopened += use.reopened
        if use.waited is not None:
            self.waits.append(use.waited)
        if use.next_at is not None:
            self.pauses.append(max(0, int((use.next_at - use.at).total_seconds())))

    @property
    def waited(self) -> float | None:
        return mean(self.waits)

    @property
    def answered(self) -> float | None:
        return mean(self.pauses)

    def share(self, name: str) -> float | None:
        """Of edited, solved, reopened: 0 to 1."""
        return getattr(self, name) / self.uses if self.uses else None


@dataclass(frozen=True)
class Effect:
    """A reply's figures beside its scene's, of which it is a part."""

    reply: QuickReply
    own: Tally
    scene: Tally

    @property
    def enough(self) -> bool:
        return self.own.uses >= SMALL

    @property
    def verdict(self) -> str:
        """Whether it was sooner than its scene's average, in words; nothing is claimed of few."""
        if len(self.own.waits) < SMALL:
            return _("样本太少（%(n)s 次，至少 %(least)s 次）") % {"n": len(self.own.waits), "least": SMALL}
        return compared(self.own.waited, self.scene.waited)


@dataclass(frozen=True)
class Report:
    """effects: the most used first. plain: answers in own words over the same time. cut: more uses than were read."""

    effects: list[Effect]
    plain_uses: int
    plain_waited: float | None
    cut: bool


def mean(values: Collection[int]) -> float | None:
    return sum(values) / len(values) if values else None


def compared(own: float | None, other: float | None) -> str:
    if own is None or other is None:
        return ""
    if abs(own - other) <= NEAR * max(own, other):
        return _("与场景平均相当")
    gap = span(round(abs(own - other)))
    return (_("比场景平均快 %s") if own < other else _("比场景平均慢 %s")) % gap


def report(
    shops: Iterable[int], since: datetime, until: datetime, scene: str = "", *, person: int | None = None
) -> Report:
    """Three statements, whatever the number of replies. What somebody else than `person` keeps for himself is counted
    in its scene and not named."""
    shops = sorted(shops)
    found = list(_uses(shops, since, until, scene)[: MOST + 1])
    own, scenes = dict[int, Tally](), dict[str, Tally]()
    for use in found[:MOST]:
        own.setdefault(use.reply_id, Tally()).add(use)
        scenes.setdefault(use.scene, Tally()).add(use)
    replies = QuickReply.objects.select_related("shop").in_bulk(list(own))
    named = (r for r in replies.values() if r.owner_id in (None, person))
    effects = [Effect(r, own[r.pk], scenes.get(r.scene, own[r.pk])) for r in named]
    effects.sort(key=lambda e: (-e.own.uses, e.reply.pk))
    plain = Message.objects.filter(
        shop__in=shops, side=Side.AGENT, quick_reply=None, waited_working__isnull=False, at__gte=since, at__lt=until
    ).aggregate(n=Count("pk"), waited=Avg("waited_working"))
    return Report(effects, plain["n"], plain["waited"], len(found) > MOST)


def _uses(shops: list[int], since: datetime, until: datetime, scene: str) -> Any:
    """Each with what came after it: the customer's next words, a resolve, a return from resolved."""
    later = Move.objects.filter(flow="ticket", subject=OuterRef("ticket_id"), seq__gt=OuterRef("seq"))
    heard = Message.objects.filter(ticket=OuterRef("ticket_id"), seq__gt=OuterRef("seq"), side=Side.CUSTOMER)
    uses = ReplyUse.objects.filter(shop__in=shops, at__gte=since, at__lt=until)
    return (uses.filter(scene=scene) if scene else uses).order_by("-at").annotate(
        next_at=Subquery(heard.order_by("seq").values("at")[:1]),
        solved=Exists(later.filter(step="resolve")),
        reopened=Exists(later.filter(source="resolved").exclude(target__in=("resolved", "closed"))),
    )  # fmt: skip
