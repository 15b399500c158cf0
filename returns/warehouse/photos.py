"""Photos of what was found, taken in before the step that names them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .. import store
from ..models import Evidence, Return
from .sitting import Sitting

STAGE = "inspection"


def keep(desk: Sitting, ret: Return, files: Sequence[Any]) -> list[Evidence]:
    """Raises store.NotKept at the first that is none; those before it are kept, and not twice when sent again."""
    store.few_enough(files)
    by, at = desk.caller.by, desk.at
    return [store.keep(ret, file, giver="warehouse", by=by, at=at, stage=STAGE) for file in files]
