"""The native envelope `{"type", "timestamp", "data"}` -> its one event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct

from hooks.events import EVENTS, convert
from hooks.events.fields import Moment
from hooks.platform import Endpoint, Event, Headers, Told, Who
from hooks.refused import invalid

from .signature import ID


class Envelope(Struct, frozen=True, kw_only=True):
    type: Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\A[\x21-\x7e]+\Z")]
    timestamp: Moment
    data: dict[str, Any]
    shop_id: Any = None


def identify(headers: Headers, body: Mapping[str, Any]) -> tuple[str, str]:
    kind = body.get("type")
    return headers[ID], kind if isinstance(kind, str) else ""


def translate(body: dict[str, Any], headers: Headers, endpoint: Endpoint) -> Told:
    envelope = convert(body, Envelope)
    data = envelope.data
    for pointer, told in (("/shop_id", envelope.shop_id), ("/data/shop_id", data.get("shop_id"))):
        if told is not None and told != endpoint.code:
            raise invalid("The event is of another shop than this address.", pointer, "shop-mismatch")
    if envelope.type not in EVENTS:
        return _unread(envelope)
    fact = convert(data, EVENTS[envelope.type], "/data")
    fact.check(endpoint.currency)
    who: Who = "platform" if fact.from_platform else "shop"
    event = Event(0, envelope.type, fact.occurred_at or envelope.timestamp, who, fact)
    return Told(envelope.type, (event,), number=fact.about)


def _unread(envelope: Envelope) -> Told:
    number = envelope.data.get("number")
    named = number if isinstance(number, str) else ""
    return Told(envelope.type, number=named, outcome="ignored", why="unknown event type", flag=envelope.type)
