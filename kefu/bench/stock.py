"""Django's admin as it comes: what a page of orders usually costs."""

from __future__ import annotations

from django.contrib.admin import AdminSite, ModelAdmin
from django.urls import path

from orders.models import Order


class StockOrderAdmin(ModelAdmin):  # type: ignore[type-arg]
    list_display = ("number", "shop", "state", "buyer_name", "total", "placed_at")
    list_filter = ("state",)
    search_fields = ("number",)


site = AdminSite()
site.register(Order, StockOrderAdmin)
urlpatterns = [path("admin/", site.urls)]
