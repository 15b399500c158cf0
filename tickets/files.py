"""The files of a conversation on the desk's pages: shown in the story, served to who may see the ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from returns import store

from . import attachments
from .models import Ticket

PHOTOS = (".jpg", ".jpeg", ".png", ".webp")


def shown(ticket: Any, files: Iterable[Mapping[str, Any]]) -> list[tuple[str, str, str]]:
    """(address, its thumbnail's or "", name). What lies at the platform is a link; nothing of it is loaded here."""
    found = []
    for f in files:
        name = str(f.get("name") or _("文件"))
        if f.get("file"):
            address = reverse("admin:tickets_ticket_file", args=[ticket.pk, f["file"]])
            found.append((address, f"{address}?size=small" if name.lower().endswith(PHOTOS) else "", name))
        elif f.get("url"):
            found.append((str(f["url"]), "", name))
    return found


def serve(request: HttpRequest, ticket: Ticket, key: int) -> HttpResponseBase:
    """A file of this ticket's conversation. Raises Http404 for any other."""
    found = attachments.of(ticket).filter(pk=key).first()
    if found is None:
        raise Http404(_("没有这个对象"))
    return store.answer(found, request)
