"""A shop whose conversations are counted, on a Wednesday at noon in Shanghai: t0 is two hours before."""

from datetime import UTC, datetime

import pytest
import time_machine

from tests.tickets.figures.hands import Counting, Returning

NOON = datetime(2026, 11, 18, 4, tzinfo=UTC)


@pytest.fixture
def hands(db):
    with time_machine.travel(NOON, tick=False):
        yield Counting()


@pytest.fixture
def shop(db):
    """A shop whose goods come back."""
    with time_machine.travel(NOON, tick=False):
        yield Returning()
