"""The shop of a start, and the role in which it is started."""

from __future__ import annotations

from django.utils.translation import gettext as _

from flows.table import Who
from shops.access import Caller
from shops.models import Shop

from .callers import roles_of
from .problems import Problem, not_found

MOST_NAMED = 50  # shops, in the answer that asks which


def shop_and_role(caller: Caller, code: str | None, may: Who, refusal: str) -> tuple[Shop, Who]:
    """The shop of this code, else the caller's only one; the first of the caller's roles there that may start.

    Raises Problem 404 where the caller has no shop of this code, 409 where one of several must be named, 403 with the
    `refusal` where no role may."""
    own = Shop.objects.filter(pk__in=caller.shops)
    found = list((own.filter(code=code) if code else own).order_by("code")[:MOST_NAMED])
    if not found:
        raise not_found() if code else Problem(403, "forbidden", _("您不属于任何店铺"))
    if len(found) > 1:
        raise Problem(409, "ambiguous", _("请用 ?shop= 指定店铺"), shops=[s.code for s in found])
    who = next((w for w in roles_of(caller, found[0].pk) if w & may), None)
    if who is None:
        raise Problem(403, "forbidden", refusal)
    return found[0], who
