"""The same draft posted by two at the same moment (a double click, a second try) is said once."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from shops.access import Caller
from tests.tickets.house import staffed
from tickets.composing import say
from tickets.models import Message, Ticket


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_same_draft_posted_many_times_at_once_is_one_answer(transactional_db):
    hands = staffed()
    ticket = hands.says("在吗？")
    caller = Caller("amy", {hands.shop.pk: ("agent",)})
    together = Barrier(4)

    def post(_n):
        try:
            mine = Ticket.objects.get(pk=ticket.pk)
            together.wait(timeout=10)
            given = {"words": "您好，明天发"}
            return say(mine, "reply", given, caller=caller, at=timezone.now(), seen=mine.version, once="d-1")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(post, range(4)))
    assert [(o.said, o.errors) for o in outcomes] == [(True, [])] * 4
    assert Message.objects.filter(side="agent").count() == 1
