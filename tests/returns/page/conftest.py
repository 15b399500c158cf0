"""A shop with people and returns."""

import pytest

from .scenes import Shop


@pytest.fixture
def shop(db):
    return Shop()
