"""A shop whose customers speak, and hands that act in it."""

import pytest

from tests.tickets.hands import Hands


@pytest.fixture
def hands(db):
    return Hands()
