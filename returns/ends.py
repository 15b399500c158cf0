"""How a return ends and begins again: who closed it and when, and what becomes of an offer that stands."""

from __future__ import annotations

from collections.abc import Iterator

from flows.effects import FollowUp, Save

from .models import Return


def closed(ret: Return) -> None:
    """By whom; the moment only where nothing has to go back to its owner first."""
    ret.closed_by = ret.caller.word
    ret.ended_at = ret.moment if ret.left == "nothing" else None


def done(ret: Return) -> None:
    ret.closed_by, ret.ended_at = ret.caller.word, ret.moment


def begun_again(ret: Return) -> None:
    """What was decided before does not hold any more."""
    ret.closed_by, ret.ended_at = "", None
    ret.refusal = ret.accepted = ret.override_why = ""


def lapse(ret: Return) -> Iterator[FollowUp]:
    """An offer that nobody has answered is overtaken by what happens now."""
    for offer in ret.belongings.offers:
        if not offer.ended:
            offer.ended, offer.ended_at = "overtaken", ret.moment
            yield Save(offer, "ended", "ended_at")
