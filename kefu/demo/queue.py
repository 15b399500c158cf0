"""What the back ends have still to say, by when; kept in a file, so that the next start goes on with it."""

from __future__ import annotations

import heapq
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from .messages import Message


@dataclass(order=True)
class Item:
    """`due`: Unix seconds · `happened`: too, of what it tells · `body`: as it was first sent, for whoever sends it
    again."""

    due: float
    place: int
    message: Message = field(compare=False)
    happened: float = field(compare=False)
    body: str = field(default="", compare=False)

    def worded(self) -> str:
        """The native envelope."""
        if not self.body:
            self.body = envelope(self.message.type, self.message.data, self.happened)
        return self.body


def envelope(kind: str, data: Mapping[str, Any], happened: float) -> str:
    at = datetime.fromtimestamp(happened, UTC).isoformat(timespec="milliseconds")
    said = {**data, "occurred_at": at}
    if "points" in data:
        said["points"] = [{"at": at, **point} for point in data["points"]]
    return json.dumps({"type": kind, "timestamp": at, "data": said}, ensure_ascii=False)


class Queue:
    """Not for two threads: the traffic's alone."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._places = count()

    def __len__(self) -> int:
        return len(self._items)

    @property
    def next_due(self) -> float | None:
        return self._items[0].due if self._items else None

    def add(self, messages: Iterable[Message], now: float) -> None:
        for message in messages:
            heapq.heappush(self._items, Item(now + message.after, next(self._places), message, now + message.happened))

    def again(self, item: Item, due: float) -> None:
        """The very same bytes later."""
        heapq.heappush(self._items, Item(due, next(self._places), item.message, item.happened, item.worded()))

    def take(self, now: float) -> Item | None:
        return heapq.heappop(self._items) if self._items and self._items[0].due <= now else None

    def drop(self, number: str, kinds: frozenset[str]) -> int:
        """What was still to be said of an order and will not come to pass, parcels that never left included."""
        gone = [i for i in self._items if i.message.number == number and i.message.type in kinds]
        never = {p["tracking_number"] for i in gone for p in (i.message.data, *i.message.data.get("parcels", ()))
                 if "tracking_number" in p}  # fmt: skip
        places = {i.place for i in gone}
        kept = [
            i
            for i in self._items
            if i.place not in places
            and not (i.message.number == number and i.message.data.get("tracking_number") in never)
        ]
        dropped = len(self._items) - len(kept)
        self._items = kept
        heapq.heapify(self._items)
        return dropped

    def saved(self, now: float) -> list[list[Any]]:
        """Times from now on: what waits goes on where it was, however long nobody looked."""
        return [[i.due - now, i.happened - now, list(i.message), i.body] for i in sorted(self._items)]

    def load(self, saved: Iterable[list[Any]], now: float) -> None:
        for due, happened, message, body in saved:
            item = Item(now + due, next(self._places), Message(*message), now + happened, body)
            heapq.heappush(self._items, item)


def write(file: Path, state: Mapping[str, Any]) -> None:
    """All of it or nothing; readable by its owner alone, since it holds API keys."""
    fresh = file.with_suffix(".new")
    with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
        json.dump(state, out, ensure_ascii=False)
    fresh.replace(file)


def read(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text())) if file.exists() else {}
