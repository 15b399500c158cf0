"""What happened, in one line of time: the steps of a case and its clocks; upper floors add words, goods and money."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from deadlines.models import Change, Deadline
from shops.access import is_key
from shops.punctuation import bracketed, clauses, labelled, listed
from shops.roles import LABELS
from shops.roles import words as role_words

from . import words
from .asks import Money, yuan
from .due import local, span
from .models import Move
from .registry import FLOWS
from .table import Flow


@dataclass
class Happening:
    """kind: step, clock and what upper floors add; details: lines of text beneath the title."""

    at: datetime
    kind: str
    icon: str
    title: str
    by: str = ""
    role: str = ""
    details: list[str] = field(default_factory=list)
    tone: str = ""
    about: str = ""  # which subject of the case, where it is not the case's own
    place: int = 0  # among those of the same moment
    step: str = ""  # "order.ship", of a step
    pictures: list[tuple[str, str, str]] = field(default_factory=list)  # (address, its thumbnail's or "", name)
    joins: tuple[str, ...] = ()  # the steps of the same moment that this belongs to: told together
    move: tuple[str, int, int] = ("", 0, 0)  # (flow, subject, seq) of a step, or of the words that were said by it
    side: str = ""  # of words: whose they are
    words: str = ""
    instead: tuple[str, ...] = ()  # steps of the same move that are told by these words alone


def person(by: str, role: str = "") -> str:
    """A Move's `by` as a reader knows it. role: whose it is; what the system does is named by what has caused it."""
    if by.startswith("hook:"):
        return _("平台消息")
    if by == "customer:page":
        return _("客户页面")
    if is_key(by):
        return _("接口密钥 %s…") % by[:8]
    flow, _dot, step = by.partition(".")
    if role in ("system", "platform") and flow in FLOWS:
        known = step in FLOWS[flow].rows
        return _("因“%s”") % (words.step_label(FLOWS[flow], step) if known else FLOWS[flow].label)
    topic = role in ("system", "platform") and flow != by  # of no flow: deadline.breached, review.posted
    return "" if topic or by in ("clock", "system", role) else by


def steps(subjects: Mapping[str, Sequence[Any]]) -> Iterator[Happening]:
    """The moves of these subjects, {flow: subjects}: one statement."""
    asked = Q(pk=None)
    for flow, those in subjects.items():
        asked |= Q(flow=flow, subject__in=[s.pk for s in those])
    numbers = {(flow, s.pk): s for flow, those in subjects.items() for s in those}
    for move in Move.objects.filter(asked).order_by("pk"):
        subject = numbers[move.flow, move.subject]
        yield step(FLOWS[move.flow], move, about(subject, alone=len(subjects[move.flow]) == 1))


def about(subject: Any, *, alone: bool) -> str:
    """Which subject of the case a line speaks of; "" for its order."""
    if not subject.root:
        return ""
    return str(subject.flow.label) if alone else f"{subject.flow.label} {tail(subject)}"


def tail(subject: Any) -> str:
    """What its number adds to its order's: R2 of E1-R2; "" for the order itself."""
    return str(subject.number).rpartition("-")[2] if subject.root else ""


def step(flow: Flow, move: Move, about: str = "") -> Happening:
    target = words.label_of(flow, move.target)
    title = words.step_label(flow, move.step) if move.seq > 1 else _("开始")
    if move.source != move.target:
        title = _("%(step)s → %(state)s") % {"step": title, "state": target}
    details = [*([_("原因：%s") % move.why] if move.why else []), *(described(flow, move) if move.seq > 1 else [])]
    if move.passed:
        details.append(_("越过：%s") % listed(words.step_label(flow, p) for p in move.passed))
    if abs((move.noted_at - move.at).total_seconds()) >= 60:
        details.append(_("%s 记入") % local(move.noted_at, move.shop_id, move.at))
    tone = flow.head(move.step).tone if move.step in flow.rows else ""
    return Happening(
        move.at, "step", "circle-check", title, person(move.by, move.who), str(LABELS.get(move.who, move.who)),
        details, tone, about, move.pk, f"{flow.name}.{move.step}", move=(flow.name, move.subject, move.seq),
    )  # fmt: skip


def described(flow: Flow, move: Move) -> list[str]:
    """The step's inputs with the labels of the form that asked for them."""
    asks = flow.head(move.step).asks if move.step in flow.rows else None
    fields: Mapping[str, Any] = asks().fields if asks else {}
    found = []
    for name, value in move.inputs.items():
        if name == "why" and value == move.why:
            continue
        label = str(fields[name].label) if name in fields else str(KNOWN.get(name, ""))
        if label:
            found.append(labelled(label, _value(fields.get(name), value)))
    return found


KNOWN = {"parcels": gettext_lazy("包裹"), "lines": gettext_lazy("商品"), "amount": gettext_lazy("金额")}


def _value(asked: Any, value: Any) -> str:
    """asked: its field; one that keeps something else than was said words it itself (`worded`)."""
    if hasattr(asked, "worded"):
        return str(asked.worded(value))
    if isinstance(asked, Money) and isinstance(value, int):
        return f"¥{yuan(value)}"
    if isinstance(asked, serializers.ChoiceField):
        return str(asked.choices.get(value, value))
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return clauses(_value(None, v) for v in value)
    if isinstance(value, dict):
        return _row(value)
    return str(value)


def _row(row: Mapping[str, Any]) -> str:
    """{"line": "1", "quantity": 2} -> 行 1 ×2; a parcel -> its carrier and number."""
    if "tracking_number" in row:
        inside = clauses(_row(line) for line in row.get("lines") or ())
        return f"{row.get('carrier', '')} {row['tracking_number']}".strip() + bracketed(inside)
    if "line" in row:
        return str(_("行 %s") % row["line"]) + (f" ×{row['quantity']}" if row.get("quantity") else "")
    return listed(v for v in row.values() if not isinstance(v, (dict, list)))


def clocks(those: Iterable[Deadline]) -> Iterator[Happening]:
    """Warned, breached, fired, and moved by something else than a step."""
    those = [d for d in those if d.flow in FLOWS and d.clock in FLOWS[d.flow].clock]
    for d in those:
        name = str(FLOWS[d.flow].clock[d.clock].label) + (f" {d.part}" if d.part else "")
        if d.warned_at:
            yield Happening(d.warned_at, "clock", "bell", _("“%s”即将到期，已提醒") % name, tone="soon")
        if d.breached_at and d.due_at:
            late = span(int((d.breached_at - d.due_at).total_seconds()))
            told = role_words(d.tell.split())
            details = [_("到期后 %(late)s 发现，已通知%(told)s") % {"late": late, "told": told}]
            yield Happening(d.breached_at, "clock", "timer", _("“%s”已超时") % name, details=details, tone="late")
    names = {d.pk: d for d in those}
    for change in Change.objects.filter(deadline__in=list(names)).order_by("pk"):
        d = names[change.deadline_id]
        moved = [local(m, d.shop_id, change.at) if m else _("暂停") for m in (change.was, change.now)]
        title = _("“%(clock)s”的到期时间改为 %(due)s") % {
            "clock": FLOWS[d.flow].clock[d.clock].label, "due": moved[1],
        }  # fmt: skip
        details = [_("原为 %s") % moved[0], *([change.why] if change.why else [])]
        yield Happening(change.at, "clock", "timer", title, person(change.by, "system"), details=details)


def told(*parts: Iterable[Happening]) -> list[Happening]:
    """All of it, oldest first. What joins a step of its moment is told with it: its kind, its details. Words stand
    where the step stands by which they were said, and in its place where they tell all of it."""
    whole = _spoken([h for part in parts for h in part])
    steps_at = {(h.step, h.at): h for h in whole if h.step}
    kept = []
    for h in whole:
        step = next((steps_at[j, h.at] for j in h.joins if (j, h.at) in steps_at), None)
        if step is None:
            kept.append(h)
        else:
            step.kind, step.icon = h.kind, h.icon
            step.details, step.tone = h.details or step.details, step.tone or h.tone
    return sorted(kept, key=lambda h: (h.at, h.place))


def _spoken(whole: Sequence[Happening]) -> list[Happening]:
    by_move = {h.move: h for h in whole if h.step}
    told = set()
    for h in whole:
        if h.side and (step := by_move.get(h.move)) is not None:
            h.place = step.place
            if step.step in h.instead:
                told.add(id(step))
    return [h for h in whole if id(h) not in told]
