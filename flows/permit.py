"""What is asked of every step before it is taken, and what is kept of it afterwards."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import rows

from . import words
from .effects import FollowUp, Implies, Refused
from .facts import Told
from .models import Subject
from .registry import FLOWS
from .table import OUTSIDE, Flow, Step, Who


def permit(flow: Flow, subject: Any, step: str, who: Who, version: int | None = None) -> Step:
    """-> the row by which this caller may take this step now. Raises Refused ("moved", "state", "role", "refused")."""
    if version is not None and version != subject.version:
        raise Refused(words.moved(subject), "moved", subject)
    row = flow.row(step, subject.state)
    if row is None or (row.fact and not row.who & who):
        raise Refused(words.not_from(flow, subject, step), "state", subject)
    if not row.who & who:
        raise Refused(words.not_for(flow, step, who), "role", subject)
    why = row.reason(subject, who)
    if not why and not who & OUTSIDE:
        why = next((w for need in flow.needs_of(step) if (w := need(subject))), "")
    if why:
        raise Refused(why, "refused", subject)
    return row


def lock(flow: Flow, pks: Sequence[int], *, orders: Iterable[int] = ()) -> list[Any]:
    """The case's orders first, of a family its first one before the others, then the subjects by key: so no two steps
    of one case or of one family deadlock. orders: those that a step will hang its subject on, locked with its own."""
    model: type[Subject] = flow.model
    if model.root:
        own = model._base_manager.filter(pk__in=list(pks)).values_list(f"{model.root}_id", flat=True)
        lock_orders(model, {*own, *orders})
    return rows.lock(model, list(pks), first=model.family)


def lock_cases(of: Mapping[str, Iterable[int]]) -> None:
    """The orders of many subjects of several flows ({flow: keys}) in one order of keys, before anything is done to any
    of them: two that work through the flows one after the other would lock them in two rounds, and may meet."""
    orders: set[int | None] = set()
    for name, pks in of.items():
        model: Any = FLOWS[name].model
        root = f"{model.root}_id" if model.root else "pk"
        orders |= set(model._base_manager.filter(pk__in=list(pks)).values_list(root, flat=True))
    rooted = next((FLOWS[name].model for name in of if FLOWS[name].model.root), None)
    if rooted is not None:
        lock_orders(rooted, orders)


def lock_orders(model: type[Subject], pks: Iterable[int | None]) -> None:
    """The orders on which these subjects hang, also of one that is about to start: else neither it nor a clock that
    starts at the same moment would see the other, and it would not be held."""
    known = sorted({pk for pk in pks if pk})
    if model.root and known:
        orders: Any = model._meta.get_field(model.root).related_model
        rows.lock(orders, known, first=orders.family)


def changes(before: Mapping[str, Any], subject: Any) -> set[str]:
    """The columns that an effect has set. A value changed in place is not seen: effects assign."""
    now, columns = subject.__dict__, subject.columns
    return {k for k, v in before.items() if now[k] is not v and k in columns}


def strike(flow: Flow, subject: Any, step: str, at: datetime) -> None:
    if undone := flow.undone_by.get(step):
        subject.struck = {**subject.struck, **dict.fromkeys(undone, at.isoformat())}
        subject.fact = ""


def by_their_hand(
    flow: Flow, subject: Any, step: str, at: datetime, inputs: Mapping[str, Any]
) -> tuple[list[Told], list[FollowUp]]:
    """A fact's step taken here: -> the fact, and what its teller records. Raises Refused where the data says another
    step."""
    teller, before = flow.tellers.get(step), flow.inferred(subject)
    asked = list(teller(subject, at=at, **inputs) or ()) if teller else []
    implied = {f.step: f.at for f in asked if isinstance(f, Implies)}
    follows = flow.inferred(subject)
    inferred = [t.step for t in [t for t in follows if t not in before] or follows]
    if teller and step not in implied and step not in inferred:
        other = next(iter([*implied, *inferred]), "")
        raise Refused(words.rather(flow, step, other), "input", subject)
    told = [Told(step, implied.get(step, at))] if step in implied or not teller else []
    return told, [f for f in asked if not isinstance(f, Implies)]


PLAIN = (str, int, bool, float, Decimal, date, type(None))  # a datetime is a date


def loggable(flow: Flow, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs as the log may keep them: without what is empty, what is personal at any depth, what cannot be worded."""
    kept = _loggable(inputs, flow.personal)
    assert isinstance(kept, dict)
    return kept


def _loggable(value: Any, personal: frozenset[str]) -> Any:
    """-> None where nothing can be kept."""
    if isinstance(value, PLAIN):
        return value
    if isinstance(value, Mapping):
        found = ((str(k), _loggable(v, personal)) for k, v in value.items() if k not in personal)
        return {k: v for k, v in found if v not in (None, "", [], {})}
    if isinstance(value, list | tuple | set | frozenset):
        return [kept for v in value if (kept := _loggable(v, personal)) is not None]
    return None
