"""Signed hooks by the thousand, and a client that sends them over connections that stay open."""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import uuid4

from django.utils import timezone

from hooks.platforms.native.signature import sign
from orders.models import Order
from orders.states import S
from shops.models import HookSecret

from . import fill

CLIENTS = 8


class Unpaid:
    """Orders that wait for their payment, and the hooks that tell of it."""

    def __init__(self) -> None:
        waiting = Order.objects.filter(state=S.AWAITING_PAYMENT, version=1).order_by("-pk")
        self.pks: Iterator[int] = iter(list(waiting.values_list("pk", flat=True)))
        self.secret = HookSecret.objects.get(shop__code=fill.CODE).secret

    def take(self, count: int) -> list[int]:
        return [next(self.pks) for _ in range(count)]

    def paid(self, pk: int) -> tuple[bytes, dict[str, str]]:
        """-> body, its headers"""
        at = timezone.now().isoformat()
        body = json.dumps({
            "type": "order.paid", "timestamp": at,
            "data": {"number": f"B{pk}", "amount": "259.00", "transaction": f"tx-B{pk}"},
        }).encode()  # fmt: skip
        return body, sign(self.secret, f"msg_{uuid4().hex}", int(time.time()), body)

    def requests(self, pks: Iterable[int]) -> list[bytes]:
        return [request(*self.paid(pk)) for pk in pks]


def request(body: bytes, headers: dict[str, str]) -> bytes:
    lines = [f"{name}: {value}" for name, value in headers.items()]
    head = [f"POST /hooks/{fill.CODE}/ HTTP/1.1", "host: 127.0.0.1", "content-type: application/json", *lines]
    return "\r\n".join([*head, f"content-length: {len(body)}", "", ""]).encode() + body


def send(port: int, requests: Sequence[bytes]) -> float:
    """All of them, over CLIENTS connections. -> seconds. Raises for any answer but 202."""
    waiting = iter(requests)
    with selectors.DefaultSelector() as selector:
        start = time.perf_counter()
        for first in [next(waiting) for _ in range(CLIENTS)]:
            connection = socket.create_connection(("127.0.0.1", port))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(connection, selectors.EVENT_READ, bytearray())
            connection.sendall(first)
        while selector.get_map():
            for key, _ in selector.select():
                _answered(selector, key, waiting)
        return time.perf_counter() - start


def _answered(selector: selectors.BaseSelector, key: selectors.SelectorKey, waiting: Iterator[bytes]) -> None:
    connection, heard = key.fileobj, key.data
    assert isinstance(connection, socket.socket)
    heard += connection.recv(65536)
    if not _whole(heard):
        return
    if heard[9:12] not in (b"202", b"201"):
        raise RuntimeError(bytes(heard[:400]).decode(errors="replace"))
    heard.clear()
    if (following := next(waiting, None)) is None:
        selector.unregister(connection)
        connection.close()
    else:
        connection.sendall(following)


def _whole(heard: bytearray) -> bool:
    head, found, body = heard.partition(b"\r\n\r\n")
    if not found:
        return False
    length: Any = next((x[15:] for x in head.lower().split(b"\r\n") if x.startswith(b"content-length:")), None)
    if length is None:
        raise RuntimeError(f"an answer without a length: {bytes(heard[:200])!r}")
    return len(body) >= int(length)
