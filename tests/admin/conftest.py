"""The desk with people on it, and their browsers."""

import pytest
from django.test import Client

from .scenes import Desk


@pytest.fixture
def desk(db):
    return Desk()


@pytest.fixture
def sits(desk):
    """A client at which the person of this role sits (or this very user)."""

    def sits(role, **options):
        client = Client(**options)
        client.force_login(desk.people[role] if isinstance(role, str) else role)
        return client

    return sits
