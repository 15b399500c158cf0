"""A shop with people at its desk."""

import pytest

from tests.tickets.assign.desk import AssignHands


@pytest.fixture
def desk(db):
    return AssignHands()
