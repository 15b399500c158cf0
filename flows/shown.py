"""Which of the caller's shops the desk shows: all, or the one that the shop switch was set to."""

from __future__ import annotations

from django.http import HttpRequest

from shops.models import Shop
from shops.scoped_admin import caller_of

SWITCH = "kefu_shop"


def shops_shown(request: HttpRequest) -> frozenset[int]:
    """Never more than the caller's own, whatever the session says."""
    caller, chosen = caller_of(request), request.session.get(SWITCH)
    return frozenset({chosen}) if chosen in caller.shops else caller.shops


def own_shops(request: HttpRequest) -> list[Shop]:
    """The caller's shops by code, looked up once per request."""
    found: list[Shop] | None = getattr(request, "kefu_shops", None)
    if found is None:
        found = list(Shop.objects.filter(pk__in=sorted(caller_of(request).shops)).order_by("code"))
        request.kefu_shops = found  # type: ignore[attr-defined]
    return found


def roles_of(request: HttpRequest) -> frozenset[str]:
    """All roles that the caller has in the shops that are shown."""
    caller = caller_of(request)
    return frozenset(role for shop in shops_shown(request) for role in caller.roles_in(shop))
