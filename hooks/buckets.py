"""How much one sender may send: token buckets in this process's memory."""

from __future__ import annotations

import threading
import time
from collections.abc import Hashable


class Buckets:
    """A bucket per key: `burst` at once, then `rate` a second. Keeps `most` keys; a full bucket is not kept."""

    def __init__(self, rate: float, burst: float, most: int = 10_000) -> None:
        self.rate, self.burst, self.most = rate, burst, most
        self._left: dict[Hashable, tuple[float, float]] = {}
        self._lock = threading.Lock()

    def take(self, key: Hashable) -> float:
        """Take one. -> 0, or the seconds until there is one again."""
        now = time.monotonic()
        with self._lock:
            left, since = self._left.get(key, (self.burst, now))
            left = min(self.burst, left + (now - since) * self.rate) - 1
            if left < 0:
                return -left / self.rate
            if len(self._left) >= self.most and key not in self._left:
                self._make_room(now)
            self._left[key] = (left, now)
        return 0.0

    def _make_room(self, now: float) -> None:
        """Full buckets go; if all are in use, everybody starts anew: memory is bounded, nobody is shut out."""
        full = [key for key, (left, since) in self._left.items() if left + (now - since) * self.rate >= self.burst]
        for key in full:
            del self._left[key]
        if not full:
            self._left.clear()
