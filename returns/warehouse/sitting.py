"""Who sits at the desk, and in which shops: as the warehouse, or looking on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils import timezone

from flows import words
from flows.shown import SWITCH, own_shops
from shops.access import Caller
from shops.models import Shop
from shops.scoped_admin import caller_of

from ..models import Return

SEES = frozenset({"warehouse", "lead"})


@dataclass(frozen=True)
class Sitting:
    """shops: whose parcels the desk knows, the shop switch or not: a parcel does not ask which page is open.

    books: where the caller is of the warehouse and so takes its steps.
    """

    caller: Caller
    shops: tuple[Shop, ...]
    chosen: int | None
    at: datetime

    @property
    def keys(self) -> list[int]:
        return [s.pk for s in self.shops]

    @property
    def books(self) -> list[Shop]:
        return [s for s in self.shops if self.may_book(s.pk)]

    def may_book(self, shop_id: int) -> bool:
        return "warehouse" in self.caller.roles_in(shop_id)

    def seen(self, pk: int) -> Return:
        """The return, if it is of one of these shops."""
        found = Return.objects.filter(pk=pk, shop__in=self.keys).select_related("shop", "order").first()
        if found is None:
            raise Http404(words.gone())
        return found


def sitting(request: HttpRequest) -> Sitting:
    """Raises PermissionDenied for who is neither of a warehouse nor a lead anywhere."""
    caller = caller_of(request)
    shops = tuple(s for s in own_shops(request) if caller.superuser or SEES & set(caller.roles_in(s.pk)))
    if not shops:
        raise PermissionDenied
    return Sitting(caller, shops, request.session.get(SWITCH), timezone.now())
