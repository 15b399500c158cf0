"""One step on many rows of a queue: each under the role that its own shop gave the caller, a result per row."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shops.access import Caller

from .acting import acting
from .engine import Want, take_many
from .table import NOBODY, Flow, Who

logger = logging.getLogger(__name__)
MOST = 200


@dataclass(frozen=True)
class Result:
    """What became of one row. why "": it took the step."""

    subject: Any
    why: str = ""

    @property
    def moved(self) -> bool:
        return not self.why


def take_batch(
    flow: Flow, step: str, subjects: Sequence[Any], *, caller: Caller, at: datetime, versions: Mapping[int, int],
    inputs: Mapping[int, Mapping[str, Any]] | None = None,
) -> list[Result]:  # fmt: skip
    """Take the step of these subjects, which are the caller's to see. -> in their order, what became of each.
    inputs: what the step is told of each, by key."""
    given = inputs or {}
    by_role: dict[Who, list[Any]] = {}
    for subject in subjects:
        who = acting(flow, step, subject.state, caller.roles_in(subject.shop_id))
        by_role.setdefault(who, []).append(subject)
    found = {s.pk: Result(s, _("您在这个店铺没有角色，只能查看")) for s in by_role.pop(NOBODY, [])}
    for who, those in by_role.items():
        told = [(s.pk, given.get(s.pk, {})) for s in those]
        wants = [Want(pk, t, version=versions.get(pk), why=str(t.get("why", ""))) for pk, t in told]
        for taken in take_many(flow, step, wants, who=who, by=caller.by, at=at):
            why = _("出错了，没有改动，请稍后再试") if taken.error else taken.why
            found[taken.subject.pk] = Result(taken.subject, "" if taken.moved else why)
    return [found[s.pk] for s in subjects if s.pk in found]


def picked(posted: Any) -> list[int]:
    """The keys that were ticked; what is no number is left out."""
    return [int(pk) for pk in dict.fromkeys(posted.getlist("pk")) if pk.isascii() and pk.isdigit() and len(pk) < 19]


def versions_of(posted: Any, pks: Sequence[int]) -> dict[int, int]:
    """What the caller saw of each row."""
    given = {pk: posted.get(f"v-{pk}", "") for pk in pks}
    return {pk: int(v) for pk, v in given.items() if v.isascii() and v.isdigit() and len(v) < 10}


def forged(caller: Caller, flow: Flow, asked: Sequence[int], found: Sequence[Any]) -> int:
    """Keys that were sent but are not the caller's to see: ignored, and said in the log."""
    strange = set(asked) - {s.pk for s in found}
    if strange:
        logger.warning("%s asked for %d %s of other shops", caller.person, len(strange), flow.name)
    return len(strange)
