"""The desk: Django's admin with a shell of queues, one search, a shop switch."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows.shown import SWITCH, shops_shown
from shops.scoped_admin import caller_of


class Desk(AdminSite):
    site_header = site_title = gettext_lazy("Kefu 售后台")
    index_title = gettext_lazy("今天")
    site_url = None
    empty_value_display = "—"

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        from .shell import Shell

        context = super().each_context(request)
        return {**context, "shell": Shell(request)} if self.has_permission(request) else context

    def get_urls(self) -> list[URLResolver | URLPattern]:
        from returns.warehouse.addresses import addresses
        from tickets.figures.addresses import addresses as figures
        from tickets.load.addresses import addresses as of_load

        wrap = self.admin_view
        own: list[URLResolver | URLPattern] = [
            path("search/", wrap(self.search_view), name="search"),
            path("live/", wrap(self.live_view), name="live"),
            path("shop/", wrap(self.shop_view), name="shop"),
            path("keys/", wrap(self.keys_view), name="keys"),
        ]
        return [*own, *addresses(wrap), *figures(wrap), *of_load(wrap), *super().get_urls()]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What waits for this person, as tiles; the administration stands in the shell."""
        request.current_app = self.name
        context = {**self.each_context(request), "title": self.index_title, "subtitle": None, **(extra_context or {})}
        return TemplateResponse(request, "desk/today.html", context)

    def search_view(self, request: HttpRequest) -> HttpResponse:
        """Any number, phone, parcel, buyer, in the shops that are shown. One hit opens at once."""
        from orders.search import LONGEST, find
        from returns.search import find as find_returns
        from tickets.search import find as find_tickets

        text, shops = request.GET.get("q", "")[: LONGEST + 1], shops_shown(request)
        found = [*find(text, shops), *find_returns(text, shops), *find_tickets(text, shops)]
        hits = [(f, self._address(f.subject)) for f in found]
        if len(hits) == 1:
            return HttpResponseRedirect(hits[0][1])
        context = {**self.each_context(request), "title": _("搜索"), "q": text, "hits": hits}
        return TemplateResponse(request, "desk/search.html", context)

    def _address(self, subject: Any) -> str:
        opts = subject._meta
        return reverse(f"{self.name}:{opts.app_label}_{opts.model_name}_change", args=[subject.pk])

    def live_view(self, request: HttpRequest) -> HttpResponse:
        """The shell's queues and the clock's banner, again: what htmx asks for every ten seconds."""
        from .shell import Shell

        context = {**self.each_context(request), "shell": Shell(request, request.GET.get("here", "")[:500])}
        response = TemplateResponse(request, "desk/live.html", context)
        response["Cache-Control"] = "no-store"
        return response

    def shop_view(self, request: HttpRequest) -> HttpResponse:
        """The shop switch: remembered by the session, never more than the caller's own shops."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        chosen = request.POST.get("shop", "")
        pk = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 19 else 0
        if pk in caller_of(request).shops:
            request.session[SWITCH] = pk
        else:
            request.session.pop(SWITCH, None)
        then = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(then, allowed_hosts=None)
        return HttpResponseRedirect(then if safe else reverse(f"{self.name}:index"))

    def keys_view(self, request: HttpRequest) -> HttpResponse:
        """The keys, for who has no script to show them."""
        context = {**self.each_context(request), "title": _("键盘")}
        return TemplateResponse(request, "desk/keys.html", context)
