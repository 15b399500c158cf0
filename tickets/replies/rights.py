"""Who sees, uses and edits which quick replies. Nobody sees another shop's, nor what a colleague keeps for himself."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from shops.access import Caller
from shops.models import Shop
from shops.roles import ANSWERS

from ..models import QuickReply
from ..models.quick_reply import Scope


def person(caller: Caller) -> int | None:
    """The user's id; None for a machine, which keeps nothing of its own."""
    kind, _colon, pk = caller.person.partition(":")
    return int(pk) if kind == "user" and pk.isdigit() else None


def _own(caller: Caller) -> Q:
    user = person(caller)
    return Q(pk=None) if user is None else Q(scope=Scope.OWN, owner=user)


def seen(caller: Caller) -> QuerySet[QuickReply]:
    """All that the caller may look at, retired ones too."""
    if not caller.shops and not caller.superuser:
        return QuickReply.objects.none()
    shops = Q(scope__in=(Scope.SHOP, Scope.TEAM), shop__in=sorted(caller.shops))
    return QuickReply.objects.filter(Q(scope=Scope.GLOBAL) | shops | _own(caller))


def usable(caller: Caller, shop: Shop, desk: str = "") -> list[QuickReply]:
    """What may be said in this shop, by this caller, on this queue: one statement. A platform's own words go before
    the general ones of the same title."""
    mine = _own(caller) & (Q(shop=None) | Q(shop=shop))
    whose = Q(scope=Scope.GLOBAL) | Q(scope=Scope.SHOP, shop=shop) | Q(scope=Scope.TEAM, shop=shop, desk=desk) | mine
    found = QuickReply.objects.filter(whose, active=True, platform__in=("", shop.platform))
    return most_fitting(found.order_by("pk"))


def most_fitting(replies: Iterable[QuickReply]) -> list[QuickReply]:
    found = list(replies)
    special = {_place(r) for r in found if r.platform}
    return [r for r in found if r.platform or _place(r) not in special]


def _place(reply: QuickReply) -> tuple[object, ...]:
    return reply.scope, reply.shop_id, reply.owner_id, reply.desk, reply.scene, reply.title


def may_edit(caller: Caller, reply: QuickReply) -> bool:
    """Own ones by their owner, a shop's by its lead, those of all shops by who sets shops up."""
    if reply.scope == Scope.OWN:
        return reply.owner_id is not None and reply.owner_id == person(caller)
    if reply.scope == Scope.GLOBAL:
        return caller.superuser
    return reply.shop_id is not None and caller.leads(reply.shop_id)


def scopes(caller: Caller) -> list[Scope]:
    """In which scopes the caller may make one."""
    leads = any(caller.leads(shop) for shop in caller.shops)
    found = [Scope.GLOBAL] if caller.superuser else []
    found += [Scope.SHOP, Scope.TEAM] if leads else []
    return [*found, Scope.OWN] if person(caller) is not None and caller.shops else found


def may_answer(caller: Caller, shop: int) -> bool:
    return bool(ANSWERS & set(caller.roles_in(shop)))
