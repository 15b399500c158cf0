"""The score of a closed conversation, with what it was taken for: `{% quality_of subject %}`."""

from __future__ import annotations

from typing import Any

from django import template

from ..judging import shown
from ..judging.queue import Asked
from ..models import QualityReview, Ticket
from ..states import T

register = template.Library()


@register.inclusion_tag("desk/quality/score.html")
def quality_of(ticket: Ticket) -> dict[str, Any]:
    """Nothing is asked of an open one; two statements of a closed one."""
    if ticket.state != T.CLOSED:
        return {"review": None}
    review = QualityReview.objects.filter(ticket=ticket.pk).order_by("-seq").first()
    found = review.findings.select_related("message").order_by("pk") if review else ()
    return {"review": review, "findings": [(row, shown.passage_of(row)) for row in found]}


@register.simple_tag
def narrowed(asked: Asked, **changed: Any) -> str:
    """The address of the queue, narrowed otherwise."""
    return asked.address(**changed)


@register.filter
def percent(share: float | None) -> str:
    return "—" if share is None else f"{share:.0%}"
