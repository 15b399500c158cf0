"""A flow is a table: which step leads from which state to which, and who may take it. No database here."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .cells import LATE, NOBODY, OUTSIDE, PEOPLE, REPORTERS, STAY, By, Change, Clock, Fact, Need, Step, Target, Who

__all__ = [
    "LATE",
    "NOBODY",
    "OUTSIDE",
    "PEOPLE",
    "REPORTERS",
    "STAY",
    "By",
    "Change",
    "Clock",
    "Fact",
    "Flow",
    "Need",
    "Step",
    "Target",
    "Who",
]

Loader = Callable[[Sequence[Any]], None]
Effect = Callable[..., Any]


@dataclass(eq=False)
class Flow:
    """facts: steps that the outside reports, weakest first; a tuple inside is a bracket: the later one is stronger.

    only_before: {fact: facts}: it counts only if it happened before the first of those (a cancellation, before
    the goods left). waits: states in which only a person can go on (each has a nagging clock).
    awaits: {state: whose move it is}, where the steps' rows do not say it: a customer's, the platform's.
    reopens: the declared reopenings, steps that may leave a final state. personal: inputs that no log may hold.
    """

    name: str
    label: Any
    states: Any
    start: tuple[str, ...]
    steps: tuple[Step, ...]
    clocks: tuple[Clock, ...] = ()
    facts: tuple[str | tuple[str, ...], ...] = ()
    only_before: dict[str, tuple[str, ...]] = field(default_factory=dict)
    waits: tuple[str, ...] = ()
    awaits: dict[str, Who] = field(default_factory=dict)
    reopens: tuple[str, ...] = ()
    personal: frozenset[str] = frozenset()
    model: Any = None  # set when the model is bound
    effects: dict[str, Effect] = field(default_factory=dict)
    tellers: dict[str, Effect] = field(default_factory=dict)
    reactions: dict[str, list[Effect]] = field(default_factory=dict)
    lates: dict[str, list[Effect]] = field(default_factory=dict)
    loaders: dict[str, list[Loader]] = field(default_factory=dict)
    need_loaders: dict[str, list[Loader]] = field(default_factory=dict)
    turns: dict[str, list[Loader]] = field(default_factory=dict)
    companions: dict[str, Callable[[Mapping[str, Any]], Iterable[int]]] = field(default_factory=dict)
    rooted: dict[str, Callable[[Mapping[str, Any]], Iterable[int]]] = field(default_factory=dict)
    inferring: Callable[[Any], Iterable[Any]] | None = None
    further_needs: dict[str, list[Need]] = field(default_factory=dict)
    _rows: dict[tuple[str, str], Step] = field(default_factory=dict, init=False)
    _changes: dict[tuple[str, str], Change] = field(default_factory=dict, init=False)
    _passed: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._rows = {(row.name, str(s)): row for row in reversed(self.steps) for s in row.sources}

    # ---- reading the table
    @cached_property
    def rows(self) -> dict[str, tuple[Step, ...]]:
        names = dict.fromkeys(s.name for s in self.steps)
        return {name: tuple(s for s in self.steps if s.name == name) for name in names}

    @cached_property
    def clock(self) -> dict[str, Clock]:
        return {c.name: c for c in self.clocks}

    @cached_property
    def final(self) -> tuple[str, ...]:
        """States that no ordinary row leaves, but for the declared reopenings."""
        rows = [row for row in self.steps if not row.fact and row.name not in self.reopens]
        left = {str(s) for row in rows for s in row.sources if row.targets_from(str(s)) != (str(s),)}
        return tuple(str(s) for s in self.states.values if str(s) not in left)

    @cached_property
    def open(self) -> tuple[str, ...]:
        return tuple(str(s) for s in self.states.values if str(s) not in self.final)

    @cached_property
    def strength(self) -> dict[str, tuple[int, int]]:
        """fact -> (bracket, place in it); weakest first."""
        brackets = [(f,) if isinstance(f, str) else f for f in self.facts]
        return {name: (i, j) for i, bracket in enumerate(brackets) for j, name in enumerate(bracket)}

    @cached_property
    def undone_by(self) -> dict[str, tuple[str, ...]]:
        """step -> the facts that it strikes."""
        return {name: rows[0].undoes for name, rows in self.rows.items() if rows[0].undoes}

    def row(self, name: str, state: str) -> Step | None:
        return self._rows.get((name, state))

    def head(self, name: str) -> Step:
        """The row whose label, asks and tone stand for the step."""
        return self.rows[name][0]

    def open_to(self, state: str, who: Who) -> list[Step]:
        """The rows open from this state to one of these roles, in the table's order: buttons, links."""
        return [r for r in self.steps if state in r.sources and r.who & who]

    def needs_of(self, name: str) -> list[Need]:
        return self.further_needs.get(name, [])

    def change(self, old: str, new: str) -> Change:
        if (old, new) not in self._changes:
            self._changes[old, new] = self._change(old, new)
        return self._changes[old, new]

    def _change(self, old: str, new: str) -> Change:
        stop, settle, start = [], [], []
        for c in self.clocks:
            if c.lives_in(old) and not c.lives_in(new):
                stop.append(c.name)
            elif not c.lives_in(old) and new in c.during and not c.part:
                start.append(c.name)
            elif (old in c.pauses) != (new in c.pauses):
                settle.append(c.name)
        return Change(tuple(stop), tuple(settle), tuple(start))

    def passed(self, state: str, name: str) -> tuple[str, ...]:
        """The ordinary steps that a fact goes over: the shortest way from `state` to where `name` is open."""
        if (state, name) not in self._passed:
            self._passed[state, name] = self._way(state, name)
        return self._passed[state, name]

    def _way(self, state: str, name: str) -> tuple[str, ...]:
        goals = {s for row in self.rows[name] if not row.fact for s in row.sources}
        ways: deque[tuple[str, tuple[str, ...]]] = deque([(state, ())])
        seen = {state}
        while ways:
            at, way = ways.popleft()
            if at in goals:
                return way
            for row in self.steps:
                if row.fact or at not in row.sources or row.name == name:
                    continue
                for to in row.targets_from(at):
                    if to not in seen:
                        seen.add(to)
                        ways.append((to, (*way, row.name)))
        return ()

    # ---- what stands beside the table
    def on(self, name: str) -> Callable[[Effect], Effect]:
        """What the step does beside moving: (subject, **inputs) sets fields, may return follow-ups."""
        if name not in {*self.rows, "start"} or name in self.effects:
            raise LookupError(f"{self.name}.{name}")
        return lambda func: self.effects.setdefault(name, func)

    def told(self, kind: str) -> Callable[[Effect], Effect]:
        """What a report of this kind records, whether or not anything moves: (subject, at, **inputs) -> follow-ups."""
        if kind in self.tellers:
            raise LookupError(f"{self.name} is already told {kind}")
        return lambda func: self.tellers.setdefault(kind, func)

    def infers(self, func: Effect) -> Effect:
        """Facts that follow from what is recorded beside a subject (its parcels, its money): (subject) -> Told.

        They are weighed with the reported ones and never recorded: what is learned later may take them back.
        """
        self.inferring = func
        return func

    def inferred(self, subject: Any) -> list[Any]:
        return list(self.inferring(subject)) if self.inferring else []

    def after(self, *names: str) -> Callable[[Effect], Effect]:
        """A reaction of an upper floor, in the same transaction: (subject) -> follow-ups."""
        return self._register(self.reactions, names)

    def late(self, *clocks: str) -> Callable[[Effect], Effect]:
        """What the breach of a clock sets off: (subject, part) -> follow-ups."""
        return self._register(self.lates, clocks)

    def needs(self, *names: str, bring: Loader | None = None) -> Callable[[Effect], Effect]:
        """A need that an upper floor adds to steps. bring: loads what it looks at, for a batch or a page of a list."""
        for name in names if bring else ():
            self.need_loaders.setdefault(name, []).append(bring)  # type: ignore[arg-type]
        return self._register(self.further_needs, names)

    def loaders_of(self, name: str) -> list[Loader]:
        """What is loaded for a batch before this step or report."""
        return [*self.loaders.get(name, ()), *self.need_loaders.get(name, ())]

    def brings(self, loader: Loader, *names: str) -> None:
        """Load the children of a whole batch of subjects before any of these steps or reports."""
        for name in names:
            self.loaders.setdefault(name, []).append(loader)

    def takes_turns(self, turn: Loader, *names: str) -> None:
        """Wait for what a whole batch shares with other cases before any of these steps. No loader does that: those run
        for a page as well, and before a request's subjects are locked. The door calls this behind its own locks."""
        for name in names:
            self.turns.setdefault(name, []).append(turn)

    def touches(self, name: str) -> Callable[[Effect], Effect]:
        """Which further subjects of this flow a step touches: (inputs) -> keys, locked together with its own."""
        return lambda func: self.companions.setdefault(name, func)

    def roots(self, name: str) -> Callable[[Effect], Effect]:
        """Which orders a step will hang its subject on: (inputs) -> keys, locked before the subject, with its own."""
        return lambda func: self.rooted.setdefault(name, func)

    def orders_of(self, name: str, inputs: Iterable[Mapping[str, Any]]) -> set[int]:
        rooted = self.rooted.get(name)
        return {pk for given in inputs for pk in rooted(given)} if rooted else set()

    def beside(self, name: str, inputs: Iterable[Mapping[str, Any]]) -> set[int]:
        touched = self.companions.get(name)
        return {pk for given in inputs for pk in touched(given)} if touched else set()

    def _register(self, where: dict[str, list[Any]], names: Iterable[str]) -> Callable[[Effect], Effect]:
        def add(func: Effect) -> Effect:
            for name in names:
                if name not in self.rows and name not in self.clock and name != "start":
                    raise LookupError(f"{self.name}.{name}")
                where.setdefault(name, []).append(func)
            return func

        return add

    def problems(self) -> Iterator[str]:
        from .soundness import problems

        return problems(self)
