"""A process of its own for another database, or for other settings, than those of the process that measures."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from .bench import Bench, work

OURS = "kefu.settings"


def _settled(address: str, settings: str) -> None:
    os.environ |= {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": settings}
    Bench.ready()


@contextmanager
def process(address: str, settings: str = OURS) -> Iterator[Callable[..., Any]]:
    """-> how it is asked: the place of a function (see `work`) and what that is given."""
    spawn = get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn, initializer=_settled, initargs=(address, settings)) as pool:
        yield lambda place, *given: pool.submit(work, place, *given).result()
