"""The screen: one calm line for each thing worth seeing, in colour where there is a terminal."""

from __future__ import annotations

import os
import threading
import time
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import IO, Any

from django.utils.translation import gettext as _

from hooks.models import Inbox
from returns.states import Kind, Reason

from . import lines, wishes
from .lines import Line
from .messages import yuan
from .queue import Item
from .shops import OF
from .stories import n_of, story

# Calm colours; red is kept for what is late.
COLOURS = {
    "begun": "0", "asked": "36", "talk": "36", "link": "1",
    "course": "2", "clock": "33", "warned": "33", "late": "31", "money": "35", "trouble": "36",
    "staff": "34", "again": "2", "waits": "2", "head": "1",
}  # fmt: skip
BACK = 200  # rows of the inbox that are looked at again: an outcome comes a moment after its row


class Show:
    """`everything`: also what goes its usual way."""

    def __init__(self, out: IO[str], seed: int, *, everything: bool = False) -> None:
        self.out, self.seed, self.everything = out, seed, everything
        self.coloured = out.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
        self.counts: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._seen, self._last = set[int](), 0

    def say(self, text: str = "", kind: str = "") -> None:
        with self._lock:
            self.out.write(self._painted(text, kind) + "\n")
            self.out.flush()

    def event(self, shop: str, event: Mapping[str, Any]) -> None:
        """Something happened here."""
        if line := lines.of_event(event):
            if line.kind == "begun":
                line = line._replace(text=f"{line.text}  {self._bought(line.number)}")
            elif line.kind == "asked":
                line = line._replace(text=f"{line.text}  {self._wanted(line.number)}")
            self._line(shop, line)

    def answer(self, word: str, item: Item, status: int) -> None:
        """A back end said something and was answered."""
        message = item.message
        if line := lines.of_answer(word, message.type, message.number, status, message.data):
            self._line(message.shop, line)

    def link(self, shop: str, number: str, address: str) -> None:
        """A customer's page that whoever watches may open."""
        self._line(shop, Line("link", number, _("客户页面，打开看看：%s") % address))

    def skip_what_was(self) -> None:
        self._last = Inbox.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        self._seen = set(Inbox.objects.filter(pk__gt=self._last - BACK).values_list("pk", flat=True))

    def look(self) -> None:
        """What the inbox has put aside since the last look."""
        found = Inbox.objects.filter(pk__gt=self._last - BACK).exclude(outcome__in=("", Inbox.APPLIED))
        for row in found.exclude(pk__in=self._seen).select_related("shop").order_by("pk"):
            said = {"kind": row.type, "outcome": row.get_outcome_display(), "why": row.why}
            self._line(row.shop.code, Line("waits", row.number, _("%(kind)s %(outcome)s：%(why)s") % said))
            self._seen.add(row.pk)
            self._last = max(self._last, row.pk)
        self._seen = {pk for pk in self._seen if pk > self._last - BACK}

    def table(self, head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        rows = [list(head), *map(list, rows)]
        widths = [max(wide(row[i]) for row in rows) for i in range(len(head))]
        for i, row in enumerate(rows):
            text = "  ".join(cell + " " * (width - wide(cell)) for cell, width in zip(row, widths, strict=True))
            self.say(f"  {text.rstrip()}", "head" if not i else "")

    def _line(self, shop: str, line: Line) -> None:
        self.counts[line.kind] += 1
        if line.quiet and not self.everything:
            return
        name = OF[shop].name.partition("（")[0] if shop in OF else shop
        place = name + " " * max(0, 12 - wide(name))
        self.say(f"{time.strftime('%H:%M:%S')}  {place}  {line.number:<14}  {line.text}", line.kind)

    def _bought(self, number: str) -> str:
        n = n_of(number, self.seed)
        if n is None or "-" in number:
            return ""
        told = story(self.seed, n)
        paid = _("货到付款") if told.payment == "cod" else _("在线支付")
        return f"¥{yuan(told.total)} {paid}  {told.titles}"

    def _wanted(self, number: str) -> str:
        """A return that began here, or with a refused parcel, says what it is on its page."""
        if (told := wishes.of(self.seed, number)) is None:
            return _("包裹退回") if "-R" in number else ""
        return f"{Kind(told.kind).label} · {Reason(told.reason).label}：{told.words}"

    def _painted(self, text: str, kind: str) -> str:
        code = COLOURS.get(kind, "0")
        return f"\x1b[{code}m{text}\x1b[0m" if self.coloured and code != "0" else text


def wide(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
