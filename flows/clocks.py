"""What a move does to clocks. The table says which, the shop's policy how long, its calendar which hours count."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import deadlines.service as deadlines
from deadlines.models import Deadline
from deadlines.service import Begun
from shops import policy
from shops.policy import Limit, Rules

from . import named
from .registry import FLOWS, holders, holds
from .table import Clock, Flow, Who


def limit_of(rules: Rules, clock: Clock, subject: Any) -> Limit | None:
    """The limit that applies to this subject; None where its channel has none."""
    limit = rules.limits[clock.limit]
    if limit.heard_on(subject.traits()[0].get("channel", "")):
        return limit
    return rules.limits[clock.otherwise] if clock.otherwise else None


def acts(clock: Clock, subject: Any) -> bool:
    """Does the clock really take its step for this subject? Where not, it is late and a person goes on."""
    limit = limit_of(policy.of(subject.shop_id), clock, subject)
    return limit is not None and limit.covers(*subject.cases())


def begin(
    flow: Flow, clock: Clock, subject: Any, since: datetime, *, part: str = "", held_at: datetime | None = None
) -> Begun | None:
    """A clock that starts for this subject; held_at: from then on it waits. None where its channel has no such limit,
    or where nothing is there for it to run for (`when`).

    The platform's own moment wins (and is never held), then one the subject names itself, then the policy's.
    """
    rules = policy.of(subject.shop_id)
    if (clock.when and not getattr(subject, clock.when)) or (limit := limit_of(rules, clock, subject)) is None:
        return None
    seconds = seconds_of(limit, subject)
    promised = getattr(subject, clock.due) if clock.due else None
    if due := named.due_of(subject, clock.name, part, after=since):
        source = Deadline.PLATFORM
    elif promised:
        due, source = promised, Deadline.PROMISE
    else:
        due, source = rules.calendar.due(since, seconds, limit.hours, limit.day_off), Deadline.POLICY
    waits = held_at is not None and source != Deadline.PLATFORM
    return Begun(
        shop=subject.shop_id, flow=flow.name, subject=subject.pk, case=subject.order_pk, clock=clock.name, part=part,
        limit=limit.name, policy=rules.version, hours=limit.hours, after=seconds, warn=limit.warn, since=since,
        due=None if waits else due, source=source, tell=" ".join((clock.tell or Who.LEAD).words),
        left=rules.calendar.between(held_at or since, due, limit.hours) if waits else None,
        held_at=held_at if waits else None,
    )  # fmt: skip


def seconds_of(limit: Limit, subject: Any) -> int:
    """How long the limit is for this subject: of its parts, the one with the longest."""
    return max(limit.seconds_for(traits) for traits in subject.traits())


def after_moves(flow: Flow, moves: Iterable[Any], *, at: datetime, fired: str = "") -> None:
    """Stop, settle and start clocks for what has just moved (`.subject`, `.old`, `.at`): few statements per pair of
    states."""
    pairs = _pairs(moves)
    begun: list[Begun] = []
    for (old, new), those in pairs.items():
        change = flow.change(old, new)
        pks = [m.subject.pk for m in those]
        if change.stop:
            deadlines.stop(flow.name, pks, change.stop, at=at, fired=fired)
        for name in change.settle:
            _settle(flow, flow.clock[name], deadlines.open_of(flow.name, pks, [name]), at=at)
        for name in change.start:
            begun += _beginning(flow, flow.clock[name], those, at)
    deadlines.start(begun)
    _settle_others(flow, pairs, at=at)


def _pairs(moves: Iterable[Any]) -> dict[tuple[str, str], list[Any]]:
    """{(from, to): moves}; who took two steps at once counts from the first one's source to where it now stands."""
    first: dict[int, str] = {}
    last: dict[int, Any] = {}
    for m in moves:
        first.setdefault(m.subject.pk, m.old)
        last[m.subject.pk] = m
    pairs: dict[tuple[str, str], list[Any]] = {}
    for pk, m in last.items():
        pairs.setdefault((first[pk], m.subject.state), []).append(m)
    return pairs


def _beginning(flow: Flow, clock: Clock, moves: Sequence[Any], at: datetime) -> list[Begun]:
    held = held_cases(clock, {m.subject.order_pk for m in moves})
    found = (
        begin(flow, clock, m.subject, _since(clock, m, at), held_at=m.at if m.subject.order_pk in held else None)
        for m in moves
    )
    return [b for b in found if b is not None]


def _since(clock: Clock, move: Any, at: datetime) -> datetime:
    """When it began at its source; a source whose clock runs ahead starts none of ours in the future."""
    since: datetime | None = getattr(move.subject, clock.since) if clock.since else None
    return min(since or move.at, at)


# ---- holding
def held_cases(clock: Clock, cases: Iterable[int]) -> frozenset[int]:
    """The orders among `cases` in which something open holds this clock: one statement; 0 is no order."""
    known, asked = [pk for pk in set(cases) if pk], []
    for name, states in holders(clock).items():
        model = FLOWS[name].model
        root = f"{model.root}_id" if model.root else "pk"
        which = model._base_manager.filter(**{f"{root}__in": known}, state__in=states)
        asked.append(which.values_list(root, flat=True))
    return frozenset(asked[0].union(*asked[1:])) if asked else frozenset()


def _settle_others(flow: Flow, pairs: dict[tuple[str, str], list[Any]], *, at: datetime) -> None:
    """A subject that begins or ceases to hold other subjects' clocks."""
    touched: dict[tuple[str, str], set[int]] = {}
    for (old, new), moves in pairs.items():
        for key in holds(flow, old) ^ holds(flow, new):
            touched.setdefault(key, set()).update(m.subject.order_pk for m in moves if m.subject.order_pk)
    for (name, clock), cases in touched.items():
        those = Deadline.objects.filter(flow=name, clock=clock, case__in=cases, ended_at=None)
        _settle(FLOWS[name], FLOWS[name].clock[clock], list(those), at=at)


def _settle(flow: Flow, clock: Clock, those: Sequence[Deadline], *, at: datetime) -> None:
    """Hold or resume: what should be held is asked anew, so two reasons to hold need no counting."""
    if not those:
        return
    held = held_cases(clock, {d.case for d in those})
    paused: set[int] = set()
    if clock.pauses:
        which = flow.model._base_manager.filter(pk__in=[d.subject for d in those], state__in=clock.pauses)
        paused = set(which.values_list("pk", flat=True))
    wanted = {d.pk for d in those if d.case in held or d.subject in paused}
    deadlines.hold([d for d in those if d.pk in wanted], at=at, between=left)
    deadlines.resume([d for d in those if d.pk not in wanted], at=at, plus=plus)


def rehang(flow: Flow, subjects: Sequence[Any], *, at: datetime) -> None:
    """These subjects hang on another order now: so do their clocks, and what is open there holds them or not."""
    cases = {s.pk: s.order_pk for s in subjects}
    deadlines.rehang(flow.name, cases)
    for clock in flow.clocks:
        if clock.held_by:
            _settle(flow, clock, deadlines.open_of(flow.name, sorted(cases), [clock.name]), at=at)


def left(d: Deadline, start: datetime, end: datetime) -> int:
    """Seconds of the clock's own hours from `start` to `end`."""
    return policy.of(d.shop_id).calendar.between(start, end, d.hours)


def plus(d: Deadline, start: datetime, seconds: int) -> datetime:
    """What is left of a clock, added again."""
    return policy.of(d.shop_id).calendar.resume(start, seconds, d.hours)


def explain(d: Deadline) -> str:
    """The due moment in words that a person can check."""
    rules = policy.of(d.shop_id)
    if d.source != Deadline.POLICY or d.due_at is None:
        return str(d.get_source_display())
    return rules.calendar.explain(d.started_at, d.after, d.hours, d.due_at)
