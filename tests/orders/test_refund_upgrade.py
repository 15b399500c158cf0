"""Refunds of before the refund flow: each stands where its placeholder stood, and goes on from there."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from flows.models import Move
from orders.models import Refund
from tests.orders.hands import Hands

BEFORE, AFTER = [("orders", "0005_families")], [("orders", "0006_refunds")]


def migrate(target):
    executor = MigrationExecutor(connection)
    executor.migrate(target)
    return MigrationExecutor(connection).loader.project_state(target).apps


@pytest.fixture
def placeholders(transactional_db):
    """The database as it was, with a placeholder of each kind."""
    hands = Hands()
    order = hands.picking()
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()  # of all floors: those above went back too
    old = migrate(BEFORE).get_model("orders", "Refund")
    now = timezone.now()
    statuses = ["open", "wrong", "failed", "succeeded", "cancelled"]
    for n, status in enumerate(statuses):
        old.objects.create(
            order_id=order.pk, cause=f"test:{n}", key=f"A1:test:{n}", amount=1000 + n, status=status, event=n + 1,
            at=now, voucher="V1" if status == "succeeded" else "", settled_at=now if status == "succeeded" else None,
        )  # fmt: skip
    migrate(newest)
    return hands


def test_each_placeholder_becomes_a_refund_that_can_go_on(placeholders):
    hands, order = placeholders, placeholders.order()
    found = {r.cause: r for r in Refund.objects.order_by("pk")}
    states = ["sent", "unknown", "failed", "succeeded", "cancelled"]
    assert [found[f"test:{n}"].state for n in range(5)] == states
    assert [r.number for r in found.values()] == [f"A1-F{n}" for n in range(1, 6)]
    for r in found.values():
        assert (r.shop_id, r.goods, r.version) == (order.shop_id, r.amount, 1)
        assert Move.objects.get(flow="refund", subject=r.pk).target == r.state
    hands.tell("refund.succeeded", 30, key="A1:test:0", amount="10.00")
    hands.tell("refund.succeeded", 30, key="A1:test:3", amount="10.03", voucher="V1")
    assert [Refund.objects.get(cause=f"test:{n}").state for n in (0, 3)] == ["succeeded", "succeeded"]
    assert hands.order().refunded == 1000
