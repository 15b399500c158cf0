"""The admin's wall between shops, for every floor's pages: only rows of the caller's shops, by whatever address."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import ForeignKey, ManyToManyField, Model, QuerySet
from django.http import HttpRequest

from .access import Caller
from .models import Shop

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = admin.ModelAdmin


def caller_of(request: HttpRequest) -> Caller:
    """Who asks, looked up once per request."""
    caller: Caller | None = getattr(request, "kefu_caller", None)
    if caller is None:
        caller = Caller.of_user(request.user)
        request.kefu_caller = caller  # type: ignore[attr-defined]
    return caller


class ScopedAdmin(Base):
    """Members see the rows of their shops; leads of a shop, and superusers, change them. Rows are not deleted unless a
    page says so. `shop_field` is the way from the row to its shop's id."""

    shop_field = "shop_id"
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        shops = sorted(caller_of(request).shops)
        return super().get_queryset(request).filter(**{f"{self.shop_field}__in": shops}).distinct()

    def shops_of(self, obj: Any) -> frozenset[int | None]:
        """The ids of the shops that a row belongs to; None among them for what is common to all shops."""
        for part in self.shop_field.split("__"):
            obj = getattr(obj, part)
        return frozenset([obj])

    def may_see(self, request: HttpRequest, obj: Any) -> bool:
        return obj is None or bool(self.shops_of(obj) & caller_of(request).shops)

    def may_lead(self, request: HttpRequest, obj: Any) -> bool:
        """Whether the caller leads every shop of the row; without a row, any shop at all."""
        caller = caller_of(request)
        if obj is None:
            return caller.superuser or any(caller.leads(shop) for shop in caller.shops)
        return caller.superuser or all(shop is not None and caller.leads(shop) for shop in self.shops_of(obj))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return caller_of(request).superuser or bool(caller_of(request).shops)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_module_permission(request) and self.may_see(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.may_lead(request, None)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.may_see(request, obj) and self.may_lead(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def led_shops(self, request: HttpRequest) -> QuerySet[Shop]:
        caller = caller_of(request)
        return Shop.objects.filter(pk__in=[shop for shop in caller.shops if caller.leads(shop)])

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is Shop:
            kwargs["queryset"] = self.led_shops(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: ManyToManyField[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is Shop:
            kwargs["queryset"] = self.led_shops(request)
        return super().formfield_for_manytomany(db_field, request, **kwargs)
