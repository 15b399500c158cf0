"""Courier services' pushes -> native events: a further kind of dialect, spoken beside the shop's own.

A push may speak of several numbers: each is a row of its own, with the same raw bytes and the place of its part, so
that each waits for its own parcel and ends for itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from orders.couriers.contract import Courier, Push, Unreadable
from orders.couriers.services import COURIERS

from .bodies import read_form
from .events import Fact, ParcelTracked, ParcelUnwatched, convert
from .platform import Dialect, Endpoint, Event, Headers, Secret, Told
from .refused import invalid, malformed

PART = "part"  # the one "header" that is kept: which number's news of the push the row is
TYPE = ParcelTracked.type
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)  # when a service gave up a parcel of which it knows nothing is not said


def read(raw: bytes) -> dict[str, Any]:
    """The form. Raises Refused 400."""
    try:
        return dict(read_form(raw))
    except ValueError:
        raise malformed("malformed-form", "The body is no form in UTF-8, or says a field twice.") from None


def parts(courier: Courier, form: Mapping[str, Any]) -> Sequence[Push]:
    """Raises Refused 422."""
    try:
        return courier.pushed(form)
    except Unreadable as unreadable:
        raise invalid(f"The push cannot be read: {unreadable}.") from None


def translate(courier: Courier, form: dict[str, Any], headers: Headers, endpoint: Endpoint) -> Told:
    pushes, place = parts(courier, form), int(headers.get(PART, "0"))
    push = pushes[place] if place < len(pushes) else pushes[0]
    track = push.track
    named = {"carrier": track.carrier or "-", "tracking_number": track.number.upper()}
    facts: list[Fact] = []
    if track.at is not None and track.state:
        points = [{"at": p.at.isoformat(), "text": p.text} for p in track.points]
        told = {**named, "state": track.state, "points": points, "occurred_at": track.at.isoformat()}
        facts.append(convert(told, ParcelTracked))
    if push.aborted:
        facts.append(convert({**named, "service": courier.name}, ParcelUnwatched))
    events = tuple(Event(i, fact.type, track.at or LONG_AGO, "platform", fact) for i, fact in enumerate(facts))
    why = "" if events else "nothing has happened to the parcel yet"
    return Told(TYPE, events, named["tracking_number"], "" if events else "ignored", why, track.flag)


def _proved_elsewhere(raw: bytes, headers: Headers, secrets: Sequence[Secret], now: float) -> Secret | None:
    """Pushes are proved with a shop's contract, which only hooks/pushes.py has at hand."""
    return None


def _identify(courier: Courier, headers: Headers, body: Mapping[str, Any]) -> tuple[str, str]:
    return parts(courier, body)[int(headers.get(PART, "0"))].id, TYPE


SERVICES: dict[str, Dialect] = {
    name: Dialect(
        name=name, headers=(PART,), verify=_proved_elsewhere, identify=partial(_identify, courier),
        translate=partial(translate, courier), read=read,
    )
    for name, courier in COURIERS.items()
}  # fmt: skip
