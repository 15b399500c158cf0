"""Ends the children of a server that was killed itself. Run as a script by kefu.children; knows nothing of Django.

Its standard input is a pipe from the server: `+ID` and `-ID` name the process groups that are alive. The pipe's end
means that the server is gone, however it went; what is still named then is asked to end, and ended.
"""

import os
import signal
import sys
import time
from collections.abc import Iterable

GRACE = 5.0  # seconds between asking and ending


def send(groups: Iterable[int], number: int) -> set[int]:
    """-> the groups that are still there."""
    there = set()
    for group in groups:
        try:
            os.killpg(group, number)
            there.add(group)
        except (ProcessLookupError, PermissionError):
            pass
    return there


def end(groups: set[int]) -> None:
    there, until = send(groups, signal.SIGTERM), time.monotonic() + GRACE
    while there and time.monotonic() < until:
        time.sleep(0.1)
        there = send(there, 0)
    send(there, signal.SIGKILL)


def main() -> None:
    alive: set[int] = set()
    for line in sys.stdin:
        group = int(line[1:])
        (alive.add if line[0] == "+" else alive.discard)(group)
    end(alive)


if __name__ == "__main__":
    main()
