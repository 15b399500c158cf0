"""Who asks, and what is theirs: nobody sees a row of a shop that is not theirs, by any address (promise I-42).

A superuser sees every shop, since somebody must set shops up, but acts only with the roles that memberships give, as
everyone does: a step is always recorded under a role that the shop gave to a person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Model, QuerySet

from .models import ApiKey, Member, Shop
from .models.machines import SCHEME
from .roles import ROLES

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Caller:
    """`by` is how a Move names the caller, `person` what four eyes count ("user:3", "key:5"; "" for nobody); `roles`
    per shop in the order of ROLES: its keys are the shops the caller sees."""

    by: str
    roles: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    sees_personal: Mapping[int, bool] = field(default_factory=dict)
    person: str = ""
    superuser: bool = False

    @property
    def shops(self) -> frozenset[int]:
        """The ids of the shops whose rows the caller sees."""
        return frozenset(self.roles)

    def roles_in(self, shop_id: int) -> tuple[str, ...]:
        """The caller's roles in a shop; none in a shop that is not the caller's."""
        return self.roles.get(shop_id, ())

    def leads(self, shop_id: int) -> bool:
        """Whether the caller may change the shop's settings."""
        return "lead" in self.roles_in(shop_id) or (self.superuser and shop_id in self.roles)

    def may_unmask(self, shop_id: int) -> bool:
        """Whether the shop lets the caller see phones, names and addresses."""
        return self.sees_personal.get(shop_id, False)

    @classmethod
    def of_user(cls, user: AbstractBaseUser | AnonymousUser) -> Caller:
        """A person, by memberships; one query (two for a superuser). Nobody for an anonymous or inactive one."""
        if not user.is_authenticated or not user.is_active or user.pk is None:
            return NOBODY
        superuser = bool(getattr(user, "is_superuser", False))
        roles: dict[int, tuple[str, ...]] = {}
        if superuser:
            roles = dict.fromkeys(Shop.objects.values_list("pk", flat=True), ())
        members = list(Member.objects.filter(user_id=user.pk).values_list("shop_id", "roles", "sees_personal"))
        roles |= {shop_id: _ordered(names) for shop_id, names, _sees in members}
        sees = {shop_id: sees for shop_id, _names, sees in members}
        return cls(user.get_username(), roles, sees, f"user:{user.pk}", superuser)

    @classmethod
    def of_key(cls, key: ApiKey) -> Caller:
        """A machine, in the key's shops that are open; one query. Whether the key is live is ApiKey.find's to say."""
        shops = list(key.shops.filter(active=True).values_list("pk", flat=True))
        roles = _ordered(key.roles)
        sees = dict.fromkeys(shops, key.sees_personal)
        return cls(f"{SCHEME}{key.prefix}", dict.fromkeys(shops, roles), sees, f"key:{key.pk}")


NOBODY = Caller("")


def is_key(by: str) -> bool:
    """Whether it was an API key that acted, and nobody in person."""
    return by.startswith(SCHEME)


def _ordered(names: list[str]) -> tuple[str, ...]:
    return tuple(role for role in ROLES if role in names)


def scope(queryset: QuerySet[Row, Any], caller: Caller, field: str = "shop_id") -> QuerySet[Row, Any]:
    """The rows of the caller's shops; `field` is the way from the row to its shop's id ("order__shop_id")."""
    return queryset.filter(**{f"{field}__in": sorted(caller.shops)})
