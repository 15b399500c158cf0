"""A batch in one transaction; what spoils it is found by halving, and stands alone."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from django.db import transaction

from .effects import Refused

logger = logging.getLogger(__name__)
Item = TypeVar("Item")
Result = TypeVar("Result")


def carefully(
    batch: Sequence[Item],
    work: Callable[[Sequence[Item]], list[Result]],
    alone: Callable[[Item, Exception], Result],
) -> list[Result]:
    """`work` on all at once. An error halves the batch until its cause is alone: `alone` says what becomes of that one.

    Nothing of a spoiled transaction stays; what is refused for a good reason is no news, the rest is logged.
    """
    if not batch:
        return []
    try:
        with transaction.atomic():
            return work(batch)
    except Exception as error:
        if len(batch) == 1:
            if not isinstance(error, Refused):
                logger.exception("%s %s stands alone", type(batch[0]).__name__, getattr(batch[0], "pk", ""))
            return [alone(batch[0], error)]
    half = len(batch) // 2
    return [*carefully(batch[:half], work, alone), *carefully(batch[half:], work, alone)]
