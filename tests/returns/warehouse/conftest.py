"""The warehouse desk with people at it."""

import pytest
from django.test import Client

from .scenes import Warehouse


@pytest.fixture
def desk(db):
    return Warehouse()


@pytest.fixture
def sits(desk):
    """A client at which the person of this role sits (or this very user)."""

    def sits(role="warehouse"):
        client = Client()
        client.force_login(desk.people[role] if isinstance(role, str) else role)
        return client

    return sits
