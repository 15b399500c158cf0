"""Two at once: the window's workers, a success and a lead, a promise and a promise. Money goes once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import close_old_connections, connection
from django.utils import timezone

from flows import engine
from flows.effects import Refused
from flows.reports import Heard, report_many
from flows.table import Who
from orders.models import Entry, Refund
from orders.money.window import send_due
from orders.tables import REFUND
from outbox.models import Event
from tests.orders.hands import Hands

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def refund():
    """Of a paid order whose cancellation only a hook has told."""
    hands = Hands()
    hands.picking()
    hands.tell("order.cancel_requested", 20, number="A1")
    return Refund.objects.get()


def at_once(*works):
    def run(work):
        close_old_connections()
        try:
            return work()
        except Refused as refused:
            return refused.code
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return [f.result(timeout=60) for f in [pool.submit(run, work) for work in works]]


def test_many_workers_send_what_is_due_once(refund):
    later = refund.send_at + timedelta(minutes=1)
    at_once(*[lambda: send_due(at=later)] * 8)
    assert Refund.objects.get().state == "sent"
    assert Event.objects.filter(topic="refund.send").count() == 1


def test_a_success_told_by_many_at_once_is_booked_once(refund):
    now = timezone.now()

    def tell(n):
        inputs = {"amount": refund.amount, "voucher": "V1"}
        heard = Heard(refund.pk, "succeed", now, Who.SHOP, "hook:native", inputs, trigger=f"t:{n}")
        return lambda: [t.error for t in report_many(REFUND, [heard], at=now)]

    assert at_once(*[tell(n) for n in range(8)]) == [[None]] * 8
    assert Refund.objects.get().state == "succeeded"
    assert Entry.objects.filter(kind="refunded").count() == 1
    assert Refund.objects.get().order.refunded == refund.amount


def test_sending_and_pulling_back_at_once_end_as_one_of_the_two(refund):
    later = refund.send_at + timedelta(minutes=1)

    def pull():
        return engine.take(refund, "cancel", who=Who.SYSTEM, by="system", at=later).state

    at_once(lambda: send_due(at=later), pull)
    sent = Event.objects.filter(topic="refund.send").count()
    assert (Refund.objects.get().state, sent) in (("sent", 1), ("cancelled", 0))
