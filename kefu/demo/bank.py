"""The payment provider to practise with, at an address of its own: it hears the outbox, pays under the refunds' keys,
speaks signed hooks, and breaks off when it is told to. Everything over HTTP; it never touches Kefu's tables."""

from __future__ import annotations

import heapq
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from itertools import count
from typing import Any

import httpx

from hooks.platform import Secret
from hooks.platforms.native.signature import sign, verify

from .payments import Answer, Ledger, carry_out
from .queue import envelope
from .serving import QuietServer

LATER = 0.3  # seconds until what could not be said is said again

# What can go wrong with the instruction itself. `well` first.
FAULTS = (
    "well",
    "busy",  # answers 503 before anything is written or paid
    "breaks",  # pays, then answers 500
    "cut",  # pays, then closes the line without a word
    "hangs",  # pays, then keeps the line until it is released
    "waits",  # keeps the line until it is released, then pays
)


@dataclass(frozen=True)
class Manner:
    """How one key is treated. `fault` befalls its first `times` instructions."""

    mode: str = "usual"
    fault: str = "well"
    times: int = 1


@dataclass(frozen=True)
class Keys:
    """Of one shop: with what its outbox signs, with what its hooks are signed."""

    outbox: Sequence[str]
    hooks: str


@dataclass
class Bank:
    """Listens on a port of its own choice and tells the shops at `url`. `hurry` divides all its times."""

    url: str
    ledger: Ledger
    manner: Callable[[Mapping[str, Any]], Manner] = lambda _data: Manner()
    hurry: float = 1.0
    shops: dict[str, Keys] = field(default_factory=dict)
    released: threading.Event = field(default_factory=threading.Event)
    refused: list[tuple[str, int]] = field(default_factory=list)  # messages that the shop would not have

    def __post_init__(self) -> None:
        self._known, self._received = dict[str, bytes](), dict[str, int]()
        self._waiting, self._places = list[tuple[float, int, str, str]](), count()
        self._lock, self._rung, self._stopped = threading.RLock(), threading.Event(), threading.Event()
        self._speaking = 0
        self._server = QuietServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])

    def address(self, shop: str) -> str:
        return f"http://127.0.0.1:{self.port}/{shop}/"

    def start(self) -> None:
        serve = {"poll_interval": 0.05}
        threading.Thread(target=self._server.serve_forever, kwargs=serve, name="bank", daemon=True).start()
        threading.Thread(target=self._speak, name="bank speaks", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        self._rung.set()
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    # ---- what it hears
    def take(self, path: str, headers: Mapping[str, str], raw: bytes) -> int:
        """-> the status to answer with; 0: the line is closed without a word."""
        shop = path.strip("/")
        keys = self.shops.get(shop)
        secrets = [Secret(0, text) for text in keys.outbox] if keys else []
        if not secrets or verify(raw, headers, secrets, time.time()) is None:
            return 401
        event = json.loads(raw)
        return self._instructed(shop, event["data"]) if event["type"] == "refund.send" else 204

    def _instructed(self, shop: str, data: Mapping[str, Any]) -> int:
        manner, fault = self.manner(data), self._fault(data)
        if fault == "busy":
            return 503
        if fault == "waits":
            self.released.wait()
        self._tell(shop, carry_out(self.ledger, data, manner.mode))
        if fault == "hangs":
            self.released.wait()
        return {"breaks": 500, "cut": 0}.get(fault, 204)

    def _fault(self, data: Mapping[str, Any]) -> str:
        manner, key = self.manner(data), str(data["key"])
        with self._lock:
            self._received[key] = self._received.get(key, 0) + 1
            return manner.fault if self._received[key] <= manner.times else "well"

    @property
    def received(self) -> dict[str, int]:
        """{key: how often it was instructed}, also where that came to nothing"""
        with self._lock:
            return dict(self._received)

    # ---- what it says
    def _tell(self, shop: str, answers: Sequence[Answer]) -> None:
        """At once what has no delay; the rest in its time. What was said before is said again, in the same bytes."""
        now = time.time()
        for answer in answers:
            with self._lock:
                body = envelope(answer.type, answer.data, now).encode()
                self._known.setdefault(answer.name, body)
            if answer.after:
                self._push(now + answer.after / self.hurry, shop, answer.name)
            elif not self._post(shop, answer.name):
                self._push(now + LATER, shop, answer.name)

    def _push(self, due: float, shop: str, name: str) -> None:
        with self._lock:
            heapq.heappush(self._waiting, (due, next(self._places), shop, name))
        self._rung.set()

    def hasten(self) -> None:
        """Whatever it had still to say is due now."""
        with self._lock:
            self._waiting = sorted((0.0, place, shop, name) for _due, place, shop, name in self._waiting)
        self._rung.set()

    @property
    def quiet(self) -> bool:
        """Nothing waits to be said."""
        with self._lock:
            return not self._waiting and not self._speaking

    def _speak(self) -> None:
        while not self._stopped.is_set():
            item = self._next()
            if item is None:
                self._rung.wait(0.02)
                self._rung.clear()
                continue
            shop, name = item
            if not self._post(shop, name):
                self._push(time.time() + LATER, shop, name)
            with self._lock:
                self._speaking -= 1

    def _next(self) -> tuple[str, str] | None:
        with self._lock:
            if not self._waiting or self._waiting[0][0] > time.time():
                return None
            self._speaking += 1
            _due, _place, shop, name = heapq.heappop(self._waiting)
            return shop, name

    def _post(self, shop: str, name: str) -> bool:
        """-> whether it was heard; what is refused for good is kept in `refused`."""
        raw = self._known[name]
        headers = sign(self.shops[shop].hooks, name, int(time.time()), raw) | {"content-type": "application/json"}
        try:
            answer = httpx.post(
                f"{self.url}/hooks/{shop}/", content=raw, headers=headers, timeout=20, trust_env=False
            )  # fmt: skip
        except httpx.HTTPError:
            return False
        if answer.status_code == 429 or answer.status_code >= 500:
            return False
        if answer.status_code >= 300:
            self.refused.append((name, answer.status_code))
        return True

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        take = self.take

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = self.headers.get("content-length", "")
                raw = self.rfile.read(int(length)) if length.isdecimal() else b""
                status = take(self.path, {name.lower(): value for name, value in self.headers.items()}, raw)
                with suppress(OSError):
                    if status:
                        self.send_response(status)
                        self.end_headers()

            def log_message(self, *_args: Any) -> None:
                """What it does is in its ledger."""

        return Handler
