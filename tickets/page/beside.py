"""The customer's page of a return asks how they were served, once a ticket about its order has asked for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.utils.translation import gettext as _

from returns.models import Return
from returns.page.besides import beside

from ..models import Satisfaction
from . import links


@beside
def rating(ret: Return, at: datetime) -> Iterator[tuple[str, str]]:
    """The newest that was asked and not yet answered, while its link would live."""
    asked = Satisfaction.objects.filter(ticket__order=ret.order_id, rating=None, asked_at__gt=at - links.LIVES)
    newest = asked.select_related("ticket").order_by("asked_at").last()
    if newest is not None:
        yield _("评价这次服务"), links.address(newest.ticket, at)
