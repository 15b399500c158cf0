"""Everything here needs PostgreSQL, and most of it Redis and processes of its own."""

import pytest

from tests.factories import make_shop
from tests.worker.house import House


@pytest.fixture
def shop(transactional_db):
    return make_shop(secret=True)


@pytest.fixture
def house(shop, tmp_path):
    found = House(tmp_path)
    yield found
    found.end()
