"""Callers of the API: machines with keys and staff with sessions, in a shop of their own and in another."""

import pytest
from django.test import Client

from tests.api.callers import Api
from tests.factories import make_key, make_member, make_shop


@pytest.fixture
def shop(db):
    return make_shop("mine")


@pytest.fixture
def other(db):
    return make_shop("theirs")


@pytest.fixture
def api(shop):
    """A key with every role of a machine's, which sees personal data."""
    _key, token = make_key(shop, roles=("agent", "auditor", "warehouse", "lead", "shop"), sees_personal=True)
    return Api(token)


@pytest.fixture
def as_role(shop):
    """as_role("agent") -> a key's client with that role alone, which sees no personal data."""
    return lambda *roles, **fields: Api(make_key(shop, roles=roles, **fields)[1])


@pytest.fixture
def staff(shop):
    """staff("agent") -> a logged-in member's client (CSRF is not asked of it by Django's test client)."""

    def log_in(*roles, **fields):
        client = Client(headers={"content-type": "application/json"})
        client.force_login(make_member(shop, *roles, **fields).user)
        return client

    return log_in
