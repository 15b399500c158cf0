"""The bell: tells a worker that there are rows, and never makes anybody wait for the broker.

A ring that is lost costs a second, since the beat rings too; so failures are swallowed and counted.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable

from django.conf import settings

EVERY = 0.1  # seconds between two messages, however many commits ring

logger = logging.getLogger(__name__)


class Bell:
    """Rings `send` (a task's own way to be asked for) from a thread of its own, at most once in `every` seconds.

    A ring during a pause is sent at the pause's end, so the last commit is always followed by a message. Silent where
    settings.KEFU_RING is False.
    """

    def __init__(self, send: Callable[[], object], *, every: float = EVERY) -> None:
        self._send, self._every = send, every
        self.failures = 0  # messages that the broker did not take
        self._afresh()
        os.register_at_fork(after_in_child=self._afresh)

    def _afresh(self) -> None:
        """Threads do not survive a fork, and a lock may have been held in it."""
        self._lock = threading.Lock()
        self._asked = threading.Event()
        self._thread: threading.Thread | None = None

    def ring(self) -> None:
        """To be called when the rows are committed: `transaction.on_commit(bell.ring)`. Returns at once."""
        if not getattr(settings, "KEFU_RING", True):
            return
        self._asked.set()
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="bell", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        while True:
            self._asked.wait()
            self._asked.clear()
            try:
                self._send()
            except Exception as error:
                self.failures += 1
                logger.warning("the broker did not take a ring: %s", type(error).__name__)
            time.sleep(self._every)
