"""Until when something may be asked for: counted from the day after signing, in the shop's own days."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from shops import policy
from shops.explain import ending

if TYPE_CHECKING:
    from .models import Return


def notice(ret: Return, at: datetime) -> datetime:
    """When the customer first said so: a later version of the application does not lose the time."""
    return ret.created_at or at


def until(ret: Return, limit_name: str) -> datetime:
    """The end of the window, for the categories of what is returned: of several the longest.

    The order must be signed.
    """
    rules = policy.of(ret.shop_id)
    limit = rules.limits[limit_name]
    traits = [{"category": x.line.category, "channel": ret.order.channel} for x in ret.belongings.lines]
    seconds = max(limit.seconds_for(cases) for cases in traits or ret.order.traits())
    assert ret.order.signed_at is not None
    return rules.calendar.due(ret.order.signed_at, seconds, limit.hours, limit.day_off)


def shown(ret: Return, moment: datetime) -> str:
    """周一 11-23 24:00, in the shop's own days."""
    calendar = policy.of(ret.shop_id).calendar
    return ending(calendar, moment, calendar.local(moment).year)
