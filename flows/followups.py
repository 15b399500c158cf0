"""What effects asked for beside: other subjects' steps and starts, clocks, further events. Same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db.models import Value

import deadlines.service as deadlines
import outbox.service as outbox
from deadlines.models import Deadline
from outbox.recall import recall

from . import clocks, named, words
from .effects import Due, FollowUp, Recall, Recount, Refused, Rehang, Report, Start, Take, Tell, Unwind, Weigh, Wind
from .registry import FLOWS
from .table import OUTSIDE, Flow, Who
from .wants import Want
from .writing import worded, write_beside

if TYPE_CHECKING:
    from .door import Door
    from .writing import Moved

Asked = list[tuple[Any, FollowUp]]  # (the subject whose effect asked, what)


def carry_out(door: Door) -> None:
    """Grouped, so that a batch stays a batch: what effects asked for, the table's `also`, upper floors' reactions."""
    asked: Asked = [(s, f) for s, fs in door.beside for f in fs]
    asked += [(m.subject, f) for m in door.moves for f in m.followups]
    do(door, asked)
    _take_also(door)
    reacted = [(m.subject, f) for m in door.moves for f in _reactions(door.flow, m)]
    write_beside(f for _, f in reacted)
    do(door, reacted)


def do(door: Door, asked: Asked) -> None:
    if not asked:
        return
    _take(door, asked, first=True)
    _recall(door, asked)
    _start(door, asked)
    _tell(door, asked)
    _wind(door, asked)
    _rehang(door, asked)
    _recount(door, asked)
    _due(door, asked)
    _report(door, asked)
    _take(door, asked, first=False)
    _weigh(door, asked)


def _by(door: Door, subject: Any) -> str:
    """What the system says has caused it: the step that this subject has just taken; its flow where it took none."""
    step = door.last_steps.get(subject.pk)
    return f"{door.flow.name}.{step}" if step else door.flow.name


def _caused(door: Door) -> frozenset[Any]:
    return door.cause | {(door.flow.name, m.subject.pk) for m in door.moves}


def _start(door: Door, asked: Asked) -> None:
    from .engine import start_many

    begun: dict[tuple[str, str], list[Any]] = {}
    for s, f in asked:
        if isinstance(f, Start):
            at = getattr(s, "moment", None)
            begun.setdefault((f.subject.flow.name, _by(door, s)), []).append((f.subject, Want(0, f.inputs, at=at)))
    for (name, by), those in begun.items():
        taken = start_many(FLOWS[name], those, who=Who.SYSTEM, by=by, at=door.at, cause=_caused(door))
        if refused := next((t for t in taken if not t.moved), None):
            raise Refused(refused.why, refused.code, refused.subject)


def _tell(door: Door, asked: Asked) -> None:
    """Further events; one that is held until later has its key from the effect, which may want to pull it back."""
    told = [(f.pk, _event(door, s, f)) for s, f in asked if isinstance(f, Tell) and f.topic]
    outbox.write([event for pk, event in told if pk is None])
    keyed = [(pk, event) for pk, event in told if pk is not None]
    outbox.write([event for _, event in keyed], ids=[pk for pk, _ in keyed])


def _recall(door: Door, asked: Asked) -> None:
    for topic in sorted({f.topic for _, f in asked if isinstance(f, Recall)}):
        those = {s.pk: (s, f) for s, f in asked if isinstance(f, Recall) and f.topic == topic}
        for pk in sorted(recall(door.flow.name, sorted(those), topic, at=door.at)):
            subject, f = those[pk]
            if f.strictly:
                raise Refused(words.being_said(), "refused", subject)


def _event(door: Door, subject: Any, tell: Tell) -> tuple[Any, ...]:
    data = {"number": subject.number, **tell.data}
    rings = max(door.at, tell.not_before or door.at)
    return (
        subject.shop_id, tell.topic, door.flow.name, subject.pk, subject.version, worded(data), subject.moment, rings,
    )  # fmt: skip


def _wind(door: Door, asked: Asked) -> None:
    clock = door.flow.clock
    parts = [(s, f) for s, f in asked if isinstance(f, Unwind) and clock[f.clock].lives_in(s.state)]
    unwound = [(s.pk, f.clock, f.part) for s, f in parts]  # what a subject's move left behind has been stopped by it
    deadlines.stop_parts(door.flow.name, unwound, at=door.at)
    winds = [(s, f) for s, f in asked if isinstance(f, Wind) and s.state in clock[f.clock].during]
    held = {
        name: clocks.held_cases(clock[name], {s.order_pk for s, f in winds if f.clock == name})
        for name in dict.fromkeys(f.clock for _, f in winds)
    }
    anew: dict[bool, list[deadlines.Begun]] = {False: [], True: []}
    for s, f in winds:
        held_at = door.at if s.order_pk in held[f.clock] else None
        begun = clocks.begin(door.flow, clock[f.clock], s, min(f.since, door.at), part=f.part, held_at=held_at)
        anew[f.again] += [begun] if begun else []
    deadlines.start_again(door.flow.name, anew[True], at=door.at)
    deadlines.start(anew[False])


def _rehang(door: Door, asked: Asked) -> None:
    if moved := [s for s, f in asked if isinstance(f, Rehang)]:
        clocks.rehang(door.flow, moved, at=door.at)


def _recount(door: Door, asked: Asked) -> None:
    """By the shop's newest policy, as a person who asks for it would."""
    from .recount import recounted  # which stands on the door's own floor

    groups: dict[tuple[int, str, str, str], dict[int, Any]] = {}
    for s, f in asked:
        if isinstance(f, Recount):
            groups.setdefault((s.shop_id, f.clock, f.why, s.actor or _by(door, s)), {})[s.pk] = s
    for (shop, clock, why, by), subjects in groups.items():
        those = deadlines.open_of(door.flow.name, sorted(subjects), [clock])
        recounted(shop, subjects, those, by=by, why=why, at=door.at)


def _due(door: Door, asked: Asked) -> None:
    """Open clocks to other moments; what the platform has said of a single part stands against its word for all."""
    for s, f in asked:
        if not isinstance(f, Due):
            continue
        those = [d for d in deadlines.open_of(f.flow, [f.pk], [f.clock]) if f.part in ("", d.part)]
        if f.source == Deadline.PLATFORM and (f.flow, f.pk) == (s.flow.name, s.pk):
            those = [d for d in those if named.due_of(s, d.clock, d.part) == f.at]
        why = f.why or str(dict(Deadline.SOURCES)[f.source])
        deadlines.move(those, f.at, f.source, at=door.at, by=s.actor or _by(door, s), why=why)


def _report(door: Door, asked: Asked) -> None:
    """What effects have learned of other subjects from outside: those of many together, those of one in their order."""
    from .reports import Heard, report_many

    waiting = [(s, f) for s, f in asked if isinstance(f, Report)]
    while waiting:
        heard: dict[str, dict[int, Heard]] = {}
        later = []
        for s, f in waiting:
            of_flow = heard.setdefault(f.flow, {})
            if f.pk in of_flow:
                later.append((s, f))
            else:
                of_flow[f.pk] = Heard(f.pk, f.kind, f.at or s.moment, f.who, _by(door, s), f.inputs)
        for name, those in heard.items():
            for taken in report_many(FLOWS[name], list(those.values()), at=door.at, cause=_caused(door)):
                if taken.error:
                    raise taken.error
        waiting = later


def _take(door: Door, asked: Asked, *, first: bool) -> None:
    """The effects' own steps of other subjects, in the order in which they were asked for."""
    from .engine import take_many

    caused = _caused(door)
    groups: dict[tuple[str, str, Who, str], list[tuple[Take, Want]]] = {}
    for s, f in asked:
        if isinstance(f, Take) and f.first == first:
            group = groups.setdefault((f.flow, f.step, f.who, _by(door, s)), [])
            group.append((f, Want(f.pk, f.inputs, at=s.moment)))
    for (name, step, who, by), group in groups.items():
        for those in _rounds(group):
            must = {f.pk for f, _ in those if f.must}
            wants = [w for _, w in those]
            taken = take_many(FLOWS[name], step, wants, who=who, by=by, at=door.at, cause=caused)
            for t in taken:
                if t.error:
                    raise t.error
                if not t.moved and t.subject.pk in must:
                    raise Refused(t.why, t.code, t.subject)
            if name == door.flow.name:
                door.further |= {t.subject.pk: t.subject for t in taken if t.moved}


def _rounds(asked: Iterable[tuple[Take, Want]]) -> list[list[tuple[Take, Want]]]:
    """What several effects ask of one subject comes one after the other; the very same is asked of it once."""
    of: dict[int, list[tuple[Take, Want]]] = {}
    for f, want in asked:
        before = of.setdefault(f.pk, [])
        same = next((i for i, (known, _w) in enumerate(before) if known.inputs == f.inputs), None)
        if same is None:
            before.append((f, want))
        elif f.must:
            before[same] = f, before[same][1]
    longest = max(len(those) for those in of.values())
    return [[those[n] for those in of.values() if n < len(those)] for n in range(longest)]


def _weigh(door: Door, asked: Asked) -> None:
    """Each once, however many of its belongings have changed."""
    from .reports import Heard, report_many

    heard: dict[str, dict[int, Heard]] = {}
    for s, f in asked:
        if isinstance(f, Weigh):
            who = s.caller if s.caller & OUTSIDE else Who.SYSTEM
            anew = Heard(f.pk, f.kind, s.moment, who, _by(door, s), anew=True)
            heard.setdefault(f.flow, {})[f.pk] = anew
    for name, those in heard.items():
        for taken in report_many(FLOWS[name], list(those.values()), at=door.at, cause=_caused(door)):
            if taken.error:
                raise taken.error


def _also(moves: Iterable[Moved]) -> dict[tuple[str, str], list[Moved]]:
    """{(the step to be taken, the step that causes it): moves}"""
    found: dict[tuple[str, str], list[Moved]] = {}
    for m in moves:
        for name in m.also:
            found.setdefault((name, m.step), []).append(m)
    return found


def _take_also(door: Door) -> None:
    """Steps of the other subjects of the same orders, where they are open to the system."""
    from .engine import take_many

    also, caused = _also(door.moves), _caused(door)
    known = kin(sorted({flow_step for flow_step, _ in also}), {m.subject.order_pk for m in door.moves if m.also})
    for (flow_step, _step), moves in also.items():
        name, _, step = flow_step.partition(".")
        times = {m.subject.order_pk: m.at for m in moves}
        those = [(pk, times[order]) for pk, order in known.get(flow_step, ()) if order in times]
        if wants := [Want(pk, at=at) for pk, at in those if (name, pk) not in caused]:
            by = _by(door, moves[0].subject)
            taken = take_many(FLOWS[name], step, wants, who=Who.SYSTEM, by=by, at=door.at, cause=caused)
            if fault := next((t.error for t in taken if t.error), None):
                raise fault


def kin(flow_steps: Iterable[str], orders: Iterable[int]) -> dict[str, list[tuple[int, int]]]:
    """-> {"flow.step": [(key, order's key)]} of the subjects of these orders from whose state the system may take that
    step: one statement for all; a flow not there is left out."""
    asked = [_kin(flow_step, orders) for flow_step in flow_steps if flow_step.partition(".")[0] in FLOWS]
    found: dict[str, list[tuple[int, int]]] = {}
    for flow_step, pk, order in sorted(asked[0].union(*asked[1:], all=True)) if asked else ():
        found.setdefault(flow_step, []).append((pk, order))
    return found


def _kin(flow_step: str, orders: Iterable[int]) -> Any:
    name, _, step = flow_step.partition(".")
    flow = FLOWS[name]
    root = f"{flow.model.root}_id" if flow.model.root else "pk"
    states = [s for r in flow.rows[step] if r.who & Who.SYSTEM for s in r.sources]
    which = flow.model._base_manager.filter(**{f"{root}__in": list(orders)}, state__in=states)
    return which.values_list(Value(flow_step), "pk", root)


def _reactions(flow: Flow, move: Moved) -> list[FollowUp]:
    """What upper floors have registered for this step."""
    return [f for react in flow.reactions.get(move.step, ()) for f in (react(move.subject) or ())]
