"""Files without a row: what a process left behind that died between the two. Never a file that a row names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from ..models import Evidence
from . import files

OLD, OLDER = timedelta(days=1), timedelta(days=15)  # no request takes a day; what is older was looked at before
MANY = 100
HOLDERS: list[Any] = [Evidence]  # the models whose rows hold files here: `file`, `erased_at`; upper floors add theirs


def sweep(at: datetime, *, whole: bool = False) -> int:
    """Remove what has lain a day without a row; whole: however long ago. -> how many files."""
    since = 0.0 if whole else (at - OLDER).timestamp()
    names = list(files.names(since, (at - OLD).timestamp()))
    return sum(remove(names[i : i + MANY]) for i in range(0, len(names), MANY))


def remove(names: Iterable[str]) -> int:
    """Of these the files that no row names; a thumbnail is its photo's. -> how many."""
    wanted = [name for name in names if name]
    possible = {f"{files.stem_of(name)}.{ending}" for name in wanted for ending in files.ENDINGS}
    kept = {files.stem_of(name) for holder in HOLDERS for name in _named(holder, possible)} if wanted else set()
    lost = [name for name in wanted if files.stem_of(name) not in kept]
    for name in lost:
        files.remove(name)
    return len(lost)


def _named(holder: Any, names: Iterable[str]) -> Iterable[str]:
    found: Iterable[str] = holder.objects.filter(file__in=sorted(names), erased_at=None).values_list("file", flat=True)
    return found
