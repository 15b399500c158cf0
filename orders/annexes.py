"""What upper floors add to the page of an order's case: subjects of their own, what happened, parts of the facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flows.story import Happening

if TYPE_CHECKING:
    from django.http import HttpRequest

    from .case import Case


class Annex:
    """One floor's part of the case. `bring` keeps what it has loaded in `case.kept[name]`; template: a part of the
    left column, shown where something is kept."""

    name = ""
    template = ""

    def bring(self, request: HttpRequest, case: Case) -> Any:
        """-> what belongs to this order, in a fixed number of statements; None where nothing does."""
        return None

    def family(self, kept: Any) -> Mapping[str, Sequence[Any]]:
        """{flow: subjects} whose steps and clocks belong to the case."""
        return {}

    def happenings(self, case: Case, kept: Any) -> Iterable[Happening]:
        """What the story holds beside steps and clocks."""
        return ()

    def opens(self, request: HttpRequest, case: Case) -> Iterable[tuple[str, str]]:
        """(words, address) of what may be begun from the order's page."""
        return ()


ANNEXES: list[Annex] = []


def register(annex: Annex) -> None:
    ANNEXES.append(annex)
