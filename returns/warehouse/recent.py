"""The last ten scans of this person at this device, beside the field: kept by the session, not a log of anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from .verdicts import Verdict

KEY, MOST = "kefu_scans", 10


@dataclass(frozen=True)
class Past:
    """One scan as it was answered. ret, stray: what it opened, by key; 0 for neither."""

    number: str
    tone: str
    title: str
    at: datetime | None
    about: str = ""
    ret: int = 0
    stray: int = 0


def add(request: HttpRequest, verdict: Verdict, at: datetime) -> None:
    said = {
        "number": verdict.number[:80], "tone": verdict.tone, "title": str(verdict.title), "at": at.isoformat(),
        "about": verdict.ret.number if verdict.ret else "", "ret": verdict.ret.pk if verdict.ret else 0,
        "stray": verdict.stray.pk if verdict.stray else 0,
    }  # fmt: skip
    request.session[KEY] = [said, *request.session.get(KEY, [])][:MOST]


def those(request: HttpRequest) -> Iterator[Past]:
    for said in request.session.get(KEY, []):
        yield Past(**{**said, "at": parse_datetime(said["at"])})
