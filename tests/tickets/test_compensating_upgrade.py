"""What was given before the case was kept beside it is of the case in which its ticket hangs."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.tickets.hands import Hands
from tickets.models import Compensation


def migrate(*target):
    MigrationExecutor(connection).migrate(list(target))


@pytest.mark.django_db(transaction=True)
def test_what_was_given_before_is_of_the_case_of_its_ticket():
    hands = Hands()
    hands.place()
    tickets = [hands.does(hands.says(), "link", order=hands.order().pk), hands.says(conversation="c-2", buyer="b-2")]
    for t in tickets:
        hands.does(t, "compensate", gives="coupon", amount=500, reason="late")
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    migrate(("tickets", "0003_held"))
    migrate(*newest)
    found = Compensation.objects.order_by("pk").values_list("order", "customer")
    assert list(found) == [(hands.fresh(t).order_id, hands.fresh(t).customer_id) for t in tickets]
