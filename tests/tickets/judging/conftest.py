"""Conversations that come to their close, and the reviews of them."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from outbox import listening
from outbox.fanout import fan_out
from tests.factories import make_shop
from tests.tickets.hands import Hands

AT_WORK = datetime(2026, 3, 4, 2, tzinfo=UTC)  # a Wednesday, ten in the morning in Shanghai


class Reviewers(Hands):
    def __init__(self, **shop):
        super().__init__(**shop)
        self.t0 = AT_WORK

    def talk(self, *said, conversation="c-1", by="amy", kind=""):
        """Customer and agent by turns, ten seconds apart; then resolved and closed, and looked at."""
        self.person(by)
        ticket = self.says(said[0], 0, conversation)
        if kind:
            ticket = self.does(ticket, "classify", at=0.01, by=by, kind=kind)
        for n, words in enumerate(said[1:], 1):
            if n % 2:
                ticket = self.does(ticket, "reply", at=n / 6, by=by, words=words)
            else:
                ticket = self.hears(ticket, words, at=n / 6)
        return self.close(ticket, by)

    def close(self, ticket, by="amy"):
        ticket = self.does(ticket, "resolve", at=60, by=by)
        ticket = self.does(ticket, "close", at=61, by=by)
        self.listen()
        return ticket

    @staticmethod
    def listen():
        at = timezone.now() + timedelta(hours=1)
        while fan_out(at=at) or listening.listen(at=at):
            pass


@pytest.fixture
def other_shop(db):
    return make_shop()


@pytest.fixture
def hands(db):
    return Reviewers()
