"""Who hears us, what was said, every attempt; what is dead or was lost is said again. Each sees the own shops only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shops.access import scope
from shops.models import Shop
from shops.scoped_admin import caller_of

from .listening import hear_again
from .models import Attempt, Delivery, Event, Notice, Subscriber, new_secrets
from .service import replay

if TYPE_CHECKING:
    Page = admin.ModelAdmin[Any]
    Rows = admin.TabularInline[Attempt, Delivery]
else:
    Page, Rows = admin.ModelAdmin, admin.TabularInline


class Scoped(Page):
    """Rows of the caller's shops, to be read; nothing is added, changed or removed by hand."""

    shop_field = "shop_id"
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return scope(super().get_queryset(request), caller_of(request), self.shop_field)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.is_staff and bool(caller_of(request).shops)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def led(request: HttpRequest) -> list[int]:
    """The shops whose settings the caller may change."""
    caller = caller_of(request)
    return [shop for shop in caller.shops if caller.leads(shop)]


@admin.register(Event)
class EventAdmin(Scoped):
    list_display = ("id", "shop", "topic", "flow", "subject", "seq", "at", "rings_at", "withdrawn_at")
    list_select_related = ("shop",)
    list_filter = (("withdrawn_at", admin.EmptyFieldListFilter), ("dead_at", admin.EmptyFieldListFilter))
    ordering = ("-id",)
    exclude = ("token",)


@admin.register(Subscriber)
class SubscriberAdmin(Scoped):
    list_display = ("url", "shop", "patterns", "active", "disabled_at", "troubles")
    list_select_related = ("shop",)
    list_filter = ("active",)
    readonly_fields = ("keys", "disabled_at", "troubles", "created_at")
    actions = ("add_key", "drop_old_keys")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(led(request))

    def has_change_permission(self, request: HttpRequest, obj: Subscriber | None = None) -> bool:
        return obj.shop_id in led(request) if obj else bool(led(request))

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "shop":
            kwargs["queryset"] = Shop.objects.filter(pk__in=led(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Subscriber | None = None) -> Any:
        """Who may only look does not see the keys: with them anyone could speak in our name."""
        fields = ["shop", "url", "patterns", "active", "disabled_at", "troubles", "created_at"]
        return [*fields, "keys"] if obj and self.has_change_permission(request, obj) else fields

    @admin.display(description=_("签名密钥（最新在前，全部有效）"))
    def keys(self, subscriber: Subscriber) -> str:
        return "\n".join(subscriber.secrets)

    @admin.action(description=_("增加一把新密钥（新旧同时签名）"), permissions=["change"])
    def add_key(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        for subscriber in queryset.filter(shop__in=led(request)):
            subscriber.secrets = new_secrets() + subscriber.secrets
            subscriber.save(update_fields=["secrets"])

    @admin.action(description=_("只保留最新的密钥"), permissions=["change"])
    def drop_old_keys(self, request: HttpRequest, queryset: QuerySet[Subscriber]) -> None:
        for subscriber in queryset.filter(shop__in=led(request)):
            subscriber.secrets = subscriber.secrets[:1]
            subscriber.save(update_fields=["secrets"])


class AttemptInline(Rows):
    model = Attempt
    fields = readonly_fields = ("at", "status", "milliseconds", "error", "excerpt")
    ordering = ("id",)
    extra = 0
    can_delete = False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True  # whoever sees the delivery

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Delivery)
class DeliveryAdmin(Scoped):
    shop_field = "subscriber__shop_id"
    list_display = (
        "id",
        "topic",
        "subscriber",
        "sequence",
        "attempts",
        "rings_at",
        "delivered_at",
        "dead_at",
        "failure",
    )
    list_select_related = ("event", "subscriber")
    list_filter = (
        ("delivered_at", admin.EmptyFieldListFilter),
        ("dead_at", admin.EmptyFieldListFilter),
    )
    ordering = ("-id",)
    exclude = ("token",)
    inlines = (AttemptInline,)
    actions = ("say_again",)

    @admin.display(description=_("主题"))
    def topic(self, delivery: Delivery) -> str:
        return delivery.event.topic

    @admin.action(description=_("重新投递"), permissions=["view"])
    def say_again(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> None:
        mine = queryset.filter(subscriber__shop__in=led(request)).values_list("pk", flat=True)
        count = replay(list(mine), at=timezone.now())
        self.message_user(request, gettext("已重新排队 %(count)d 条") % {"count": count}, messages.SUCCESS)


@admin.register(Notice)
class NoticeAdmin(Scoped):
    """What the house itself has heard, and what it did not take in."""

    shop_field = "event__shop_id"
    list_display = ("id", "listener", "topic", "attempts", "rings_at", "heard_at", "dead_at", "failure")
    list_select_related = ("event",)
    list_filter = (("heard_at", admin.EmptyFieldListFilter), ("dead_at", admin.EmptyFieldListFilter), "listener")
    ordering = ("-id",)
    exclude = ("token",)
    actions = ("hear_once_more",)

    @admin.display(description=_("主题"))
    def topic(self, notice: Notice) -> str:
        return notice.event.topic

    @admin.action(description=_("重新处理失败的"), permissions=["view"])
    def hear_once_more(self, request: HttpRequest, queryset: QuerySet[Notice]) -> None:
        mine = queryset.filter(event__shop__in=led(request)).values_list("pk", flat=True)
        count = hear_again(list(mine), at=timezone.now())
        self.message_user(request, gettext("已重新排队 %(count)d 条") % {"count": count}, messages.SUCCESS)
