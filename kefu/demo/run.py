"""The demo from its first line to its last: shops and people, the server, the traffic, the show."""

from __future__ import annotations

import logging
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from kefu import embedded
from kefu.children import LOOK, Children
from orders.models import Order

from . import (
    balance,
    colleagues,
    duties_logistics,
    duties_orders,
    duties_returns,
    duties_tickets,
    products,
    queue,
    shops,
    staff,
    tracking,
)
from .carriers import Carriers
from .colleagues import Colleagues
from .payments import Ledger
from .receiver import Receiver
from .show import Show
from .stories import n_of
from .traffic import Traffic

HOST = "127.0.0.1"  # everybody knows the passwords
PORTS = range(8000, 8021)
HEARS = 6.0  # seconds that a conversation is left to who watches
FULL = 90.0  # seconds after which the rest is answered too: a seat that is full of them gets no others
WORDS = 2  # a conversation is more steps than an order
THERE = 60  # seconds between two signs of life of the sample people
HEALTHY = 60.0  # seconds that the server has to answer
OURS = ("kefu.sqlite3", "kefu.sqlite3-wal", "kefu.sqlite3-shm", "demo.json", "demo.log", "payments.sqlite3")
LOG_BYTES = 5_000_000


@dataclass
class Options:
    """`port` None: the first free one of PORTS. `hurry` shortens every deadline and every wait, for tests."""

    pace: float = 1.0
    port: int | None = None
    seed: int = 7
    hurry: int = 1
    reset: bool = False
    staff: bool = True
    everything: bool = False


@dataclass
class Demo:
    options: Options
    show: Show
    folder: Path = field(default_factory=lambda: settings.DATA_DIR)
    kept: dict[str, Any] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        return self.folder / "demo.json"

    def run(self) -> None:
        """Until a signal comes. Raises embedded.CannotServe."""
        signals = embedded.Signals()
        logging.getLogger("httpx").setLevel(logging.WARNING)  # at INFO a line for every message
        port = self._port()
        url = embedded.url_of(HOST, port)
        with embedded.only_one(self.folder, url):
            self.show.say(_("正在准备示例店铺 …"))
            self._prepare()
            with self._log() as hear:
                children = Children(hear, lambda text: self.show.say(text, "late"))
                receiver = Receiver(self._heard)
                self.carriers = Carriers()
                try:
                    self._go(children, receiver, signals, port, url)
                finally:
                    children.stop(signals.hurry)
                    receiver.stop()
                    self.carriers.stop()
        self._sum_up()
        self.ledger.close()

    def _go(self, children: Children, receiver: Receiver, signals: embedded.Signals, port: int, url: str) -> None:
        receiver.secrets = shops.subscribe(receiver.port)
        self.traffic = self._traffic(url)
        receiver.start()
        self.carriers.start()
        tracking.make(self.carriers, url, self.options.hurry)
        self.show.skip_what_was()
        embedded.start(children, HOST, port)
        if not self._healthy(children, signals, url):
            return
        self._welcome(url)
        helpers: list[Traffic | Colleagues] = [self.traffic, *self._colleagues(url)]
        for helper in helpers:
            helper.start()
        try:
            self._watch(children, signals)
        finally:
            for helper in helpers:
                helper.ends()
            for helper in helpers:
                helper.stop()

    def _colleagues(self, url: str) -> list[Colleagues]:
        """Four teams: who sends goods out, who takes them back, who says where they are, and who talks, which nobody is
        kept waiting for."""
        asked = self.options
        if not asked.staff or not asked.pace:
            return []
        teams = {
            "sales": duties_orders.DUTIES, "after sales": duties_returns.duties(self.ledger.voucher),
            "couriers": duties_logistics.DUTIES,
        }  # fmt: skip
        how: dict[str, Any] = {"seed": asked.seed, "pace": asked.pace, "hurry": asked.hurry}
        found = [Colleagues(name, duties, url, self.kept["keys"], **how) for name, duties in teams.items()]
        how["pace"] = asked.pace * WORDS
        talking = Colleagues("desk", duties_tickets.DUTIES, url, self.kept["keys"], **how, wait=HEARS, patience=FULL)
        return [*found, talking]

    def _watch(self, children: Children, signals: embedded.Signals) -> None:
        looked = there = 0.0
        while not signals.stop.wait(LOOK):
            children.look()
            if time.monotonic() - looked > 1:
                self.show.look()
                looked = time.monotonic()
            if time.monotonic() - there > THERE:
                staff.still_there(timezone.now())
                there = time.monotonic()

    # ---- before
    def _port(self) -> int:
        """Raises CannotServe where the port that was asked for is taken, and where none is free."""
        if self.options.port is not None:
            embedded.address(HOST, self.options.port)
            return self.options.port
        for port in PORTS:
            with socket.socket() as tried:
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if not tried.connect_ex((HOST, port)):
                    continue
            embedded.address(HOST, port)
            return port
        raise embedded.CannotServe(_("端口 %(first)s–%(last)s 都被占用。请用 --port 指定一个") % {
            "first": PORTS[0], "last": PORTS[-1]})  # fmt: skip

    def _prepare(self) -> None:
        if self.options.reset:
            self._forget()
        if (self.folder / "kefu.sqlite3").exists() and not self.file.exists():
            raise embedded.CannotServe(_("%s 里的数据库不是示例，示例不会写进去") % self.folder)
        self.kept = queue.read(self.file) or {"seed": self.options.seed, "hurry": self.options.hurry, "next": 1}
        self.options.seed, self.options.hurry = self.kept["seed"], self.kept["hurry"]
        self.show.seed = self.options.seed
        queue.write(self.file, self.kept)
        embedded.prepare()
        shops.make(self.options.hurry, timezone.now())
        staff.make()
        staff.sit_down(timezone.now())
        products.make()
        self.kept["keys"] = colleagues.keys(self.kept.get("keys", {}))
        self.ledger = Ledger(str(self.folder / "payments.sqlite3"))
        queue.write(self.file, self.kept)

    def _forget(self) -> None:
        """Raises CannotServe for a folder whose data is not a demo's."""
        if (self.folder / "kefu.sqlite3").exists() and not self.file.exists():
            raise embedded.CannotServe(_("%s 里的数据库不是示例，不会删除") % self.folder)
        for name in OURS:
            (self.folder / name).unlink(missing_ok=True)
        for ring in (self.folder / "broker" / "queue").glob("*"):
            ring.unlink(missing_ok=True)
        shutil.rmtree(self.folder / "media", ignore_errors=True)  # photos of returns

    def _traffic(self, url: str) -> Traffic:
        return Traffic(
            url, shops.hook_secrets_of(), seed=self.options.seed, start=self._next(), pace=self.options.pace,
            hurry=self.options.hurry, waiting=self.kept.get("waiting", []), settled=self.kept.get("settled", []),
            told=self.show.answer, save=self._save, ledger=self.ledger, token=self.kept["keys"]["agent"],
            linked=self.show.link, carriers=self.carriers,
        )  # fmt: skip

    def _next(self) -> int:
        """No number twice, also where the state's file knows less than the database."""
        newest = Order.objects.order_by("-pk").values_list("number", flat=True)[:200]
        known = [n for number in newest if (n := n_of(number, self.options.seed)) is not None]
        return max([int(self.kept["next"]), *(n + 1 for n in known)])

    def _healthy(self, children: Children, signals: embedded.Signals, url: str) -> bool:
        """Raises CannotServe if it never answers; False where somebody ends it before."""
        until = time.monotonic() + HEALTHY
        while not signals.stop.wait(0.2):
            children.look()
            try:
                if httpx.get(f"{url}/healthz", timeout=2, trust_env=False).status_code < 500:
                    return True
            except httpx.HTTPError:
                if time.monotonic() > until:
                    raise embedded.CannotServe(_("服务没有启动，请看 %s") % (self.folder / "demo.log")) from None
        return False

    # ---- meanwhile
    def _heard(self, shop: str, event: Mapping[str, Any]) -> None:
        self.traffic.heard.put(event)
        self.show.event(shop, event)

    def _save(self, n: int, waiting: list[list[Any]], settled: list[str]) -> None:
        self.kept |= {"next": n, "waiting": waiting, "settled": settled}
        queue.write(self.file, self.kept)

    @contextmanager
    def _log(self) -> Iterator[Any]:
        """What the children write goes to a file; the screen is the show's."""
        path, lock = self.folder / "demo.log", threading.Lock()
        mode = "w" if path.exists() and path.stat().st_size > LOG_BYTES else "a"
        with open(path, mode, encoding="utf-8") as file:

            def hear(name: str, line: str) -> None:
                with lock:
                    if not file.closed:
                        file.write(f"{name:<6} │ {line}\n")
                        file.flush()

            yield hear

    # ---- words
    def _welcome(self, url: str) -> None:
        show = self.show
        show.say()
        show.say(_("Kefu 示例已启动：%s/") % url, "head")
        show.say(_("三家示例店铺，订单和售后经签名推送实时进来；时限缩短为几分钟，同事会做一部分，其余留给您。"))
        show.say()
        show.table((_("账号"), _("角色"), _("店铺")), staff.table())
        show.say(_("密码都是 %s") % staff.PASSWORD)
        show.say()
        show.table((_("看什么"), _("账号"), _("在哪里")), self._sights(url))
        show.say()
        show.say(_("接口文档 %(url)s/api/docs/ ，数据与日志在 %(folder)s") % {"url": url, "folder": self.folder})
        show.say(_("按 Ctrl-C 结束，下次接着来；--reset 从头开始"))
        show.say()

    def _sights(self, url: str) -> list[tuple[str, str, str]]:
        queues = _("左边队列：")
        return [
            (_("客户的消息"), "agent", queues + _("我的工单、未分派、红色")),
            (_("客户的售后申请"), "agent", queues + _("待处理售后、待处理验货结果、等客户")),
            (_("平台介入、拦截"), "agent", queues + _("平台介入、拦截中")),
            (_("收退货：扫快递单号"), "warehouse", f"{url}{reverse('admin:warehouse')}"),
            (_("快递100、快递鸟的查询合同"), "lead", _("左边“管理”里的快递查询合同、快递查询记录")),
            (_("审批与异常退款"), "lead", queues + _("待审批退款、退款异常")),
            (_("客户自己的页面"), _("不用登录"), _("下面不时打印链接，手机宽度也好看")),
        ]

    def _sum_up(self) -> None:
        sent, counts = self.traffic.counts, self.show.counts
        said = {
            "sent": sent["sent"], "again": sent["duplicate"] + sent["anew"], "orders": counts["begun"],
            "clock": counts["clock"], "late": counts["late"], "staff": counts["staff"], "returns": counts["asked"],
        }  # fmt: skip
        self.show.say()
        self.show.say(
            _(
                "已结束：推送 %(sent)s 条（另有重复 %(again)s 条），新订单 %(orders)s 个，售后 %(returns)s 件，"
                "时钟执行 %(clock)s 次，超时 %(late)s 次，人工 %(staff)s 步"
            )
            % said
        )
        for text, kind in balance.of(self.ledger, list(shops.OF)):
            self.show.say(text, kind)
