"""What a table must satisfy to work: asked by the system checks, by `manage.py flows --check` and by the tests."""

from __future__ import annotations

from collections.abc import Iterator

from .table import LATE, Clock, Flow, Who


def problems(flow: Flow) -> Iterator[str]:
    """Each problem of the table as a sentence; nothing when it is sound."""
    yield from _unknown(flow)
    yield from _ambiguous(flow)
    yield from _unreachable(flow)
    for clock in flow.clocks:
        yield from _clock(flow, clock)
    yield from _facts(flow)
    yield from _stuck(flow)


def _unknown(flow: Flow) -> Iterator[str]:
    known = {str(s) for s in flow.states.values}
    for row in flow.steps:
        for state in sorted({*map(str, row.sources), *row.targets} - known):
            yield f"{row.name} names the unknown state {state!r}"
        for fact in row.undoes:
            if fact not in flow.strength:
                yield f"{row.name} undoes {fact!r}, which is no fact"
    for clock in flow.clocks:
        for state in sorted({*map(str, clock.during), *map(str, clock.pauses)} - known):
            yield f"clock {clock.name} names the unknown state {state!r}"
    for state in (*flow.start, *flow.waits):
        if state not in known:
            yield f"start or waits names the unknown state {state!r}"


def _ambiguous(flow: Flow) -> Iterator[str]:
    for name, rows in flow.rows.items():
        sources = [str(s) for r in rows for s in r.sources]
        for state in sorted({s for s in sources if sources.count(s) > 1}):
            yield f"{name} has two rows from {state}"
    for step in flow.steps:
        if not step.who:
            yield f"nobody may take {step.name}"
    if len(flow.clock) != len(flow.clocks):
        yield "two clocks have the same name"


def _unreachable(flow: Flow) -> Iterator[str]:
    reached = {*map(str, flow.start)} | {t for r in flow.steps for t in r.targets}
    for state in flow.states.values:
        if str(state) not in reached:
            yield f"no step leads to {state}"


def _clock(flow: Flow, clock: Clock) -> Iterator[str]:
    if clock.part and (clock.then != LATE or clock.held_by):
        yield f"clock {clock.name} runs for each part: it can only be late, and nothing holds it"
    if clock.then == LATE:
        return
    live = {*map(str, clock.during), *map(str, clock.pauses)}
    for state in clock.during:
        row = flow.row(clock.then, str(state)) if clock.then in flow.rows else None
        if row is None or row.fact or not row.who & Who.CLOCK:
            yield f"clock {clock.name} may not take {clock.then} from {state}"
        elif live & {*row.targets_from(str(state))}:
            yield f"clock {clock.name} would still run after {clock.then} from {state}"


def _facts(flow: Flow) -> Iterator[str]:
    for name in flow.strength:
        if name not in flow.rows:
            yield f"the fact {name!r} is no step"
    for name, befores in flow.only_before.items():
        for other in (name, *befores):
            if other not in flow.strength:
                yield f"only_before names {other!r}, which is no fact"


def _stuck(flow: Flow) -> Iterator[str]:
    """A state must end by clocks alone, or wait for a person and nag: have a clock of its own."""
    timed = {str(s) for c in flow.clocks for s in (*c.during, *c.pauses)}
    ends = _ended_by_clocks(flow)
    for state in map(str, flow.states.values):
        if state in ends:
            continue
        if state not in flow.waits:
            yield f"no end can be reached from {state} by clocks alone, and it is not listed as waiting for a person"
        elif state not in timed:
            yield f"{state} waits for a person, but no clock nags"
    for state in flow.waits:
        if state in ends:
            yield f"{state} is listed as waiting for a person, but the clocks alone end it"


def _ended_by_clocks(flow: Flow) -> set[str]:
    """The states from which clocks alone may lead to an end."""
    moving: dict[str, set[str]] = {str(s): set() for s in flow.states.values}
    for clock in flow.clocks:
        for state in map(str, clock.during):
            row = flow.row(clock.then, state)
            if row is not None and state in moving:
                moving[state] |= set(row.targets_from(state))
    ends = {s for s in moving if s in flow.final}
    while more := {s for s, to in moving.items() if s not in ends and to & ends}:
        ends |= more
    return ends
