"""A page of a queue: bounded work whatever the table's length, a fixed number of statements."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from shops.access import Caller
from shops.punctuation import bracketed
from shops.roles import words as role_words

from . import queues, words
from .acting import Button, quick, waits_for
from .due import Due, next_dues
from .models import Move
from .queues import CAP, QUEUES, Queue
from .story import person
from .table import Flow, Who

PAGE = 50


@dataclass
class Row:
    """One subject of a list, with all that its line shows."""

    subject: Any
    state: str
    tone: str
    waits: str
    due: Due | None = None
    button: Button | None = None
    last: str = ""


@dataclass
class Listing:
    """A page. count "" where nobody needs it; older: the address of the next page."""

    rows: list[Row]
    queue: Queue | None
    state: str
    count: str = ""
    older: str = ""
    long: bool = False  # too long to be in the order of its turns
    params: dict[str, str] = field(default_factory=dict)


def listing(
    flow: Flow, rows: QuerySet[Any], request: HttpRequest, *, shops: Iterable[int], now: datetime, by: str = "",
    facets: Mapping[str, Any] | None = None,
) -> tuple[Listing, list[Any]]:  # fmt: skip
    """-> the page without its rows' words, and its subjects. rows: what the caller may see, with its relations.
    facets: {column: its choices} by which the address may narrow the list further."""
    queue = QUEUES.get(request.GET.get("queue", ""))
    queue = queue if queue and queue.flow == flow.name else None
    known = {"state": flow.states, **{name: choices for name, (_words, choices) in (facets or {}).items()}}
    narrowed = {name: v for name, choices in known.items() if (v := request.GET.get(name, "")) in choices.values and v}
    rows = rows.filter(queue.condition(by) if queue else Q(), shop__in=sorted(shops), **narrowed)
    state, params = narrowed.get("state", ""), {**({"queue": queue.name} if queue else {}), **narrowed}
    if queue is None:
        page, more = _by_key(rows, request, newest=True)
        older = {**params, "before": str(page[-1].pk)} if more else {}
        return Listing([], queue, state, older=_address(older), params=params), page
    count = queues.capped(rows)
    long = count >= CAP
    start = _number(request, "from")
    if long:
        page, more = _by_key(rows, request, newest=False)
        older = {**params, "after": str(page[-1].pk)} if more else {}
    else:
        found = list(queues.in_turn(queue, rows)[start : start + PAGE + 1])
        page, more = found[:PAGE], len(found) > PAGE
        older = {**params, "from": str(start + PAGE)} if more else {}
    return Listing([], queue, state, queues.shown(count), _address(older), long, params), page


def again(request: HttpRequest, stamp: str) -> str:
    """Where a live list asks whether anything has changed."""
    asked = request.GET.copy()
    asked["stamp"] = stamp
    return f"{request.path}?{asked.urlencode()}"


@dataclass(frozen=True)
class Narrowing:
    """A column by which a list may be narrowed. ways: (address, words, whether it is the one that is chosen)."""

    words: str
    chosen: str
    ways: list[tuple[str, str, bool]]


def narrowings(page: Listing, facets: Mapping[str, Any]) -> list[Narrowing]:
    found = []
    for name, (label, choices) in facets.items():
        others, chosen = {k: v for k, v in page.params.items() if k != name}, page.params.get(name, "")
        named = [("", _("全部")), *((str(v), str(words)) for v, words in choices.choices if v)]
        ways = [(f"?{urlencode({**others, **({name: v} if v else {})})}", w, v == chosen) for v, w in named]
        found.append(Narrowing(str(label), chosen, ways))
    return found


def _address(params: Mapping[str, str]) -> str:
    return f"?{urlencode(params)}" if params else ""


def _number(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def _by_key(rows: QuerySet[Any], request: HttpRequest, *, newest: bool) -> tuple[list[Any], bool]:
    """The page after the last key that was shown: as fast on the last page as on the first."""
    if newest:
        before = _number(request, "before")
        found = rows.filter(pk__lt=before) if before else rows
        found = found.order_by("-pk")
    else:
        # The keys first, out of the queue's index: for whole rows the planner may walk all orders from the oldest on.
        after = rows.filter(pk__gt=_number(request, "after")).order_by("pk")
        found = rows.filter(pk__in=list(after.values_list("pk", flat=True)[: PAGE + 1])).order_by("pk")
    page = list(found[: PAGE + 1])
    return page[:PAGE], len(page) > PAGE


def worded(
    flow: Flow, subjects: Sequence[Any], *, caller: Caller, now: datetime, fast: Sequence[str], press: str = ""
) -> list[Row]:
    """The rows of these subjects: two statements, and one for each need that an upper floor adds to the fast steps."""
    for load in dict.fromkeys(load for step in fast for load in flow.need_loaders.get(step, ())):
        load(subjects)
    pks = [s.pk for s in subjects]
    dues, last = next_dues(flow.name, pks, now), last_words(flow, subjects)
    rows = [_row(flow, s, caller, dues.get(s.pk), last.get(s.pk, "")) for s in subjects]
    for row in rows:
        button = quick(flow, row.subject, caller.roles_in(row.subject.shop_id), press)
        row.button = button if button and button.step in fast else None
    return rows


def _row(flow: Flow, subject: Any, caller: Caller, due: Due | None, last: str) -> Row:
    tone, waits = standing(flow, subject.state, caller.roles_in(subject.shop_id))
    return Row(subject, words.label_of(flow, subject.state), tone, waits, due, last=last)


def stamp(page: Listing) -> str:
    """What a live list would show anew: the same while no row has moved, none has come or gone, none has fallen due."""
    told = [(r.subject.pk, r.subject.version, r.due.tone if r.due else "", r.last) for r in page.rows]
    return hashlib.sha256(repr((page.count, told)).encode()).hexdigest()[:16]


def standing(flow: Flow, state: str, roles: Sequence[str]) -> tuple[str, str]:
    """-> the state's tone (ours, theirs, good, done) and whom it waits for."""
    if state in flow.final:
        return ("good" if state in GOOD else "done"), ""
    who = waits_for(flow, state)
    if not who:
        return "theirs", _("外部")
    mine = any(Who[role.upper()] & who for role in roles)
    return ("ours" if mine else "theirs"), role_words(who.words)


def beside(subject: Any, family: Mapping[str, Sequence[Any]], roles: Sequence[str]) -> list[dict[str, Any]]:
    """The other subjects of a case, each with where it stands: the order first, what has ended last."""
    found = []
    for s in (s for those in family.values() for s in those):
        if (s.flow.name, s.pk) != (subject.flow.name, subject.pk):
            tone, waits = standing(s.flow, s.state, roles)
            label = words.label_of(s.flow, s.state)
            found.append({"subject": s, "state": label, "tone": tone, "waits": waits})
    return sorted(found, key=lambda b: (bool(b["subject"].root), b["tone"] in ("good", "done")))


def owned(dues: Iterable[Due], others: Iterable[Mapping[str, Any]]) -> list[tuple[Due, Any]]:
    """Each clock with the subject that it is of, where that is not the page's own."""
    known = {(b["subject"].flow.name, b["subject"].pk): b["subject"] for b in others}
    return [(d, known.get((d.deadline.flow, d.deadline.subject))) for d in dues]


GOOD = ("completed", "resolved")


def last_words(flow: Flow, subjects: Sequence[Any]) -> dict[int, str]:
    """What was done last, and by whom: one statement."""
    newest = {s.pk: s.version for s in subjects}
    moves = Move.objects.filter(flow=flow.name, subject__in=list(newest), seq__in=set(newest.values()))
    found = moves.values_list("subject", "seq", "step", "by", "who", "why")
    return {pk: _last(flow, step, by, who, why) for pk, seq, step, by, who, why in found if newest[pk] == seq}


def _last(flow: Flow, step: str, by: str, who: str, why: str) -> str:
    name = person(by, who) or role_words([who])
    said = words.step_label(flow, step) if step != "start" else _("开始")
    return _("%(name)s：%(step)s") % {"name": name, "step": said} + bracketed(why)
