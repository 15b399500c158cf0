"""The findings that wait for a verdict: narrowed by rule, agent and state, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ..models import QualityFinding
from . import shown, verdicts

STATES = (("", _("待复核")), ("right", _("判断正确")), ("wrong", _("误判")), ("all", _("全部")))
PAGE = 30


@dataclass(frozen=True)
class Asked:
    """What the address asks for; nonsense is nothing."""

    state: str = ""
    rule: str = ""
    agent: str = ""
    before: int = 0

    @classmethod
    def of(cls, request: HttpRequest) -> Asked:
        get = {name: str(value).replace("\0", "") for name, value in request.GET.items()}
        last = get.get("before", "")
        state = get.get("state", "")
        known = last.isascii() and last.isdigit() and len(last) < 19
        return cls(
            state if state in dict(STATES) else "", get.get("rule", "")[:40], get.get("agent", "")[:150],
            int(last) if known else 0,
        )  # fmt: skip

    def address(self, **changed: Any) -> str:
        asked = {"state": self.state, "rule": self.rule, "agent": self.agent, **changed}
        return f"?{urlencode({name: value for name, value in asked.items() if value})}"


@dataclass
class Page:
    """rows: of this page; older: the key that the next page begins below, 0 where there is none."""

    asked: Asked
    rows: list[QualityFinding] = field(default_factory=list)
    older: int = 0


def narrowed(shops: Iterable[int], asked: Asked) -> QuerySet[QualityFinding]:
    found = verdicts.judged(QualityFinding.objects.filter(shop__in=sorted(shops)))
    for name in ("rule", "agent"):
        if value := getattr(asked, name):
            found = found.filter(**{name: value})
    if asked.state in ("right", "wrong"):
        held: Any = {"verdict": asked.state == "right"}
        return found.filter(**held)
    return found if asked.state == "all" else verdicts.waiting(found)


def page(shops: Iterable[int], asked: Asked) -> Page:
    """One statement."""
    found = narrowed(shops, asked)
    if asked.before:
        found = found.filter(pk__lt=asked.before)
    rows = list(found.select_related("message", "review__ticket", "shop").order_by("-pk")[: PAGE + 1])
    older = rows[PAGE - 1].pk if len(rows) > PAGE else 0
    return Page(asked, [decorated(row) for row in rows[:PAGE]], older)


def decorated(row: QualityFinding) -> QualityFinding:
    row.marked = shown.passage_of(row)  # type: ignore[attr-defined]
    row.right_held, row.wrong_held = row.verdict is True, row.verdict is False  # type: ignore[attr-defined]
    return row


def choices(shops: Iterable[int]) -> dict[str, list[Any]]:
    """The rules and agents that have findings among the newest thousand: one statement."""
    newest = (
        QualityFinding.objects.filter(shop__in=sorted(shops)).order_by("-pk").values("rule", "label", "agent")[:1000]
    )
    rows = list(newest)
    return {
        "rules": sorted({(row["rule"], row["label"]) for row in rows}),
        "agents": sorted({row["agent"] for row in rows if row["agent"]}),
    }
