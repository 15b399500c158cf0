"""The pages of a shop's policy: each version to read, the newest to edit, with a look at what would change."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from . import authorities, policy, presets, terms
from .models import Policy
from .policy_form import PolicyForm
from .punctuation import clauses, labelled
from .scoped_admin import ScopedAdmin


@admin.register(Policy)
class PolicyAdmin(ScopedAdmin):
    """A version is a page that can be read; the newest one can be edited, into the next."""

    list_display = ["shop", "version", "since", "by", "ship_words", "auto_confirm", "auto_audit"]
    list_select_related = ["shop"]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a shop's first version comes with the shop

    @admin.display(description=presets.LABELS["ship"])
    def ship_words(self, row: Policy) -> str:
        return terms.of_rows(row.shop.platform, row, row.limits.filter(name="ship")).limits["ship"].words()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        row: Policy | None = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined, no-any-return]
        if not self.has_view_permission(request, row):
            raise PermissionDenied
        now = policy.at_version(row.shop_id, row.version)
        newest = Policy.objects.filter(shop=row.shop_id).aggregate(n=Max("version"))["n"] == row.version
        form = PolicyForm(now) if newest and self.has_change_permission(request, row) else None
        found: list[tuple[str, str, str]] | None = None
        if request.method == "POST":
            if form is None:
                raise PermissionDenied
            form = PolicyForm(now, request.POST)
            found, answer = self._post(request, row, form)
            if answer:
                return answer
        return self._page(request, row, now, form, found)

    def _post(
        self, request: HttpRequest, row: Policy, form: PolicyForm
    ) -> tuple[list[tuple[str, str, str]] | None, HttpResponse | None]:
        """What would change, for a look before it is saved; where it is saved, the way to the new version."""
        if not form.is_valid():
            return None, None
        try:
            found = terms.differences(form.terms, terms.changed(form.terms, form.changes()))
            if "_save" not in request.POST or not found:
                return found, None
            by = request.user.get_username()
            made = policy.edit(row.shop, form.changes(), by, timezone.now(), base=row.version)
        except policy.PolicyError as error:
            form.blame(error)
            return None, None
        except policy.PolicyMoved:
            form.add_error(None, _("规则刚被他人修改，请打开最新版本再改"))
            return None, None
        self.log_change(request, made, clauses(labelled(what, f"{old} → {new}") for what, old, new in found))
        self.message_user(request, _("已生效：第 %s 版") % made.version, messages.SUCCESS)
        return found, HttpResponseRedirect(reverse(f"{self.admin_site.name}:shops_policy_change", args=[made.pk]))

    def _page(
        self, request: HttpRequest, row: Policy, now: terms.Terms, form: PolicyForm | None, found: Any
    ) -> HttpResponse:
        before = policy.at_version(row.shop_id, row.version - 1) if row.version > 1 else None
        limits = [
            (presets.LABELS.get(n, n), limit.words(), limit.rest_words(), limit) for n, limit in now.limits.items()
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("%(shop)s 的规则 第 %(n)s 版") % {"shop": row.shop, "n": row.version},
            "opts": self.opts,
            "row": row,
            "form": form,
            "limits": limits,
            "week": terms.week_words(now),
            "after_sales": now.after_sales.words(),
            "authority": authorities.words(now.authority),
            "found": found,
            "previewed": bool(found),
            "since_last": terms.differences(before, now) if before else [],
        }
        return TemplateResponse(request, "admin/shops/policy/version.html", context)
