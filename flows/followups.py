"""What effects asked for beside: other subjects' steps and starts, clocks, further events. Same transaction."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import deadlines.service as deadlines
import outbox.service as outbox
from deadlines.models import Deadline
from outbox.recall import recall

from . import clocks, named, words
from .effects import Due, FollowUp, Recall, Refused, Report, Start, Take, Tell, Unwind, Weigh, Wind
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
    for (flow_step, _step), moves in _also(door.moves).items():
        _take_also(door, flow_step, moves)
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
    unwound = [(s.pk, f.clock, f.part) for s, f in asked if isinstance(f, Unwind)]
    deadlines.stop_parts(door.flow.name, unwound, at=door.at)
    begun = [
        clocks.begin(door.flow, door.flow.clock[f.clock], s, min(f.since, door.at), part=f.part)
        for s, f in asked
        if isinstance(f, Wind) and s.state in door.flow.clock[f.clock].during
    ]
    deadlines.start([b for b in begun if b is not None])


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
    for (name, step, who, by), those in groups.items():
        must = {f.pk for f, _ in those if f.must}
        wants = [w for _, w in those]
        taken = take_many(FLOWS[name], step, wants, who=who, by=by, at=door.at, cause=caused)
        for t in taken:
            if t.error:
                raise t.error
            if not t.moved and t.subject.pk in must:
                raise Refused(t.why, t.code, t.subject)


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


def _take_also(door: Door, flow_step: str, moves: Sequence[Moved]) -> None:
    """A step of the other subjects of the same order, where it is open to the system; a flow not there is left out."""
    from .engine import take_many

    name, _, step = flow_step.partition(".")
    if (flow := FLOWS.get(name)) is None:
        return
    caused = _caused(door)
    times = {m.subject.order_pk: m.at for m in moves}
    wants = [Want(pk, at=times[order]) for pk, order in kin(flow, step, times) if (name, pk) not in caused]
    if wants:
        by = _by(door, moves[0].subject)
        taken = take_many(flow, step, wants, who=Who.SYSTEM, by=by, at=door.at, cause=caused)
        if fault := next((t.error for t in taken if t.error), None):
            raise fault


def kin(flow: Flow, step: str, orders: Iterable[int]) -> list[tuple[int, int]]:
    """-> (key, order's key) of this flow's subjects of these orders from whose state the system may take the step."""
    model = flow.model
    root = f"{model.root}_id" if model.root else "pk"
    states = [s for r in flow.rows[step] if r.who & Who.SYSTEM for s in r.sources]
    found = model._base_manager.filter(**{f"{root}__in": list(orders)}, state__in=states)
    return list(found.order_by("pk").values_list("pk", root))


def _reactions(flow: Flow, move: Moved) -> list[FollowUp]:
    """What upper floors have registered for this step."""
    return [f for react in flow.reactions.get(move.step, ()) for f in (react(move.subject) or ())]
