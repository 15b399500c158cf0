"""What a ticket's composer asks for: the list that `;` opens, the suggestions, and the page for who has no script."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orders import personal
from shops.scoped_admin import Base, caller_of

from ..models import Ticket
from .case import ReplyCase
from .offered import Shelf
from .rights import may_answer
from .scenes import Scene
from .search import MOST as LONGEST

WHOLE = 200  # replies on the page that needs no script


def case_for(request: HttpRequest, ticket: Ticket) -> ReplyCase:
    """The case as this person may see it: personal data in clear only where it was unmasked just now, with a log."""
    now, user = timezone.now(), request.user
    may = caller_of(request).may_unmask(ticket.shop_id)
    clear = may and ticket.order is not None and personal.shown(request, ticket.order, now)
    return ReplyCase(ticket, now, speaker=user.get_short_name() or user.get_username(), clear=clear)  # type: ignore[union-attr]


def chosen_of(request: HttpRequest) -> int:
    """The key of the reply that was picked on the page without script, or that the words were made from; 0: none."""
    asked = request.POST.get("quick_reply") or request.GET.get("reply", "")
    return int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 19 else 0


def address_of(ticket: Ticket) -> str:
    try:
        return reverse("admin:tickets_ticket_change", args=[ticket.pk])
    except NoReverseMatch:
        return ""


class ComposerPages(Base):
    """Mixed into the admin of quick replies."""

    def for_ticket(self, request: HttpRequest, ticket: int) -> HttpResponse:
        """?part=list or chips: a part of the page, for htmx; else the page."""
        found = self._ticket(request, ticket)
        shelf, part = Shelf(caller_of(request), case_for(request, found)), request.GET.get("part", "")
        context: dict[str, Any] = {"ticket": found, "here": address_of(found)}
        if part == "chips":
            return self._part(request, "desk/replies/chips.html", {**context, "suggested": shelf.suggested()})
        typed, scene = request.GET.get("q", "")[:LONGEST], request.GET.get("scene", "")
        scene = scene if scene in Scene.values else ""
        context |= {"q": typed, "scene": scene, "scenes": shelf.scenes()}
        if part == "list":
            return self._part(request, "desk/replies/list.html", {**context, "offered": shelf.found(typed, scene)})
        context["offered"] = shelf.found(typed, scene, WHOLE)
        return self._page(request, "desk/replies/page.html", _("快捷回复"), context)

    def _ticket(self, request: HttpRequest, pk: int) -> Ticket:
        """Raises 404 for another shop's, 403 for who answers no customers."""
        caller = caller_of(request)
        rows = Ticket.objects.filter(shop__in=sorted(caller.shops)).select_related("shop", "order", "customer")
        found = rows.filter(pk=pk).first() if pk < 2**63 else None
        if found is None:
            raise Http404(_("没有这个对象"))
        if not may_answer(caller, found.shop_id):
            raise PermissionDenied
        return found

    # ---- answers
    def _part(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        response = TemplateResponse(request, template, context)
        response["Cache-Control"] = "no-store"
        return response

    def _page(
        self, request: HttpRequest, template: str, title: str, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **context}
        return TemplateResponse(request, template, whole, status=status)
