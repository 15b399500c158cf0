"""The shop's settings: who it is, who works for it, by what rules, on which days, and with which keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.db.models import Field, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import days, founding, hook_secrets, policy, presets, roles
from .models import ApiKey, CalendarDay, Member, Shop
from .models.shop import dialects
from .policy_admin import PolicyAdmin
from .scoped_admin import ScopedAdmin, caller_of

__all__ = ["ApiKeyAdmin", "CalendarDayAdmin", "MemberAdmin", "PolicyAdmin", "ShopAdmin"]

if TYPE_CHECKING:
    MemberModelForm = forms.ModelForm[Member]
    ApiKeyModelForm = forms.ModelForm[ApiKey]
else:  # Django's forms take no parameters at run time
    MemberModelForm = ApiKeyModelForm = forms.ModelForm


def shown_once(page: ScopedAdmin, request: HttpRequest, title: str, value: str) -> HttpResponse:
    """A page with a secret that no other page, message or cookie ever holds."""
    context = {**page.admin_site.each_context(request), "title": title, "secret": value, "opts": page.opts}
    response = TemplateResponse(request, "admin/shops/shown_once.html", context)
    response["Cache-Control"] = "no-store"
    return response


class RolesField(forms.MultipleChoiceField):
    """Roles as boxes to tick, kept as a list in their fixed order."""

    def __init__(self, allowed: tuple[str, ...]) -> None:
        choices = [(role, roles.LABELS[role]) for role in allowed]
        super().__init__(choices=choices, widget=forms.CheckboxSelectMultiple, label=gettext_lazy("角色"))


@admin.register(Shop)
class ShopAdmin(ScopedAdmin):
    shop_field = "pk"
    list_display = ["code", "name", "platform_label", "dialect", "zone", "active"]
    list_filter = ["active", "platform"]
    search_fields = ["code", "name"]
    actions = ["rotate_secret", "back_to_preset"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return caller_of(request).superuser

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return ["code"] if obj else []  # it stands in the hooks' address

    def formfield_for_dbfield(self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "platform":
            return forms.ChoiceField(choices=list(presets.PLATFORM_LABELS.items()), label=_("平台"))
        if db_field.name == "dialect":
            return forms.ChoiceField(
                choices=[(name, name) for name in dialects()], label=_("接口方言"), initial="native"
            )
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Shop, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if not change:
            by, now = request.user.get_username(), timezone.now()
            policy.copy_preset(obj, by, now)
            founding.give_all(obj, by, now)
        policy.forget()

    @admin.display(description=gettext_lazy("平台"), ordering="platform")
    def platform_label(self, shop: Shop) -> str:
        return str(presets.PLATFORM_LABELS.get(shop.platform, shop.platform))

    @admin.action(description=gettext_lazy("更换推送密钥（旧密钥再用 24 小时）"), permissions=["change"])
    def rotate_secret(self, request: HttpRequest, queryset: QuerySet[Shop]) -> HttpResponse | None:
        shops = list(queryset[:2])
        if len(shops) != 1 or not self.may_lead(request, shops[0]):
            self.message_user(request, _("请只选一个由您管理的店铺"), messages.WARNING)
            return None
        secret = hook_secrets.rotate(shops[0], timezone.now())
        self.log_change(request, shops[0], _("更换推送密钥"))
        return shown_once(self, request, _("%s 的新推送密钥") % shops[0], secret.secret)

    @admin.action(description=gettext_lazy("规则恢复为平台预设（生成新版本）"), permissions=["change"])
    def back_to_preset(self, request: HttpRequest, queryset: QuerySet[Shop]) -> None:
        for shop in queryset:
            if self.may_lead(request, shop):
                made = policy.copy_preset(shop, request.user.get_username(), timezone.now())
                self.log_change(request, shop, _("规则恢复为平台预设"))
                self.message_user(request, _("%(shop)s 的规则已更新为第 %(n)s 版") % {"shop": shop, "n": made.version})


class MemberForm(MemberModelForm):
    """The person by login name: a lead does not see who works for other shops."""

    username = forms.CharField(label=gettext_lazy("登录名"), max_length=150)
    roles = RolesField(roles.STAFF)

    class Meta:
        model = Member
        fields = ["username", "shop", "roles", "sees_personal"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["username"].initial = self.instance.user.get_username()
            self.fields["username"].disabled = True

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        user = get_user_model().objects.filter(username=name, is_active=True).first()
        if user is None:
            raise forms.ValidationError(_("没有这个登录名"))
        self.instance.user = user
        return name

    def _get_validation_exclusions(self) -> set[str]:
        # The person is set by clean_username, so "a member once" is checked here and not by the database alone.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"user"} if self.instance.user_id else excluded


@admin.register(Member)
class MemberAdmin(ScopedAdmin):
    form = MemberForm
    list_display = ["user", "shop", "role_words", "sees_personal"]
    list_filter = ["sees_personal"]
    list_select_related = ["user", "shop"]
    search_fields = ["user__username"]

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    @admin.display(description=gettext_lazy("角色"))
    def role_words(self, member: Member) -> str:
        return roles.words(member.roles)


@admin.register(CalendarDay)
class CalendarDayAdmin(ScopedAdmin):
    """Days of all shops are a superuser's to change; a shop's own, its lead's. Every change is logged by shops.days."""

    list_display = ["date", "kind", "name", "confirmed", "shop"]
    list_filter = ["kind", "confirmed"]
    list_select_related = ["shop"]
    date_hierarchy = "date"
    actions = ["confirm_years"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CalendarDay]:
        return CalendarDay.objects.filter(Q(shop=None) | Q(shop__in=sorted(caller_of(request).shops)))

    def may_see(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or obj.shop_id is None or super().may_see(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_confirm_permission(self, request: HttpRequest) -> bool:
        return caller_of(request).superuser

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if "shop" in form.base_fields and not caller_of(request).superuser:
            form.base_fields["shop"].required = True
        return form

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: Any, change: bool) -> None:
        by, at = request.user.get_username(), timezone.now()
        if change:
            old = CalendarDay.objects.select_related("shop").get(pk=obj.pk)
            days.drop([old.date], by=by, at=at, shop=old.shop)
        days.put([obj], by=by, at=at, shop=obj.shop)

    def delete_model(self, request: HttpRequest, obj: CalendarDay) -> None:
        days.drop([obj.date], by=request.user.get_username(), at=timezone.now(), shop=obj.shop)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[CalendarDay]) -> None:
        for day in queryset.select_related("shop"):
            if self.has_delete_permission(request, day):
                self.delete_model(request, day)

    @admin.action(description=gettext_lazy("所选日期的年份已正式公布"), permissions=["confirm"])
    def confirm_years(self, request: HttpRequest, queryset: QuerySet[CalendarDay]) -> None:
        years = {day.date.year for day in queryset if day.shop_id is None}
        days.confirm(years, by=request.user.get_username(), at=timezone.now())
        self.message_user(request, _("已确认：%s") % ", ".join(map(str, sorted(years))), messages.SUCCESS)


class ApiKeyForm(ApiKeyModelForm):
    roles = RolesField(roles.MACHINE)

    class Meta:
        model = ApiKey
        fields = ["name", "shops", "roles", "sees_personal", "expires_at"]


@admin.register(ApiKey)
class ApiKeyAdmin(ScopedAdmin):
    """A key is made, shown once, and revoked; it is not edited, so nobody widens one that is out there."""

    shop_field = "shops"
    form = ApiKeyForm
    list_display = ["name", "shown_prefix", "role_words", "expires_at", "revoked_at", "last_used"]
    readonly_fields = ["revoked_at", "last_used"]
    actions = ["revoke"]

    def shops_of(self, obj: Any) -> frozenset[int | None]:
        return frozenset(obj.shops.values_list("pk", flat=True))

    def may_see(self, request: HttpRequest, obj: Any) -> bool:
        return (
            self.may_lead(request, obj)
            if obj is None
            else super().may_see(request, obj) and self.may_lead(request, None)
        )

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return self.may_lead(request, None)

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        request.kefu_token = obj.mint()  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: ApiKey, post_url_continue: str | None = None) -> HttpResponse:
        token: str = request.kefu_token  # type: ignore[attr-defined]
        return shown_once(self, request, _("新的 API 密钥：%s") % obj.name, token)

    @admin.display(description=gettext_lazy("前缀"))
    def shown_prefix(self, key: ApiKey) -> str:
        return f"kf_{key.prefix}…"

    @admin.display(description=gettext_lazy("角色"))
    def role_words(self, key: ApiKey) -> str:
        return roles.words(key.roles)

    @admin.action(description=gettext_lazy("吊销所选密钥"), permissions=["revoke"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiKey]) -> None:
        for key in queryset:
            if self.may_lead(request, key):
                key.revoke(timezone.now())
                self.log_change(request, key, _("吊销"))
                self.message_user(request, _("已吊销：%s") % key, messages.SUCCESS)
            else:
                self.message_user(request, _("未吊销（含他人店铺）：%s") % key, messages.WARNING)
