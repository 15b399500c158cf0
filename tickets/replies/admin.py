"""The pages of quick replies: written, looked at, carried in and out, their effect; what a composer asks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from flows.shown import shops_shown
from orders.relations import Unreadable, sent
from shops.models import Shop
from shops.scoped_admin import ScopedAdmin, caller_of

from ..models import QuickReply
from . import effect, habits, rights, table
from .composing import ComposerPages
from .form import ReplyForm
from .scenes import Scene
from .search import find
from .template import faults, filled
from .variables import EXAMPLE, VARIABLES

SPANS = (7, 30, 90)  # days


@admin.register(QuickReply)
class QuickReplyAdmin(ComposerPages, ScopedAdmin):
    form = ReplyForm
    list_display = ["title", "scene", "whose", "shortcut", "begins", "lately", "active"]
    list_filter = ["scene", "scope", "active"]
    search_fields = ["title"]  # searched by pinyin as well, see get_search_results
    search_help_text = gettext_lazy("标题、内容、拼音或首字母，例如 thh")
    list_select_related = ["shop", "owner"]
    change_list_template = "desk/replies/all.html"
    change_form_template = "desk/replies/form.html"
    actions = ["retire", "revive"]
    list_per_page = 50
    ordering = ["pk"]  # as they were made: the default set, scene by scene

    # ---- whose
    def get_queryset(self, request: HttpRequest) -> QuerySet[QuickReply]:
        return rights.seen(caller_of(request)).select_related("shop", "owner")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_module_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(rights.scopes(caller_of(request)))

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        caller = caller_of(request)
        return bool(rights.scopes(caller)) if obj is None else rights.may_edit(caller, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        made = super().get_form(request, obj, change, **kwargs)
        return type("ReplyForm", (made,), {"caller": caller_of(request)})

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = list(ReplyForm.Meta.fields)
        return [*shown, "seen"] if self.has_change_permission(request, obj) else shown

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return []

    def save_model(self, request: HttpRequest, obj: QuickReply, form: Any, change: bool) -> None:
        obj.keep(caller_of(request).by, timezone.now())

    # ---- the list
    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[QuickReply], search_term: str
    ) -> tuple[QuerySet[QuickReply], bool]:
        if not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=[r.pk for r in find(list(queryset), search_term)]), False

    @admin.display(description=gettext_lazy("范围"), ordering="scope")
    def whose(self, reply: QuickReply) -> str:
        parts = [reply.get_scope_display(), str(reply.shop.name) if reply.shop else "", reply.get_desk_display()]
        return " · ".join(part for part in parts if part)

    @admin.display(description=gettext_lazy("内容"))
    def begins(self, reply: QuickReply) -> str:
        return reply.words if len(reply.words) <= 40 else f"{reply.words[:40]}…"

    @admin.display(description=gettext_lazy("近 30 天使用"))
    def lately(self, reply: QuickReply) -> int:
        return habits.counted(reply.shop_id, timezone.now()).get(reply.pk, 0) if reply.shop_id else 0

    @admin.action(description=gettext_lazy("停用"))
    def retire(self, request: HttpRequest, queryset: QuerySet[QuickReply]) -> None:
        self._switch(request, queryset, on=False)

    @admin.action(description=gettext_lazy("启用"))
    def revive(self, request: HttpRequest, queryset: QuerySet[QuickReply]) -> None:
        self._switch(request, queryset, on=True)

    def _switch(self, request: HttpRequest, queryset: QuerySet[QuickReply], *, on: bool) -> None:
        caller, now, done = caller_of(request), timezone.now(), 0
        for reply in queryset.filter(active=not on):
            if rights.may_edit(caller, reply):
                reply.active = on
                reply.keep(caller.by, now)
                self.log_change(request, reply, _("启用") if on else _("停用"))
                done += 1
        self.message_user(request, _("已改 %s 条") % done, messages.SUCCESS if done else messages.WARNING)

    # ---- further pages
    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, "tickets_quickreply"
        own = [
            path("preview/", wrap(self.preview), name=f"{name}_preview"),
            path("effect/", wrap(self.effect), name=f"{name}_effect"),
            path("export/", wrap(self.export), name=f"{name}_export"),
            path("import/", wrap(self.import_view), name=f"{name}_import"),
            path("for/<int:ticket>/", wrap(self.for_ticket), name=f"{name}_for"),
        ]
        return [*own, *super().get_urls()]

    def _form_context(self) -> dict[str, Any]:
        return {"variables": list(VARIABLES.values()), "preview_address": reverse("admin:tickets_quickreply_preview")}

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return super().add_view(request, form_url, {**(extra_context or {}), **self._form_context()})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **self._form_context()})

    def preview(self, request: HttpRequest) -> HttpResponse:
        """How it would read in an example's case, or what is wrong with it."""
        words = request.POST.get("words", request.GET.get("words", ""))[:2000]
        context = {"faults": faults(words), "filled": filled(words, EXAMPLE), "words": words}
        return self._part(request, "desk/replies/preview.html", context)

    def effect(self, request: HttpRequest) -> HttpResponse:
        now, asked = timezone.now(), request.GET.get("days", "")
        days = int(asked) if asked in map(str, SPANS) else SPANS[1]
        scene = request.GET.get("scene", "")
        scene = scene if scene in Scene.values else ""
        who = rights.person(caller_of(request))
        found = effect.report(shops_shown(request), now - timedelta(days=days), now, scene, person=who)
        context = {
            "report": found, "days": days, "spans": SPANS, "scene": scene, "scenes": Scene, "defined": effect.DEFINED,
            "most": effect.MOST,
        }  # fmt: skip
        return self._page(request, "desk/replies/effect.html", _("快捷回复的效果"), context)

    # ---- as a file
    def _led(self, request: HttpRequest) -> list[Shop]:
        return list(self.led_shops(request).order_by("code"))

    def export(self, request: HttpRequest) -> HttpResponse:
        """A shop's own, with the mark by which spreadsheets know UTF-8."""
        shop = self._of(request, request.GET.get("shop", ""), Shop.objects.filter(pk__in=caller_of(request).shops))
        rows: Iterable[QuickReply] = QuickReply.objects.filter(shop=shop, scope="shop").order_by("scene", "pk")
        response = HttpResponse(f"\ufeff{table.write(rows)}", content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="quick-replies-{shop.code}.csv"'
        return response

    def _of(self, request: HttpRequest, code: str, among: Any) -> Shop:
        code = code.replace("\0", "?")  # which no code has
        found: Shop | None = among.filter(code=code).first() if code else among.order_by("code").first()
        if found is None:
            raise PermissionDenied
        return found

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """First what it would do, with every bad row; then, once more, done."""
        shops = self._led(request)
        if not shops:
            raise PermissionDenied
        context: dict[str, Any] = {"shops": shops, "header": ",".join(table.HEADER), "scenes": Scene}
        status = 200
        if request.method == "POST":
            shop = self._of(request, request.POST.get("shop", ""), self.led_shops(request))
            try:
                if self._import(request, shop, context):
                    return HttpResponseRedirect(reverse("admin:tickets_quickreply_changelist"))
            except Unreadable as error:
                context["unreadable"] = str(error)
            status = 400 if "unreadable" in context or context.get("errors") else 200
        return self._page(request, "desk/replies/import.html", _("导入快捷回复"), context, status)

    def _import(self, request: HttpRequest, shop: Shop, context: dict[str, Any]) -> bool:
        """-> whether it was written."""
        text = sent(request.FILES.get("file"), request.POST.get("text", ""))
        found = table.read(text.removeprefix("\ufeff"), shop)
        context |= {"found": found, "text": text, "shop": shop, "errors": found.errors[: table.MOST_ERRORS]}
        if found.errors or "write" not in request.POST:
            return False
        table.keep(found, caller_of(request).by, timezone.now())
        self.log_change(request, shop, _("导入快捷回复 %s 条") % len(found.rows))
        said = _("已导入：新增 %(new)s，修改 %(changed)s，未变 %(same)s")
        self.message_user(
            request, said % {"new": found.new, "changed": found.changed, "same": found.same}, messages.SUCCESS
        )
        return True


__all__ = ["QuickReplyAdmin"]
