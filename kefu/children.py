"""Processes that live exactly as long as this one: started anew when they die, ended together, never left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from . import guardian

GRACE = 5.0  # seconds that a child has to end by itself
LOOK = 0.1  # seconds between two looks at them
LONGEST_PAUSE = 30.0  # before a child that keeps dying is started again
WELL = 60.0  # seconds after which a child that dies had been well: it is started again at once

Hear = Callable[[str, str], None]


@dataclass
class Child:
    """`process` None: it died, and starts again at `again` (of time.monotonic)."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    again: float = 0.0
    pause: float = 0.0


class Children:
    """`hear` gets every line that a child writes, with its name; `say` a word about what happens to it."""

    def __init__(self, hear: Hear, say: Callable[[str], None]) -> None:
        self.hear, self.say = hear, say
        self.of: dict[str, Child] = {}
        self._guardian: subprocess.Popen[bytes] | None = None

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
        """In a process group of its own, so that the terminal's Ctrl-C reaches this process alone."""
        self.of[name] = Child(name, command, environment)
        self._run(self.of[name])

    def look(self) -> None:
        """Once: whoever died is started again, after a pause that grows while it keeps dying."""
        for child in self.of.values():
            if child.process is None:
                if time.monotonic() >= child.again:
                    self._run(child)
            elif (code := child.process.poll()) is not None:
                self._died(child, code)

    def stop(self, hurry: threading.Event | None = None) -> None:
        """Ask all of them to end; after GRACE, or at once if `hurry` is set meanwhile, end them."""
        running = [child.process for child in self.of.values() if child.process]
        for process in running:
            process.terminate()
        until = time.monotonic() + GRACE
        while any(p.poll() is None for p in running) and time.monotonic() < until and not (hurry and hurry.is_set()):
            time.sleep(LOOK)
        for process in running:
            self._gone(process)
        self.of.clear()
        if self._guardian and self._guardian.stdin:
            with suppress(OSError):
                self._guardian.stdin.close()
            self._guardian.wait()

    def _run(self, child: Child) -> None:
        child.process = subprocess.Popen(  # noqa: S603 (our own commands)
            child.command,
            env={**os.environ, **child.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._tell("+", child.process.pid)
        child.started = time.monotonic()
        threading.Thread(target=self._read, args=(child.name, child.process), name=child.name, daemon=True).start()

    def _read(self, name: str, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout
        with process.stdout as lines:
            for line in lines:
                if text := line.decode(errors="replace").rstrip():
                    self.hear(name, text)

    def _died(self, child: Child, code: int) -> None:
        assert child.process
        self._gone(child.process)
        well = time.monotonic() - child.started > WELL
        child.pause = 1.0 if well or not child.pause else min(child.pause * 2, LONGEST_PAUSE)
        child.process, child.again = None, time.monotonic() + child.pause
        said = {"name": child.name, "code": code, "seconds": int(child.pause)}
        self.say(_("%(name)s 意外退出（%(code)s），%(seconds)s 秒后重新启动") % said)

    def _gone(self, process: subprocess.Popen[bytes]) -> None:
        """Nothing of its group is left: what a child started does not outlive it."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self._tell("-", process.pid)

    def _tell(self, what: str, group: int) -> None:
        """The guardian hears it; where somebody killed it, a new one hears of all that are alive."""
        if self._guardian is None or self._guardian.poll() is not None:
            self._guardian = _new_guardian()
            alive = [child.process.pid for child in self.of.values() if child.process]
            self._say_to_guardian("".join(f"+{pid}\n" for pid in alive if pid != group))
        self._say_to_guardian(f"{what}{group}\n")

    def _say_to_guardian(self, text: str) -> None:
        assert self._guardian is not None
        assert self._guardian.stdin is not None
        with suppress(OSError):
            self._guardian.stdin.write(text.encode())
            self._guardian.stdin.flush()


def _new_guardian() -> subprocess.Popen[bytes]:
    """Isolated and without site-packages: a few megabytes, started in a moment."""
    return subprocess.Popen(  # noqa: S603 (our own script)
        [sys.executable, "-I", "-S", str(Path(guardian.__file__))],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
