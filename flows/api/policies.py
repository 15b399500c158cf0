"""/policies/: a shop's limits and switches, by the shop's code. An edit is a new version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from flows import recount
from flows.asks import Asks, yuan
from shops import after_sales, authorities, policy, presets
from shops.access import Caller
from shops.after_sales import NO_REASON_FREIGHT
from shops.models import Policy, Shop
from shops.policy import PolicyError, PolicyMoved
from shops.punctuation import labelled
from shops.roles import STAFF
from shops.terms import Terms

from . import policy_amounts as amounts
from .bodies import an_object as read_object
from .bodies import refused_field, validated
from .inputs import field_schema
from .openapi import COMPONENTS, FLAG, FREE, MOMENT, MONEY, TEXT, WHOLE, Op, a_page, an_object, many, nullable, ref
from .pages import NEWEST, OLDEST, page_of, page_params
from .problems import Problem, answer, escaped, invalid, not_found
from .shops import CODE, own_shop, own_shops
from .subjects import etag, when
from .taking import read_match
from .views import Address

LIMIT = an_object(
    {
        "after": {**TEXT, "examples": ["48h"]},
        "hours": TEXT,
        "warn": TEXT,
        "acts": {"anyOf": [FLAG, many(TEXT)]},
        "by_category": FREE,
        "by_colour": FREE,
        "channels": nullable(many(TEXT)),
        "day_off": TEXT,
        "source": TEXT,
    },
    optional=("after", "hours", "warn", "acts", "by_category", "by_colour", "channels", "day_off", "source"),
)
AFTER_SALES = an_object(
    {
        "return_address": FREE,
        "no_reason_freight": {"type": "string", "enum": list(NO_REASON_FREIGHT)},
        "exchange_freight": MONEY,
        "free_shipping_from": nullable(MONEY),
        "threshold_freight": MONEY,
        "price_protection_days": WHOLE,
        "bad_review": {**WHOLE, "description": "A review of so many stars or fewer opens a ticket; 0: none does."},
        **dict.fromkeys(("evidence_reasons", "exclusions_off", "rules_off", "files_taken"), many(TEXT)),
    },
    optional=tuple(after_sales.LABELS),
)
MAY = an_object(dict.fromkeys(authorities.SPANS, nullable(MONEY)), optional=tuple(authorities.SPANS))
AUTHORITY = an_object(dict.fromkeys(STAFF, MAY), optional=STAFF)
SETTINGS = {
    "auto_confirm": FLAG,
    "auto_confirm_below": nullable(MONEY),
    "auto_audit": FLAG,
    "weekly": {**FREE, "description": '{"mon": [["09:00", "12:00"], …], …}'},
    "after_sales": AFTER_SALES,
    "authority": {**AUTHORITY, "description": "Most that a role gives back alone; null: no limit."},
    "limits": {**FREE, "additionalProperties": LIMIT},
}
COMPONENTS["Policy"] = an_object(
    {
        "shop": TEXT,
        "version": {**WHOLE, "description": "0: never edited, the platform's preset."},
        "since": nullable(MOMENT),
        "by": TEXT,
        **SETTINGS,
        "words": {**FREE, "description": "Each limit in words.", "additionalProperties": TEXT},
    }
)
COMPONENTS["PolicyVersion"] = an_object({"shop": TEXT, "version": WHOLE, "since": MOMENT, "by": TEXT})
LATER = ("after_sales", "authority")  # a client that does not know of them replaces all else
CHANGES = an_object(SETTINGS, optional=tuple(SETTINGS))


class Why(Asks):
    """Why running clocks are counted anew: kept in their log."""

    why = serializers.CharField(max_length=200, allow_blank=True, default="")


# ---- showing
def body_of(shop: Shop, terms: Terms, version: int, row: Policy | None) -> dict[str, Any]:
    below = terms.auto_confirm_below
    return {
        "shop": shop.code, "version": version, "since": when(row.since if row else None), "by": row.by if row else "",
        "auto_confirm": terms.auto_confirm, "auto_confirm_below": None if below is None else yuan(below),
        "auto_audit": terms.auto_audit, "after_sales": amounts.in_yuan(terms.after_sales.as_data()),
        "authority": {role: amounts.in_yuan(spans) for role, spans in terms.authority.items()},
        "weekly": {day: [list(p) for p in pairs] for day, pairs in terms.weekly.items()},
        "limits": {name: limit.as_data() for name, limit in terms.limits.items()},
        "words": {name: labelled(presets.LABELS.get(name, name), x.words()) for name, x in terms.limits.items()},
    }  # fmt: skip


def current(shop: Shop) -> dict[str, Any]:
    """Read from the database, not from memory: an edit by another process is seen at once."""
    row = Policy.objects.filter(shop=shop).order_by("-version").first()
    version = row.version if row else 0
    return body_of(shop, policy.at_version(shop.pk, version), version, row)


# ---- editing
def edit(caller: Caller, shop: Shop, data: Any, *, whole: bool, base: int | None) -> dict[str, Any]:
    """-> the policy as it is then. Raises Problem 400, 403, 409."""
    must_lead(caller, shop)
    changes = read_changes(data, whole=whole)
    try:
        policy.edit(shop, changes, caller.by, timezone.now(), base)
    except PolicyError as error:
        raise Problem(400, "validation", _("输入有误"), errors=_located(error.errors)) from None
    except PolicyMoved:
        now = current(shop)
        headers = {"ETag": etag(now["version"])}
        raise Problem(409, "moved", _("规则已被他人修改，请看过再改"), policy=now, headers=headers) from None
    return current(shop)


def must_lead(caller: Caller, shop: Shop) -> None:
    if not caller.leads(shop.pk):
        raise Problem(403, "forbidden", _("只有店长/主管可以修改规则"))


def read_changes(data: Any, *, whole: bool) -> dict[str, Any]:
    body = read_object(data)
    if unknown := [refused_field(name, f"/{escaped(name)}") for name in body if name not in SETTINGS]:
        raise Problem(400, "validation", _("输入有误"), errors=unknown)
    if whole and (missing := [name for name in SETTINGS if name not in body and name not in LATER]):
        raise invalid(_("必填"), f"/{missing[0]}", "required")
    return amounts.read(body)


def _located(errors: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        {"pointer": "".join(f"/{escaped(p)}" for p in place.split(".")), "code": "invalid", "detail": said}
        for place, said in errors.items()
    ]


# ---- addresses
class Policies(Address):
    docs = {
        "get": Op(
            "policies_list", "Policies of the caller's shops, as they are now", {200: a_page(ref("Policy"))},
            "policies", params=page_params(OLDEST),
        )
    }  # fmt: skip

    def get(self, request: Request) -> HttpResponse:
        asked, caller = self.query(), self.caller()
        page = page_of(request, own_shops(caller), asked, (OLDEST,))
        rules = policy.of_many([s.pk for s in page.rows])
        newest: dict[int, Policy] = {}
        for row in Policy.objects.filter(shop__in=page.rows).order_by("version"):
            newest[row.shop_id] = row
        shown = [body_of(s, rules[s.pk].terms, rules[s.pk].version, newest.get(s.pk)) for s in page.rows]
        return answer({"results": shown, "next": page.next})


class OnePolicy(Address):
    docs = {
        "get": Op(
            "policies_detail", "A shop's policy", {200: ref("Policy")}, "policies", errors=(400, 404), etag=True,
            path={"shop": CODE},
        ),
        "patch": Op(
            "policies_edit", "Change some of it: a new version", {200: ref("Policy")}, "policies", body=CHANGES,
            errors=(400, 403, 404, 409), etag=True, if_match=True, path={"shop": CODE},
        ),
        "put": Op(
            "policies_replace", "Say all of it: a new version", {200: ref("Policy")}, "policies",
            body=an_object(SETTINGS, optional=LATER), errors=(400, 403, 404, 409), etag=True, if_match=True,
            path={"shop": CODE},
        ),
    }  # fmt: skip

    def get(self, request: Request, shop: str) -> HttpResponse:
        self.query()
        return self.told(current(own_shop(self.caller(), shop)))

    def patch(self, request: Request, shop: str) -> HttpResponse:
        return self.edited(shop, whole=False)

    def put(self, request: Request, shop: str) -> HttpResponse:
        return self.edited(shop, whole=True)

    def edited(self, code: str, *, whole: bool) -> HttpResponse:
        self.query()
        shop, data = own_shop(self.caller(), code), self.request.data
        base = read_match(self.request.META.get("HTTP_IF_MATCH"))
        return self.told(edit(self.caller(), shop, data, whole=whole, base=base))

    def told(self, body: dict[str, Any]) -> HttpResponse:
        return answer(body, headers={"ETag": etag(body["version"])})


class Versions(Address):
    docs = {
        "get": Op(
            "policies_versions", "Every version of a shop's policy", {200: a_page(ref("PolicyVersion"))}, "policies",
            params=page_params(NEWEST), errors=(404,), path={"shop": CODE},
        )
    }  # fmt: skip

    def get(self, request: Request, shop: str) -> HttpResponse:
        asked, own = self.query(), own_shop(self.caller(), shop)
        page = page_of(request, Policy.objects.filter(shop=own), asked, (NEWEST,))
        shown = [{"shop": own.code, "version": p.version, "since": when(p.since), "by": p.by} for p in page.rows]
        return answer({"results": shown, "next": page.next})


class OneVersion(Address):
    docs = {
        "get": Op(
            "policies_version", "One version", {200: ref("Policy")}, "policies", errors=(400, 404),
            path={"shop": CODE, "version": {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}},
        )
    }  # fmt: skip

    def get(self, request: Request, shop: str, version: int) -> HttpResponse:
        self.query()
        own = own_shop(self.caller(), shop)
        row = Policy.objects.filter(shop=own, version=version).first() if version < 2**31 else None
        if row is None:
            raise not_found()
        return answer(body_of(own, policy.at_version(own.pk, version), version, row))


class Rearm(Address):
    docs = {
        "post": Op(
            "policies_rearm", "Count the running clocks anew by the policy as it is now; each change is logged",
            {200: an_object({"shop": TEXT, "version": WHOLE, "changed": WHOLE})}, "policies",
            errors=(403, 404), body=field_schema(Why()), path={"shop": CODE},
        )
    }  # fmt: skip

    def post(self, request: Request, shop: str) -> HttpResponse:
        self.query()
        caller, data = self.caller(), request.data

        def act(_trigger: str) -> HttpResponse:
            own = own_shop(caller, shop)
            must_lead(caller, own)
            why = validated(Why(data=data), read_object(data))["why"] or _("按新规则重算")
            policy.forget()
            changed = recount.by_policy(own.pk, by=caller.by[:80], why=why, at=timezone.now())
            return answer({"shop": own.code, "version": policy.of(own.pk).version, "changed": changed})

        return self.once(act)


def policy_addresses() -> list[URLPattern]:
    return [
        path("policies/", Policies.as_view(), name="policies-list"),
        path("policies/<slug:shop>/", OnePolicy.as_view(), name="policies-detail"),
        path("policies/<slug:shop>/versions/", Versions.as_view(), name="policies-versions"),
        path("policies/<slug:shop>/versions/<int:version>/", OneVersion.as_view(), name="policies-version"),
        path("policies/<slug:shop>/rearm/", Rearm.as_view(), name="policies-rearm"),
    ]
