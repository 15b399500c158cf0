"""A shop with staff, and hands that act in it as the outside and the staff would."""

import pytest

from tests.returns.hands import Hands


@pytest.fixture
def hands(db):
    return Hands()
