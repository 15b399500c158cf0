"""The shop in which the toy flows run."""

import pytest

from shops.models import Shop
from tests.errands.make import T
from tests.factories import make_shop


@pytest.fixture
def shop(db) -> Shop:
    return make_shop(at=T)
