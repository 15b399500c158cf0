"""Quick replies in the REST API: kept within one's rights, offered and suggested for a ticket, their effect."""

from __future__ import annotations

from django.urls import URLPattern, path

from .keeping import OneReply, Replies
from .offering import Effects, Offers, Rendered, Suggestions


def reply_addresses() -> list[URLPattern]:
    return [
        path("quick-replies/", Replies.as_view(), name="quick-replies-list"),
        path("quick-replies/offered/", Offers.as_view(), name="quick-replies-offered"),
        path("quick-replies/suggestions/", Suggestions.as_view(), name="quick-replies-suggestions"),
        path("quick-replies/effect/", Effects.as_view(), name="quick-replies-effect"),
        path("quick-replies/<int:pk>/", OneReply.as_view(), name="quick-replies-detail"),
        path("quick-replies/<int:pk>/render/", Rendered.as_view(), name="quick-replies-render"),
    ]


__all__ = ["reply_addresses"]
