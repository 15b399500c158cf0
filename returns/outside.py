"""What comes beside an application: evidence that lies elsewhere, the platform's own status and deadline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from flows import named
from flows.effects import Add, FollowUp, Moot
from orders.amend import rank

from .models import Evidence, Return


def bring_given(returns: Sequence[Return]) -> None:
    """The words and links that were given already, so that none is kept twice."""
    rows = Evidence.objects.filter(of__in=[r.pk for r in returns], kind__in=("link", "words"))
    found: dict[int, set[str]] = {}
    for of, url, words in rows.values_list("of_id", "url", "words"):
        found.setdefault(of, set()).add(url or words)
    for r in returns:
        r.given = found.get(r.pk, set())


def linked(ret: Return, links: Sequence[str], stage: str = "application") -> Iterator[FollowUp]:
    """Addresses as a platform tells them: kept, shown as text, never fetched."""
    for url in links:
        if url not in ret.given:
            ret.given.add(url)
            yield Add(_given(ret, "link", stage, url=url))


def spoken(ret: Return, words: str, stage: str = "application") -> Iterator[FollowUp]:
    words = words.strip()
    if words and words not in ret.given:
        ret.given.add(words)
        yield Add(_given(ret, "words", stage, words=words))


def _given(ret: Return, kind: str, stage: str, **what: str) -> Evidence:
    return Evidence(
        shop_id=ret.shop_id, of_id=ret.pk, kind=kind, stage=stage, giver=ret.caller.word, by=ret.actor[:80],
        at=ret.moment, **what,
    )  # fmt: skip


def says(
    ret: Return, at: datetime, *, clock: str, status: str = "", version: str = "", due_at: datetime | None = None
) -> Iterator[FollowUp]:
    """The platform's own code, the newest one, beside ours; its deadline for this clock, which wins."""
    seen = ret.platform.get("seen_at")
    was = rank(ret.platform.get("version", ""), datetime.fromisoformat(seen)) if seen else None
    if (status or version) and (was is None or rank(version, at) > was):
        same = {"status": status or ret.platform.get("status", ""), "version": version, "seen_at": at.isoformat()}
        ret.platform = {**ret.platform, **same}
    if due_at is not None:
        yield from (f for f in named.told(ret, at, clock=clock, due=due_at) if not isinstance(f, Moot))
