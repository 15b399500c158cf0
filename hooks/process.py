"""Stored messages -> steps: each subject's in their order, all subjects' together, wave by wave.

A wave is one transaction: the messages that are the first of all their subjects. Its rows get their outcome in it, so
that a worker that dies leaves either all of a message's doing or nothing, and another worker takes the row.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

import rows
from flows.engine import Taken, Want, start_many
from flows.permit import lock_cases
from flows.registry import FLOWS
from flows.reports import Heard, report_many
from flows.table import Who
from rows import claim as queue

from . import events as e
from . import parking, reviewing, stocking, talking
from .disputing import Disputes
from .models import Inbox
from .platform import Event
from .reading import read_all
from .starting import STARTS, Starts, rank, starts, told_again
from .steps import WHO, said
from .subjects import Key, Known, all_keys

BATCH = 500
PATIENCE = 50  # seconds
WOKEN = "woken"  # parked messages that ring again
ELSEWHERE = (e.MessageReceived, e.ReviewPosted, e.StockChanged)  # heard beside the flows


class LostLease(Exception):
    """Another worker has taken some of these rows: nothing of ours may stay."""


@dataclass(eq=False)
class Item:
    """One message under way. `subjects`: the names it moves, so that no two of a wave touch the same one."""

    row: Inbox
    events: list[Event]
    taken: list[Taken] = field(default_factory=list)
    parked: bool = False
    ended: tuple[str, str] | None = None  # (outcome, why) of what is no subject's

    @property
    def keys(self) -> set[Key]:
        return {key for event in self.events for key in all_keys(self.row.shop_id, event.data)}

    @property
    def order(self) -> tuple[int, datetime, int]:
        """What begins before all else, then as it happened."""
        return min(rank(ev.data) for ev in self.events), min(ev.at for ev in self.events), self.row.pk


def run(*, at: datetime, limit: int = BATCH, patience: float = PATIENCE) -> Counter[str]:
    """Apply what has come until nothing is due, or `patience` seconds are over. -> rows by outcome ("failed" too)."""
    end, ended = time.monotonic() + patience, Counter[str]()
    while time.monotonic() < end:
        claimed = queue.claim(Inbox, at=at, limit=limit)
        done = apply(claimed, at=at)
        woken = done.pop(WOKEN, 0)
        ended += done
        if len(claimed) < limit and not woken:
            break
    return ended


def apply(claimed: Sequence[Inbox], *, at: datetime) -> Counter[str]:
    """Apply claimed rows. -> rows by outcome; WOKEN: how many that were parked ring now."""
    items, ended = [], Counter[str]()
    for row, told, refusal in read_all(claimed):
        if told is not None and told.events:
            items.append(Item(row, list(told.events)))
        else:
            outcome, why = (Inbox.REJECTED, refusal) if told is None else (told.outcome or Inbox.IGNORED, told.why)
            ended += _finish([(row, outcome, why)], at=at)
    known = Known()
    known.look_up({key for item in items for key in item.keys})
    waiting = sorted(items, key=lambda item: item.order)
    while waiting:
        wave, waiting = _first_of_each(waiting, known)
        ended += _carefully(wave, known, at=at)
    return ended


def _first_of_each(items: Iterable[Item], known: Known) -> tuple[list[Item], list[Item]]:
    """-> the messages before which no other speaks of the same subject, and the rest, in order."""
    wave, rest, busy = [], [], set[object]()
    for item in items:
        names: set[object] = set(item.keys)
        names |= {who for event in item.events for who in known.moved(item.row.shop_id, event.data)}
        if names & busy:
            rest.append(item)
        else:
            wave.append(item)
        busy |= names
    return wave, rest


def _carefully(wave: Sequence[Item], known: Known, *, at: datetime) -> Counter[str]:
    """One transaction for all; an error halves the wave until the poisoned message stands alone and backs off."""
    try:
        return _together(wave, known, at=at)
    except LostLease:
        return Counter(lost=len(wave))
    except Exception as error:
        known.look_up({key for item in wave for key in item.keys})
        if len(wave) == 1:
            queue.back_off(Inbox, [wave[0].row], f"{type(error).__name__}: {error}"[:300], at=at)
            return Counter(failed=1)
        half = len(wave) // 2
        return _carefully(wave[:half], known, at=at) + _carefully(wave[half:], known, at=at)


def _together(wave: Sequence[Item], known: Known, *, at: datetime) -> Counter[str]:
    with transaction.atomic():
        for item in wave:
            item.taken, item.parked, item.ended = [], False, None
        _lock_ahead(wave, known)
        for position in range(max(len(item.events) for item in wave)):
            _step([(i, i.events[position]) for i in wave if position < len(i.events)], known, at=at)
        broken = [item for item in wave if any(t.error for t in item.taken)]
        ended = [_outcome(item) for item in wave if item not in broken]
        counts = _finish(ended, at=at)
    counts[WOKEN] += parking.wake(wave, at=at) + _missed(wave, known, at=at)
    talking.missed(wave, at=at)
    for item in broken:
        error = next(t.error for t in item.taken if t.error)
        queue.back_off(Inbox, [item.row], f"{type(error).__name__}: {error}"[:300], at=at)
    return counts + Counter(failed=len(broken)) if broken else counts


def _lock_ahead(wave: Sequence[Item], known: Known) -> None:
    """A wave that speaks of several flows goes through them one by one: all its orders are locked before, at once."""
    of: dict[str, set[int]] = {}
    for item in wave:
        for event in item.events:
            begins = starts(event.data)
            touched = _beneath(item, event, known) if begins else known.moved(item.row.shop_id, event.data)
            for flow, pk in touched:
                of.setdefault(flow, set()).add(pk)
    if len(of) > 1:
        lock_cases(of)


def _beneath(item: Item, event: Event, known: Known) -> list[tuple[str, int]]:
    """Whom that hangs on which is about to begin."""
    how = STARTS[type(event.data)]
    if how.beneath is None:
        return []
    key = how.beneath(item.row.shop_id, event.data)
    return [(key[0], pk) for pk in known.found.get(key, []) if key[0] in FLOWS]


def _missed(wave: Sequence[Item], known: Known, *, at: datetime) -> int:
    """Who began what these wait for, at the same moment elsewhere, did not see them parked; now they see it. -> how
    many ring. (Both look only once they have committed: one of the two is the later.)"""
    parked = [item for item in wave if item.parked and not item.taken]
    known.look_up({key for item in parked for key in item.keys})
    found = [i for i in parked if any(known.spoken_to(i.row.shop_id, event.data) for event in i.events)]
    return sum(parking.call(item.row.shop_id, [item.row.number], at=at) for item in found)


def _step(spoken: Sequence[tuple[Item, Event]], known: Known, *, at: datetime) -> None:
    """The events of one place in their messages: what begins, then what is said of those that are there; what
    customers say last."""
    talks = _those(spoken, e.MessageReceived)
    reviews, stocks = _those(spoken, e.ReviewPosted), _those(spoken, e.StockChanged)
    spoken = [(i, ev) for i, ev in spoken if not isinstance(ev.data, ELSEWHERE)]
    disputes = Disputes.of((i.row.shop_id, ev) for i, ev in spoken)
    begun, told = list[tuple[Item, Event]](), list[tuple[Item, Event]]()
    for i, ev in spoken:
        (begun if starts(ev.data) and not disputes.hear(i.row.shop_id, ev) else told).append((i, ev))
    _begin(begun, known, at=at)
    heard: dict[str, list[tuple[Item, Heard]]] = {}
    for item, event in told:
        subjects = disputes.spoken_to(item.row.shop_id, event, known)
        item.parked |= not subjects
        for flow, pk in subjects:
            heard.setdefault(flow, []).append((item, _heard(item.row, event, flow, pk)))
    for name, those in heard.items():
        of = {h.pk: item for item, h in those}
        for taken in report_many(FLOWS[name], [h for _item, h in those], at=at):
            of[taken.subject.pk].taken.append(taken)
    stocking.count(stocks)
    reviewing.review(reviews, known, at=at)
    talking.talk(talks, known, at=at)


def _those(spoken: Sequence[tuple[Item, Event]], kind: type[e.Fact]) -> list[tuple[Item, Event, str]]:
    return [(i, ev, _trigger(i.row, ev)) for i, ev in spoken if isinstance(ev.data, kind)]


def _heard(row: Inbox, event: Event, flow: str, pk: int) -> Heard:
    kind, inputs = said(event.data, flow)
    version = str(event.data.version or "")
    return Heard(pk, kind, event.at, WHO[event.who], f"hook:{row.source}", inputs, version, _trigger(row, event))


def _trigger(row: Inbox, event: Event) -> str:
    return f"inbox:{row.pk}:{event.position}"


@dataclass(eq=False)
class Beginning:
    """One event that is about to start a subject."""

    item: Item
    event: Event
    key: Key
    beneath: int = 0  # the key of whom it hangs on


def _begin(spoken: Sequence[tuple[Item, Event]], known: Known, *, at: datetime) -> None:
    """Each kind of subject, those of one caller together; who is known already says so, who hangs on nobody waits."""
    groups: dict[tuple[type, Who, str], list[Beginning]] = {}
    for item, event in spoken:
        how, shop = STARTS[type(event.data)], item.row.shop_id
        one = Beginning(item, event, how.own(shop, event.data))
        if found := known.found.get(one.key):
            item.taken.append(told_again(event.data, found[0]))
            continue
        if how.beneath is not None:
            under = known.found.get(how.beneath(shop, event.data))
            if not under:
                item.parked = True
                continue
            one.beneath = under[0]
        groups.setdefault((type(event.data), WHO[event.who], f"hook:{item.row.source}"), []).append(one)
    for (kind, who, by), those in groups.items():
        _start(STARTS[kind], those, known, who=who, by=by, at=at)


def _start(how: Starts, those: Sequence[Beginning], known: Known, *, who: Who, by: str, at: datetime) -> None:
    """What is refused now that whom it hangs on is locked may have been begun meanwhile, by the same told elsewhere."""
    beneath = how.model.objects.in_bulk({b.beneath for b in those}) if how.model else {}
    begun = []
    for b in those:
        subject, inputs = how.begun(b.event.data, b.item.row.shop_id, b.event.at, beneath.get(b.beneath))
        begun.append((subject, Want(0, inputs, at=b.event.at, trigger=_trigger(b.item.row, b.event))))
    for b, taken in zip(those, start_many(how.flow, begun, who=who, by=by, at=at), strict=True):
        if taken.moved:
            known.found[b.key] = [taken.subject.pk]
        elif taken.code == "input":
            known.look_up({b.key})
        found = [] if taken.moved else known.found.get(b.key, [])
        b.item.taken.append(told_again(b.event.data, found[0]) if found else taken)


# ---- outcomes
End = tuple[Inbox, str, str]


def _outcome(item: Item) -> End:
    """applied where anything moved or was recorded; rejected for what only the order can tell; else no_op, with why."""
    if item.ended is not None:
        return item.row, *item.ended
    if item.parked and not item.taken:
        return item.row, Inbox.PARKED, _("等待“%(number)s”出现") % {"number": item.row.number}
    last = item.taken[-1]
    moved = last.subject if last.subject.pk else last.subject.order  # what was refused at its start is not there
    item.row.flow, item.row.subject = moved.flow.name, moved.pk
    if refused := next((t for t in item.taken if t.code == "input"), None):
        return item.row, Inbox.REJECTED, refused.why
    if any(t.moved for t in item.taken) or any(t.recorded and t.code != "outranked" for t in item.taken):
        return item.row, Inbox.APPLIED, ""
    return item.row, Inbox.NO_OP, last.why or _("没有变化")


NAMES = (*queue.FREE, "outcome", "why", "flow", "subject")


def _finish(ended: Sequence[End], *, at: datetime) -> Counter[str]:
    """Write outcomes, in the transaction of the steps. Raises LostLease where a row is no longer ours."""
    if not ended:
        return Counter()
    with transaction.atomic():
        mine = queue.still_mine(Inbox, [row for row, _o, _w in ended])
        if len(mine) != len(ended):
            raise LostLease
        rows.update(Inbox, NAMES, [_columns(row, outcome, why, at) for row, outcome, why in ended])
    return Counter(outcome for _row, outcome, _why in ended)


def _columns(row: Inbox, outcome: str, why: str, at: datetime) -> tuple[object, ...]:
    """Parked rows ring again, ever later; after a week only people look at them."""
    rings = parking.rings_again(row, at) if outcome == Inbox.PARKED else None
    attempts = row.attempts if outcome == Inbox.PARKED else 0
    return row.pk, rings, None, None, attempts, "", None, outcome, why[:300], row.flow, row.subject
