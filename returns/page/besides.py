"""What upper floors add to the customer's page of a return: links to further pages of the same customer's."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from ..models import Return

Link = tuple[str, str]  # (words, address)
BESIDES: list[Callable[[Return, datetime], Iterable[Link]]] = []


def beside(add: Callable[[Return, datetime], Iterable[Link]]) -> Callable[[Return, datetime], Iterable[Link]]:
    """Register links that the page shows at its end."""
    BESIDES.append(add)
    return add


def links_of(ret: Return, at: datetime) -> list[Link]:
    return [link for add in BESIDES for link in add(ret, at)]
