"""/returns/{number}/link/: back ends get links to send, and revoke them."""

from datetime import datetime

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from returns.models import LinkRevoked, Return
from returns.page import links
from tests.factories import make_key

pytestmark = pytest.mark.django_db


def call(method, ret, *roles, shops=None, **headers):
    _key, token = make_key(*(shops or [ret.shop]), roles=roles or ("shop",))
    path = f"/api/v1/returns/{ret.number}/link/"
    return Client().generic(method.upper(), path, headers={"authorization": f"Bearer {token}", **headers})


@pytest.mark.parametrize("role", ["shop", "agent", "lead"])
def test_a_back_end_gets_a_link_that_opens_the_page(shop, role):
    told = call("post", shop.ret(), role)
    assert told.status_code == 201 and told["Cache-Control"] == "no-store"
    assert set(told.json()) == {"url", "expires"}
    left = datetime.fromisoformat(told.json()["expires"]) - timezone.now()
    assert 0 < (links.LIVES - left).total_seconds() < 60
    assert Client().get(told.json()["url"].removeprefix(settings.PUBLIC_URL)).status_code == 200


def test_revoking_ends_it_and_is_logged(shop):
    ret = shop.ret()
    url = call("post", ret).json()["url"].removeprefix(settings.PUBLIC_URL)
    assert call("delete", ret).status_code == 204
    assert Client().get(url).status_code == 404
    [row] = LinkRevoked.objects.all()
    assert row.by.startswith("kf_") and row.of_id == ret.pk


@pytest.mark.parametrize("method", ["post", "delete"])
def test_who_sends_no_links_gets_none(shop, method):
    ret = shop.ret()
    assert call(method, ret, "warehouse").status_code == 403
    assert call(method, ret, "auditor").status_code == 403
    assert Client().generic(method.upper(), f"/api/v1/returns/{ret.number}/link/").status_code == 401
    assert Return.objects.get(pk=ret.pk).link == 0 and not LinkRevoked.objects.exists()


def test_another_shops_return_is_not_there(shop):
    from .scenes import Shop

    theirs = Shop(name="别家")
    ret = shop.ret()
    assert call("post", ret, shops=[theirs.shop]).status_code == 404
    assert call("delete", ret, shops=[theirs.shop]).status_code == 404
    assert Return.objects.get(pk=ret.pk).link == 0


def test_the_same_key_gets_the_same_link(shop):
    ret = shop.ret()
    _key, token = make_key(ret.shop, roles=("shop",))
    headers = {"authorization": f"Bearer {token}", "idempotency-key": "k-1"}
    path = f"/api/v1/returns/{ret.number}/link/"
    first, second = (Client().generic("POST", path, headers=headers) for _ in range(2))
    assert first.status_code == 201 and first.json() == second.json()


def test_other_methods_are_refused_as_problems(shop):
    told = call("get", shop.ret())
    assert told.status_code == 405 and told["Content-Type"] == "application/problem+json"
