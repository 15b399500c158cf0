"""What the tests of the hooks share: a shop with a secret, its client, and a memory that starts empty."""

import pytest
from django.test import Client

from hooks.endpoints import ENDPOINTS, PUSHERS
from hooks.models import Inbox
from hooks.views import BAD, GOOD
from tests.factories import hook_body, make_shop, placed, post_hook


@pytest.fixture(autouse=True)
def fresh_memory():
    """Endpoints and buckets live in the process, longer than a test's rows."""
    for memory in (BAD, GOOD):
        memory._left.clear()
    for speaks in (ENDPOINTS, PUSHERS):
        speaks.forget()


@pytest.fixture
def shop(db):
    return make_shop(secret=True, preset=False)


@pytest.fixture
def client():
    return Client(raise_request_exception=False)


@pytest.fixture
def post(client, shop):
    """post(body, **how) to the shop's address, signed -> the response."""

    def send(body=None, **how):
        return post_hook(client, shop, body if body is not None else hook_body("order.placed", **placed()), **how)

    return send


@pytest.fixture
def nothing_stored(db):
    yield
    assert not Inbox.objects.exists()


def problem(response):
    """The refusal's body, checked to be one (RFC 9457)."""
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    body = response.json()
    assert {"type", "title", "status", "detail", "instance", "code"} <= body.keys()
    assert body["status"] == response.status_code
    return body
