"""A payment provider to practise with: it carries out refunds under their keys, keeps a ledger of its own, speaks our
hooks, and misbehaves on demand. For the demo's shops and for tests; it never touches Kefu's tables."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any
from zlib import crc32

from flows.asks import fen

from .messages import yuan

PROMPT, SLOW = 3.0, 120.0  # seconds until it answers; SLOW: long after anybody has ceased to wait

# What can go wrong with money, as back ends know it. `usual` first.
MODES = (
    "usual",  # one success, some seconds later
    "at_once",  # the success is told before the instruction is answered
    "twice",  # the same success under two message ids
    "late",  # paid at once, told long afterwards
    "silent",  # paid, and never told
    "lost",  # neither paid nor told
    "fails",  # refused by the bank
    "fails_then_pays",  # refused at first, paid when the same key is sent again
    "wrong_amount",  # another amount is paid and told
    "wrong_then_right",  # a wrong amount is told, then corrected
)

SCHEMA = """
CREATE TABLE IF NOT EXISTS instruction (key TEXT, amount INTEGER, attempt INTEGER);
CREATE TABLE IF NOT EXISTS payment (key TEXT PRIMARY KEY, amount INTEGER, voucher TEXT);
"""


@dataclass(frozen=True)
class Answer:
    """One message of the provider's, `after` seconds from the instruction. `name` makes its id: the same, again."""

    after: float
    type: str
    data: dict[str, Any]
    name: str


@dataclass
class Ledger:
    """What was asked and what was paid, by key: a key pays once, however often it is sent. `path`: a file or memory."""

    path: str = ":memory:"
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self._db = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
        self._db.executescript(SCHEMA)

    def instruct(self, key: str, amount: int, attempt: int = 1) -> int:
        """Write down an instruction. -> how many of this key there are now."""
        with self._lock, closing(self._db.cursor()) as cursor:
            cursor.execute("INSERT INTO instruction VALUES (?, ?, ?)", (key, amount, attempt))
            return int(cursor.execute("SELECT count(*) FROM instruction WHERE key = ?", (key,)).fetchone()[0])

    def pay(self, key: str, amount: int) -> str:
        """-> the voucher: a new one where the key has not paid yet, else the one there is."""
        with self._lock, closing(self._db.cursor()) as cursor:
            fresh = (key, amount, f"V{hash_of(key):010d}")
            cursor.execute("INSERT OR IGNORE INTO payment VALUES (?, ?, ?)", fresh)
            return str(cursor.execute("SELECT voucher FROM payment WHERE key = ?", (key,)).fetchone()[0])

    def correct(self, key: str, amount: int) -> None:
        with self._lock:
            self._db.execute("UPDATE payment SET amount = ? WHERE key = ?", (amount, key))

    def paid(self) -> dict[str, int]:
        """{key: fen that have left}"""
        with self._lock:
            return dict(self._db.execute("SELECT key, amount FROM payment").fetchall())

    def voucher(self, key: str) -> str:
        """Of what this key has paid; "" where it has not."""
        with self._lock:
            row = self._db.execute("SELECT voucher FROM payment WHERE key = ?", (key,)).fetchone()
            return str(row[0]) if row else ""

    def asked(self) -> dict[str, int]:
        """{key: how often it was instructed}"""
        with self._lock:
            return dict(self._db.execute("SELECT key, count(*) FROM instruction GROUP BY key").fetchall())

    def close(self) -> None:
        self._db.close()


def hash_of(key: str) -> int:
    """A number that is the same for the same key in every process."""
    return crc32(key.encode())


def carry_out(ledger: Ledger, data: Mapping[str, Any], mode: str = "usual") -> list[Answer]:
    """What the provider does about a `refund.send`, and what it will say. Raises KeyError for an unknown mode."""
    key, amount = str(data["key"]), fen(str(data["amount"]))
    times = ledger.instruct(key, amount, int(data.get("attempt") or 1))
    named = {k: data[k] for k in ("order", "return") if data.get(k)}
    return _BEHAVIOUR[mode](_Teller(ledger, key, amount, times, named))


@dataclass
class _Teller:
    ledger: Ledger
    key: str
    amount: int
    times: int
    named: dict[str, Any]

    def success(self, after: float = PROMPT, *, amount: int | None = None, name: str = "paid") -> Answer:
        """Paid now, told later."""
        paid = self.amount if amount is None else amount
        voucher = self.ledger.pay(self.key, paid)
        data = {"key": self.key, "amount": yuan(paid), "voucher": voucher, **self.named}
        return Answer(after, "refund.succeeded", data, f"{self.key}.{name}")

    def failure(self) -> Answer:
        data = {"key": self.key, "reason": "收款账户异常", **self.named}
        return Answer(PROMPT, "refund.failed", data, f"{self.key}.failed.{self.times}")

    def silently(self) -> list[Answer]:
        self.success()
        return []

    def wrong(self) -> int:
        return self.amount + 100

    def corrected(self) -> list[Answer]:
        wrong = self.success(amount=self.wrong(), name="wrong")
        self.ledger.correct(self.key, self.amount)
        return [wrong, self.success(PROMPT + 2, name="right")]


_BEHAVIOUR: dict[str, Callable[[_Teller], list[Answer]]] = {
    "usual": lambda t: [t.success()],
    "at_once": lambda t: [t.success(0)],
    "twice": lambda t: [t.success(), t.success(PROMPT + 1, name="paid.again")],
    "late": lambda t: [t.success(SLOW)],
    "silent": lambda t: t.silently(),
    "lost": lambda t: [],
    "fails": lambda t: [t.failure()],
    "fails_then_pays": lambda t: [t.failure() if t.times == 1 else t.success()],
    "wrong_amount": lambda t: [t.success(amount=t.wrong())],
    "wrong_then_right": lambda t: t.corrected(),
}
assert tuple(_BEHAVIOUR) == MODES


def differences(ledger: Ledger, ours: Iterable[tuple[str, int]]) -> list[str]:
    """Our settled refunds (key, fen) held against the provider's payments: a sentence for each difference."""
    theirs, known = ledger.paid(), dict(ours)
    found = [f"{key}: paid {theirs[key]}, not known here" for key in theirs if key not in known]
    found += [f"{key}: settled here with {amount}, never paid" for key, amount in known.items() if key not in theirs]
    both = [key for key in known if key in theirs and theirs[key] != known[key]]
    return sorted(found + [f"{key}: paid {theirs[key]}, settled here with {known[key]}" for key in both])
