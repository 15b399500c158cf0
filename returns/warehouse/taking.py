"""The warehouse's steps, through the one door, in the role of the warehouse."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flows import words
from flows.effects import Refused
from flows.engine import Want, take_many
from flows.table import Who

from ..models import Return
from ..tables import RETURN


def take(
    ret: Return, step: str, inputs: Mapping[str, Any], *, by: str, at: datetime, happened: datetime | None = None
) -> Return:
    """-> the return as it is afterwards. happened: where that was before now (a parcel that lay here unannounced).

    The version that was seen fences it: of two people at one parcel the second is Refused ("moved").
    """
    said = {k: v for k, v in inputs.items() if v not in (None, "")}
    want = Want(ret.pk, said, at=happened, version=ret.version)
    taken = next(iter(take_many(RETURN, step, [want], who=Who.WAREHOUSE, by=by, at=at)), None)
    if taken is None:
        raise Refused(words.gone(), "gone")
    if taken.error:
        raise taken.error
    if not taken.moved:
        raise Refused(taken.why, taken.code, taken.subject)
    moved: Return = taken.subject
    return moved


def open_here(ret: Return, step: str) -> bool:
    """Whether the table lets the warehouse take it from here."""
    row = RETURN.row(step, ret.state)
    return row is not None and not row.fact and bool(row.who & Who.WAREHOUSE)
