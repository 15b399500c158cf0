"""A subject as the API shows it: its own fields, the steps open to the caller, its live clocks; one or a page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from deadlines.models import Deadline
from flows import clocks
from flows.acting import waits_for
from flows.effects import Refused
from flows.engine import permit
from flows.models import Subject
from flows.table import Flow, Step, Who
from flows.words import label_of
from shops.access import Caller, scope

from .callers import roles_of
from .inputs import schema_of
from .openapi import COMPONENTS, FLAG, MOMENT, TEXT, WHOLE, Schema, an_object, many, ref
from .problems import Problem, not_found
from .queries import SHOP, Param, moment, some_of, text

Own = Callable[[Any, bool], dict[str, Any]]
Find = Callable[[str, Sequence[int]], Sequence[int]]


@dataclass(frozen=True)
class Resource:
    """One flow's subjects under one path.

    load: brings the children of a page, set-wise. own: (subject, unmasked) -> its own fields; own_schema words them.
    find: (q, shops) -> keys, newest first, not more than a few hundred. joined: foreign keys read with the subject.
    """

    path: str
    name: str  # of the schema's component
    flow: Flow
    own: Own
    own_schema: Mapping[str, Schema]
    find: Find
    find_words: str
    load: Callable[[Sequence[Any]], None] = lambda _subjects: None
    joined: tuple[str, ...] = ()
    params: tuple[Param, ...] = ()  # further filters, answered by `narrow`
    narrow: Callable[[QuerySet[Any], Mapping[str, Any]], QuerySet[Any]] = lambda rows, _asked: rows
    ident: str = field(default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "ident", self.path.replace("-", "_"))
        COMPONENTS[self.name] = an_object(
            {
                "number": TEXT,
                "shop": {**TEXT, "description": "The shop's code."},
                "state": {"type": "string", "enum": [str(v) for v in self.flow.states.values]},
                "state_label": TEXT,
                "waits_for": {**many(TEXT), "description": "The roles whose move it is; empty: nobody's here."},
                "version": {**WHOLE, "description": "The number of its moves; the ETag."},
                "steps": many(ref("Step")),
                "deadlines": many(ref("Clock")),
                "created_at": MOMENT,
                **self.own_schema,
            }
        )

    # ---- finding
    def rows(self, caller: Caller) -> QuerySet[Any]:
        """The caller's own, nothing of any other shop."""
        model: type[Subject] = self.flow.model
        return scope(model._default_manager.select_related("shop", *self.joined), caller)

    def located(self, caller: Caller, number: str, shop: str | None) -> Any:
        """The one subject of this number. Raises Problem 404; 409 where two of the caller's shops use it."""
        rows = self.rows(caller).filter(number=number)
        found = list((rows.filter(shop__code=shop) if shop else rows)[:50])
        if not found:
            raise not_found()
        if len(found) > 1:
            raise ambiguous(found)
        return found[0]

    def filters(self) -> tuple[Param, ...]:
        return (
            SHOP,
            some_of("state", self.flow.states.values, "One or several states, separated by commas."),
            moment("due_before", "A live clock of it is due before this moment."),
            moment("created_after", "Created after this moment."),
            moment("created_before", "Created before this moment."),
            text("q", self.find_words),
            *self.params,
        )

    def filtered(self, caller: Caller, asked: Mapping[str, Any]) -> QuerySet[Any]:
        rows, model = self.rows(caller), self.flow.model
        if asked["shop"]:
            rows = rows.filter(shop__code=asked["shop"])
        elif len(caller.shops) == 1:
            rows = rows.filter(shop_id=next(iter(caller.shops)))  # one shop: the index is already in order
        if asked["state"]:
            rows = rows.filter(state__in=asked["state"])
        if asked["created_after"]:
            rows = rows.filter(created_at__gt=asked["created_after"])
        if asked["created_before"]:
            rows = rows.filter(created_at__lt=asked["created_before"])
        if asked["due_before"]:
            live = Deadline.objects.filter(flow=self.flow.name, ended_at=None, due_at__lt=asked["due_before"])
            rows = rows.filter(Exists(live.filter(subject=OuterRef("pk"))))
        if asked["q"]:
            rows = rows.filter(pk__in=self.find(asked["q"], sorted(caller.shops)))
        return self.narrow(rows, asked) if model else rows

    def by_due(self, caller: Caller, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The earliest running clock of each of these subjects: what is due first comes first."""
        live = Deadline.objects.filter(flow=self.flow.name, ended_at=None, due_at__isnull=False)
        same = live.filter(subject=OuterRef("subject"))
        earlier = same.filter(due_at__lt=OuterRef("due_at")) | same.filter(
            due_at=OuterRef("due_at"), pk__lt=OuterRef("pk")
        )
        return scope(live, caller).filter(~Exists(earlier), subject__in=rows.order_by().values("pk"))

    # ---- showing
    def shown(self, subjects: Sequence[Any], caller: Caller, now: datetime | None = None) -> list[dict[str, Any]]:
        """The bodies of these subjects: as many statements for a hundred as for one."""
        self.load(subjects)
        for load in dict.fromkeys(load for needed in self.flow.need_loaders.values() for load in needed):
            load(subjects)
        live = running(self.flow, [s.pk for s in subjects])
        at = now or timezone.now()
        return [self._body(s, caller, live.get(s.pk, []), at) for s in subjects]

    def _body(self, s: Any, caller: Caller, live: Iterable[Deadline], now: datetime) -> dict[str, Any]:
        return {
            "number": s.number, "shop": s.shop.code, "state": str(s.state), "state_label": label_of(self.flow, s.state),
            "waits_for": whose(self.flow, s), "version": s.version,
            "steps": open_steps(self.flow, s, roles_of(caller, s.shop_id)),
            "deadlines": [clock_body(self.flow, d, now) for d in live], "created_at": when(s.created_at),
            **self.own(s, caller.may_unmask(s.shop_id)),
        }  # fmt: skip

    def one(self, pk: int, caller: Caller) -> dict[str, Any]:
        """As it is now, read anew."""
        [subject] = self.rows(caller).filter(pk=pk)
        return self.shown([subject], caller)[0]


def whose(flow: Flow, s: Any) -> list[str]:
    """Customer, agent, platform …: nobody where it has ended, or where the courier or the clock goes on."""
    return [] if str(s.state) in flow.final else waits_for(flow, str(s.state)).words


def ambiguous(found: Sequence[Any]) -> Problem:
    from django.utils.translation import gettext as _

    codes = sorted(s.shop.code for s in found)
    return Problem(409, "ambiguous", _("多个店铺都有这个编号，请用 ?shop= 指定"), shops=codes)


def when(moment_: datetime | None) -> Any:
    """RFC 3339 with the offset of the desk's own zone."""
    return timezone.localtime(moment_).isoformat() if moment_ else None


def etag(version: int) -> str:
    return f'"{version}"'


# ---- steps
def taker(flow: Flow, step: str, state: str, roles: Sequence[Who]) -> Who | None:
    """The role in which the step is taken: the first that may take it now, else the first that ever may."""
    row = flow.row(step, state)
    now = [who for who in roles if row and row.who & who]
    ever = [who for who in roles if any(r.who & who for r in flow.rows[step])]
    return next(iter(now + ever), None)


def open_steps(flow: Flow, subject: Any, roles: Sequence[Who]) -> list[dict[str, Any]]:
    """The rows open from here to one of these roles, in the table's order; with why one has to wait."""
    found = []
    for row in flow.steps:
        if flow.row(row.name, str(subject.state)) is row:
            who = next((w for w in roles if row.who & w), None)
            if who is not None:
                found.append(_step_body(flow, row, subject, who))
    return found


def _step_body(flow: Flow, row: Step, subject: Any, who: Who) -> dict[str, Any]:
    head = flow.head(row.name)
    return {
        "name": row.name, "label": str(head.label or row.name), "tone": head.tone, "who": who.word,
        "refused": refusal(flow, subject, row.name, who), "input": schema_of(flow, row.name),
    }  # fmt: skip


def refusal(flow: Flow, subject: Any, step: str, who: Who) -> str | None:
    try:
        permit(flow, subject, step, who)
    except Refused as refused:
        return refused.why
    return None


# ---- clocks
def running(flow: Flow, pks: Sequence[int]) -> dict[int, list[Deadline]]:
    found: dict[int, list[Deadline]] = {}
    live = Deadline.objects.filter(flow=flow.name, subject__in=list(pks), ended_at=None).order_by("due_at", "pk")
    for d in live:
        found.setdefault(d.subject, []).append(d)
    return found


def clock_body(flow: Flow | None, d: Deadline, now: datetime) -> dict[str, Any]:
    cell = flow.clock.get(d.clock) if flow else None
    return {
        "clock": d.clock, "label": str(cell.label) if cell and cell.label else d.clock, "part": d.part,
        "started": when(d.started_at), "due": when(d.due_at), "held": when(d.held_at), "left": d.left,
        "late": is_late(d, now), "why": clocks.explain(d),
    }  # fmt: skip


def is_late(d: Deadline, now: datetime) -> bool:
    return d.breached_at is not None or (d.ended_at is None and d.due_at is not None and d.due_at <= now)


__all__ = ["FLAG", "Resource", "clock_body", "etag", "is_late", "open_steps", "running", "taker", "when"]
