"""The sample shops' back ends at work: signed hooks over real HTTP, in their time."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

import httpx

from hooks.platforms.native.signature import sign

from . import browser, provider, stock, tracking
from .backend import react
from .carriers import Carriers
from .messages import AGAIN, ANEW, CONTRADICTED, PAGE
from .payments import Ledger
from .queue import Item, Queue, envelope
from .stories import story

LOOK = 0.1  # seconds
LATER = 2.0  # seconds until what could not be said is said again
SAVES = 10.0  # seconds between two looks at the state's file

Told = Callable[[str, Item, int], None]  # what became of a message: a word, the message, the HTTP status
Save = Callable[[int, list[list[Any]], list[str]], None]  # the next order, what waits, which orders are settled


def word_of(status: int) -> str:
    """What became of a message. 200: it was heard the first time already, though its answer did not come."""
    if status in (0, 429) or status >= 500:
        return "unheard"
    return "sent" if status in (200, 202) else "refused"


class Traffic(threading.Thread):
    """`start`: the number of the first order that is told · `pace`: 1 an order every three seconds, 0 none · `waiting`,
    `settled`: as they were saved · `told` hears of every answer · `save` is given the state now and then · `ledger`:
    the payment provider's · `token`: of an agent's program, which gets links to customers' pages · `linked` hears of
    one to look at · `carriers`: the courier services, which push the tracks of the parcels that they watch."""

    def __init__(
        self, url: str, secrets: Mapping[str, str], *, seed: int, start: int, pace: float, hurry: float,
        waiting: list[list[Any]], settled: Iterable[str], told: Told, save: Save, ledger: Ledger, token: str,
        linked: Callable[[str, str, str], None], carriers: Carriers,
    ) -> None:  # fmt: skip
        super().__init__(name="traffic", daemon=True)
        self.secrets, self.seed, self.n, self.pace, self.hurry = secrets, seed, start, pace, hurry
        self.told, self.save, self.ledger, self.token, self.linked = told, save, ledger, token, linked
        self.carriers = carriers
        self.heard: SimpleQueue[Mapping[str, Any]] = SimpleQueue()
        self.counts: Counter[str] = Counter()
        self._url, self._stopped, self._queue = url, threading.Event(), Queue()
        self._queue.load(waiting, time.time())
        self._saved, self.settled = time.monotonic(), set(settled)

    def run(self) -> None:
        with httpx.Client(base_url=self._url, timeout=3, trust_env=False) as self._client:
            next_order = time.time()
            while not self._stopped.wait(LOOK):
                now = time.time()
                self._react(now)
                while self.pace and next_order <= now:
                    next_order = max(next_order, now - 1) + self._begin(now)
                self._say(now)
                self._save_sometimes()
        self.save(self.n, self._queue.saved(time.time()), sorted(self.settled))

    def ends(self) -> None:
        """Told to all before any is waited for: they end side by side."""
        self._stopped.set()

    def stop(self) -> None:
        """Returns when the last message is answered and the state is saved."""
        self._stopped.set()
        self.join(timeout=4)

    def _begin(self, now: float) -> float:
        """The next order. -> seconds until the one after it."""
        told = story(self.seed, self.n, self.hurry)
        self._queue.add([*told.messages, *stock.counted(self.seed, self.hurry, told)], now)
        self.n += 1
        return told.gap / self.pace

    def _react(self, now: float) -> None:
        with suppress(Empty):
            while True:
                event = self.heard.get_nowait()
                if event["type"] == "refund.send":
                    self._queue.add(provider.answers(self.ledger, self.seed, self.hurry, event["data"]), now)
                    continue
                reaction = react(self.seed, self.hurry, event, self.settled)
                self.settled |= {reaction.settled} - {""}
                for number, kinds in reaction.drops.items():
                    self._queue.drop(number, kinds)
                self._queue.add(reaction.answers, now)

    def _say(self, now: float) -> None:
        while not self._stopped.is_set() and (item := self._queue.take(now)):
            if item.message.type.startswith(PAGE):
                self._visit(item)
                continue
            if tracking.seen(self.carriers, item):
                self.counts["pushed"] += 1
                self.told("sent", item, 202)
                continue
            status = self._post(item, item.message.id, item.worded())
            word = word_of(status)
            self.told(word, item, status)
            if word == "unheard":
                self._queue.again(item, time.time() + LATER)
                return
            self.counts["sent"] += 1
            self._twist(item)

    def _visit(self, item: Item) -> None:
        """Not again where it fails: a page that has moved on offers something else."""
        message, status = item.message, 0
        if message.type == f"{PAGE}rate":
            self._rate(item)
            return
        with suppress(httpx.HTTPError):
            address = browser.link(self._client, self.token, message.shop, message.number)
            act = message.type.removeprefix(PAGE)
            if address and act == "look":
                self.linked(message.shop, message.number, address)
            elif address:
                status = browser.visit(self._client, address, act, message.data)
        self.counts["visits"] += bool(status)
        self.told("visited", item, status)

    def _rate(self, item: Item) -> None:
        """How they were served, on the page behind the link that the shop's channel has brought them."""
        with suppress(httpx.HTTPError):
            said = dict(item.message.data)
            self.told("visited", item, browser.rate(self._client, said.pop("url"), said))

    def _twist(self, item: Item) -> None:
        """What real back ends do as well: the same once more, in several ways."""
        message, body = item.message, item.worded()
        if message.twist == AGAIN:
            word, name = "duplicate", message.id
        elif message.twist == ANEW:
            word, name = "anew", f"{message.id}.again"
        elif message.twist == CONTRADICTED:
            word, name = "contradicted", message.id
            body = envelope(message.type, message.data, item.happened - 1)
        else:
            return
        status = self._post(item, name, body)
        self.counts[word] += 1
        self.told(word, item, status)

    def _post(self, item: Item, name: str, body: str) -> int:
        """-> the HTTP status; 0: nobody answered."""
        shop, raw = item.message.shop, body.encode()
        headers = sign(self.secrets[shop], name, int(time.time()), raw)
        try:
            answer = self._client.post(
                f"/hooks/{shop}/", content=raw, headers={**headers, "content-type": "application/json"}
            )
        except httpx.HTTPError:
            return 0
        return answer.status_code

    def _save_sometimes(self) -> None:
        if time.monotonic() - self._saved > SAVES:
            self._saved = time.monotonic()
            self.save(self.n, self._queue.saved(time.time()), sorted(self.settled))
