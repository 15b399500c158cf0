"""What a step leaves behind: its Move, the subject's changed columns, its clocks, one outbox event. A handful of
statements for one subject or for thousands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from django.core.serializers.json import DjangoJSONEncoder

import outbox.service as outbox
import rows

from . import clocks
from .effects import Add, FollowUp, Save, Tell
from .models import Move, Reported
from .table import Flow, Who

MOVE = (
    "shop", "flow", "subject", "seq", "step", "source", "target", "who", "by", "why", "inputs", "passed", "trigger",
    "at", "noted_at",
)  # fmt: skip
REPORTED = ("flow", "subject", "step", "at", "version", "who", "by", "trigger", "noted_at")


@dataclass(slots=True)
class Moved:
    """One subject that has taken a step and is not yet written. seq, new: its version and state after this step."""

    subject: Any
    old: str
    new: str
    seq: int
    step: str
    at: datetime
    who: Who
    by: str
    why: str = ""
    trigger: str = ""
    inputs: Mapping[str, Any] = field(default_factory=dict)
    passed: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    followups: list[FollowUp] = field(default_factory=list)


_encode = msgspec.json.Encoder(enc_hook=DjangoJSONEncoder().default).encode


def worded(value: Any) -> str:
    """JSON; msgspec words an event in a tenth of the time that the json module takes."""
    return _encode(value).decode() if value else "{}"


def write_moves(flow: Flow, moves: Sequence[Moved], changed: Iterable[str], *, at: datetime, fired: str = "") -> None:
    """The Move first: the database refuses a state that no Move explains."""
    names = sorted({*changed, "state", "version"})
    with rows.together():
        rows.insert(Move, MOVE, [_move(flow, m, at) for m in moves])
        if moves[0].old:
            write_columns(flow, {m.subject.pk: m.subject for m in moves}.values(), names)
        else:
            insert_all([m.subject for m in moves])
        clocks.after_moves(flow, moves, at=at, fired=fired)
        outbox.write([_event(flow, m, at) for m in moves])


def _move(flow: Flow, m: Moved, at: datetime) -> tuple[Any, ...]:
    s = m.subject
    passed = worded(list(m.passed)) if m.passed else "[]"
    return (
        s.shop_id, flow.name, s.pk, m.seq, m.step, m.old, m.new, m.who.word, m.by[:80], m.why[:300],
        worded(m.inputs), passed, m.trigger, m.at, at,
    )  # fmt: skip


def _event(flow: Flow, m: Moved, at: datetime) -> tuple[Any, ...]:
    s = m.subject
    data = {"number": s.number, "step": m.step, "from": m.old or None, "to": m.new, "who": m.who.word, "by": m.by,
            "at": m.at, **({"inputs": m.inputs} if m.inputs else {})}  # fmt: skip
    for f in m.followups:
        if isinstance(f, Tell) and not f.topic:
            data |= f.data
    return s.shop_id, f"{flow.name}.{m.step}", flow.name, s.pk, m.seq, worded(data), m.at, at


def write_reports(found: Sequence[tuple[Any, ...]]) -> None:
    rows.insert(Reported, REPORTED, found)


def write_columns(flow: Flow, subjects: Iterable[Any], names: Sequence[str]) -> None:
    """These columns of the subjects."""
    rows.update(flow.model, names, [(s.pk, *(getattr(s, n) for n in names)) for s in subjects])


def insert_all(found: Sequence[Any]) -> None:
    """Insert unsaved rows as they are, one statement per model; of a model that is `coalesced`, those that nobody has
    added before."""
    for model in dict.fromkeys(type(r) for r in found):
        those = [r for r in found if type(r) is model]
        fields = [f for f in model._meta.concrete_fields if not (f.primary_key and those[0].pk is None)]
        for r in those:
            for f in fields:
                f.pre_save(r, add=True)
        names = ["pk" if f.primary_key else f.name for f in fields]
        values = [tuple(getattr(r, f.attname) for f in fields) for r in those]
        rows.insert(model, names, values, ignore=getattr(model, "coalesced", False))


def write_beside(followups: Iterable[FollowUp]) -> None:
    """The rows that effects changed and added beside their subjects; a row that is added is not saved as well."""
    followups = list(followups)
    saved: dict[tuple[type, tuple[str, ...]], dict[int, Any]] = {}
    for f in followups:
        if isinstance(f, Save) and f.row.pk is not None:
            saved.setdefault((type(f.row), f.names), {})[f.row.pk] = f.row
    for (model, names), those in saved.items():
        fields = [model._meta.get_field(n) for n in names]  # type: ignore[attr-defined]
        rows.update(model, names, [(pk, *(getattr(r, f.attname) for f in fields)) for pk, r in those.items()])
    insert_all([f.row for f in followups if isinstance(f, Add)])
