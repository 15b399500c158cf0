"""The two courier services to practise with, at an address of their own: they know parcels' ways, answer questions,
take subscriptions and push, lock a number that is asked for too often, and break off when told to. All over HTTP."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from queue import Empty, SimpleQueue
from typing import Any
from urllib.parse import parse_qsl

import httpx

from . import carrier_tongues as tongues
from .carrier_tongues import Happened, Question
from .serving import QuietServer

EVERY = 30 * 60.0  # seconds: sooner, and the number is locked
TRIES, LATER = 5, 0.5

# What can go wrong with one number. `well` first.
FAULTS = (
    "well",
    "busy",  # 快递100: 服务器繁忙
    "away",  # HTTP 503
    "garbage",  # no JSON
    "huge",  # an answer without an end
    "hangs",  # says nothing until it is released
    "cut",  # closes the line without a word
    "quota",  # the contract's money is used up
)
FORM = "application/x-www-form-urlencoded; charset=utf-8"


@dataclass
class Waybill:
    """company: by the sender's name for it (SF, 顺丰). phone: its last four digits, where the courier asks for them."""

    company: str
    phone: str = ""
    way: list[Happened] = field(default_factory=list)
    fault: str = "well"


@dataclass(frozen=True)
class Subscription:
    question: Question
    address: str


def post(address: str, body: bytes) -> tuple[int, bytes]:
    """-> status, body; 0: nobody answered."""
    try:
        answer = httpx.post(address, content=body, headers={"content-type": FORM}, timeout=10, trust_env=False)
    except httpx.HTTPError:
        return 0, b""
    return answer.status_code, answer.content


@dataclass
class Carriers:
    """accounts: {service: {customer: key}}; addresses: {customer: where 快递鸟 pushes to}. `post` says a push."""

    accounts: dict[str, dict[str, str]] = field(default_factory=lambda: {"kuaidi100": {}, "kdniao": {}})
    addresses: dict[str, str] = field(default_factory=dict)
    every: float = EVERY
    post: Callable[[str, bytes], tuple[int, bytes]] = post
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    released: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.waybills, self.subscriptions = dict[str, Waybill](), dict[tuple[str, str], Subscription]()
        self.asked: list[Question] = []  # that were proved
        self.refused: list[tuple[str, int, bytes]] = []  # pushes that were not taken
        self.locked: set[str] = set()
        self._last = dict[tuple[str, str], datetime]()
        self._started = False
        self._lock, self._stopped, self._pushes = threading.RLock(), threading.Event(), SimpleQueue[Any]()
        self._server = QuietServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._started = True
        serve = {"poll_interval": 0.05}
        threading.Thread(target=self._server.serve_forever, kwargs=serve, name="carriers", daemon=True).start()
        threading.Thread(target=self._speak, name="carriers push", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()
        self.released.set()
        if self._started:  # else nobody would ever answer
            self._server.shutdown()
        self._server.server_close()

    # ---- what happens to parcels
    def waybill(self, number: str, company: str = "", phone: str = "") -> Waybill:
        with self._lock:
            return self.waybills.setdefault(number, Waybill(company, phone))

    def report(self, number: str, state: str, text: str, at: datetime | None = None, *, company: str = "") -> bool:
        """A point of its way. -> does anybody hear of it by a push? That one follows at once."""
        with self._lock:
            self.waybill(number, company).way.append(Happened(at or self.now(), state, text))
            heard = [s for (_service, known), s in self.subscriptions.items() if known == number]
        for subscription in heard:
            self._pushes.put((subscription.address, self.worded(subscription), 0, 0.0))
        return bool(heard)

    def worded(self, subscription: Subscription, status: str = "") -> bytes:
        """The push that a subscription gets now."""
        asked, known = subscription.question, self.waybill(subscription.question.number)
        if asked.service == "kuaidi100":
            return tongues.hundred_push(asked.number, asked.company, known.way, asked.salt, status)
        part = tongues.bird_track(asked.customer, asked.number, asked.company, known.way)
        return tongues.bird_push(asked.customer, [part], self.accounts["kdniao"][asked.customer], self.now())

    # ---- what it is asked
    def take(self, path: str, raw: bytes) -> tuple[int, bytes]:
        """-> status, body; status 0: the line is closed without a word."""
        form = dict(parse_qsl(raw.decode(), keep_blank_values=True))
        if path.startswith("/poll"):
            asked = tongues.hundred_asked(path, form, self.accounts["kuaidi100"])
        elif path == "/Ebusiness/EbusinessOrderHandle.aspx":
            asked = tongues.bird_asked(form, self.accounts["kdniao"])
        else:
            return 404, b""
        if asked.refusal:
            return 200, asked.refusal
        with self._lock:
            self.asked.append(asked)
        return self._subscribed(asked) if asked.kind == "subscribe" else self._queried(asked)

    def _subscribed(self, asked: Question) -> tuple[int, bytes]:
        key, hundred = (asked.service, asked.number), asked.service == "kuaidi100"
        with self._lock:
            if key in self.subscriptions and hundred:
                return 200, tongues.hundred_no("501", "重复订阅")
            address = asked.address or self.addresses.get(asked.customer, "")
            self.subscriptions[key] = Subscription(asked, address)
            known = self.waybills.setdefault(asked.number, Waybill(asked.company))
            if known.way:
                self._pushes.put((address, self.worded(self.subscriptions[key]), 0, 0.0))
        if hundred:
            return 200, tongues.said({"result": True, "returnCode": "200", "message": "提交成功"})
        return 200, tongues.said({"EBusinessID": asked.customer, "Success": True, "Reason": ""})

    def _queried(self, asked: Question) -> tuple[int, bytes]:
        if (fault := self._fault(asked)) is not None:
            return fault
        hundred = asked.service == "kuaidi100"
        with self._lock:
            known, why = self.waybills.get(asked.number), self._refusal(asked)
        if why:
            return 200, tongues.hundred_no(*why) if hundred else tongues.bird_no(asked.customer, why[1])
        if known is None or not known.way:
            if hundred:
                return 200, tongues.hundred_no("500", "查询无结果，请隔段时间再查")
            return 200, tongues.said(tongues.bird_track(asked.customer, asked.number, asked.company, []))
        if hundred:
            return 200, tongues.said(tongues.hundred_track(asked.number, asked.company, known.way))
        return 200, tongues.said(tongues.bird_track(asked.customer, asked.number, asked.company, known.way))

    def _refusal(self, asked: Question) -> tuple[str, str] | None:
        """The rule of the 30 minutes: a number that is asked for sooner is locked, and stays so."""
        key, known = (asked.service, asked.number), self.waybills.get(asked.number)
        last, now = self._last.get(key), self.now()
        self._last[key] = now
        if asked.number in self.locked or (last is not None and (now - last).total_seconds() < self.every):
            self.locked.add(asked.number)
            return "509", "查询过于频繁，单号已被锁定"
        if asked.company in tongues.WANTS_PHONE[asked.service] and (not asked.phone or not known):
            return "408", "验证码错误：请输入正确的手机号后四位"
        if known and known.phone and asked.phone and asked.phone != known.phone:
            return "408", "验证码错误：请输入正确的手机号后四位"
        return None

    def _fault(self, asked: Question) -> tuple[int, bytes] | None:
        known = self.waybills.get(asked.number)
        fault = known.fault if known else "well"
        if fault == "hangs":
            self.released.wait()
        hundred = asked.service == "kuaidi100"
        return {
            "busy": (200, tongues.hundred_no("502", "服务器繁忙") if hundred else tongues.bird_no("", "系统繁忙")),
            "away": (503, b"try later"),
            "garbage": (200, b"<html>\xff</html>"),
            "huge": (200, b'{"data": "' + b"x" * 2_000_000),
            "hangs": (0, b""),
            "cut": (0, b""),
            "quota": (200, tongues.hundred_no("601", "key已过期") if hundred else tongues.bird_no("", "套餐余额不足")),
        }.get(fault)

    # ---- what it says
    def _speak(self) -> None:
        while not self._stopped.is_set():
            try:
                address, body, tries, due = self._pushes.get(timeout=0.05)
            except Empty:
                continue
            if due > time.monotonic():
                self._pushes.put((address, body, tries, due))
                self._stopped.wait(0.02)
            else:
                self._say(address, body, tries)

    def _say(self, address: str, body: bytes, tries: int) -> None:
        status, answer = self.post(address, body)
        if (status == 0 or status == 429 or status >= 500) and tries < TRIES:
            self._pushes.put((address, body, tries + 1, time.monotonic() + LATER))
        elif not 200 <= status < 300:
            self.refused.append((address, status, answer))

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        take = self.take

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = self.headers.get("content-length", "")
                raw = self.rfile.read(int(length)) if length.isdecimal() else b""
                status, body = take(self.path, raw)
                with suppress(OSError):
                    if status:
                        self.send_response(status)
                        self.send_header("content-type", "application/json; charset=utf-8")
                        self.send_header("content-length", str(len(body)))
                        self.end_headers()
                        self.wfile.write(body)

            def log_message(self, *_args: Any) -> None:
                """What it does is in its lists."""

        return Handler
