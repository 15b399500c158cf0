"""Worker and web die around the instruction, and the provider misbehaves: each refund is paid once, and both ledgers
agree. Promises I-26, I-30, I-31, I-32."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import httpx
import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from hooks.models import Inbox
from kefu.demo.bank import Manner
from kefu.demo.payments import MODES
from orders.models import Refund
from outbox.models import Delivery, Event
from tests.banking import Paid
from tests.factories import make_key
from tests.worker.house import House, until

pytestmark = [pytest.mark.postgres, pytest.mark.redis, pytest.mark.worker]


@pytest.fixture
def house(transactional_db, tmp_path, settings, monkeypatch):
    settings.KEFU_ALLOW_PRIVATE_WEBHOOKS = True
    monkeypatch.setenv("KEFU_ALLOW_PRIVATE_WEBHOOKS", "1")
    found = House(tmp_path)
    yield found
    found.end()


@pytest.fixture
def paid(house, tmp_path):
    found = Paid(f"http://127.0.0.1:{house.web_port}", str(tmp_path / "bank.sqlite3"))
    yield found
    found.end()


def let_leases_run_out():
    past = timezone.now() - timedelta(seconds=1)
    for queue in (Inbox, Event, Delivery):
        queue.objects.filter(token__isnull=False).update(leased_until=past)


@contextmanager
def locked(table):
    """Nobody writes there; whoever wants to, waits."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        yield


def all_told(paid):
    """Nothing waits: no event, no instruction, no hook."""
    waiting = Event.objects.filter(rings_at__isnull=False).exists() or paid.waiting()
    return not waiting and paid.bank.quiet and not Inbox.objects.filter(outcome__in=["", "parked"]).exists()


def states(refunds):
    return {r.state for r in Refund.objects.filter(pk__in=[r.pk for r in refunds])}


def test_a_worker_that_is_killed_before_during_and_after_the_instruction_pays_once(house, paid):
    house.redis()
    house.web()
    worker = house.worker()
    house.beat()
    before, during, after = paid.orders(3)
    paid.manners = {during.number: Manner("usual", "waits"), after.number: Manner("usual", "hangs")}
    refunds = [paid.refund(during), paid.refund(after)]
    until(lambda: len(paid.bank.received) == 2)  # the worker waits for two answers
    assert list(paid.bank.ledger.paid()) == [refunds[1].key]
    refunds.append(paid.refund(before))  # nobody has heard of it, or all but its row is done
    house.kill(worker)
    until(lambda: Refund.objects.get(pk=refunds[1].pk).state == "sent")
    paid.bank.released.set()  # what waited pays now, and answers nobody
    until(lambda: refunds[0].key in paid.bank.ledger.paid())

    worker = house.worker()
    let_leases_run_out()
    with locked("outbox_attempt"):  # the provider has answered, the row cannot be done
        until(lambda: len(paid.bank.ledger.paid()) == 3 and min(paid.bank.received.values()) >= 1)
        until(lambda: paid.bank.received[refunds[0].key] == 2)
        house.kill(worker)
    house.worker()
    let_leases_run_out()
    until(lambda: all_told(paid) and states(refunds) == {"succeeded"}, seconds=60)
    assert all(paid.bank.received[r.key] >= 2 for r in refunds[:2]), "said again, and paid once"
    assert paid.bank.ledger.paid() == {r.key: 3000 for r in refunds}
    paid.check()
    assert paid.differences() == []


def test_a_web_process_that_is_killed_in_the_middle_of_a_refund_has_done_all_of_it_or_nothing(house, paid):
    house.redis()
    web = house.web()
    order, other = paid.orders(2)
    drafts = [paid.refund(o, state="drafted") for o in (order, other)]
    token = make_key(paid.shop, roles=("lead",))[1]

    def approve(refund):
        address = f"http://127.0.0.1:{house.web_port}/api/v1/refunds/{refund.number}/steps/approve/"
        headers = {"authorization": f"Bearer {token}", "idempotency-key": f"ja-{refund.pk}"}
        try:
            return httpx.post(address, json={}, headers=headers, timeout=20, trust_env=False).status_code
        except httpx.HTTPError:
            return 0

    given = []
    asking = threading.Thread(target=lambda: given.append(approve(drafts[0])))
    with locked("outbox_event"):  # its step is taken, its instruction cannot be written
        asking.start()
        until(waits_for_a_lock)
        house.kill(web)
    asking.join()
    assert given == [0]
    until(lambda: not waits_for_a_lock())
    assert states(drafts) == {"drafted"}
    assert not Event.objects.filter(topic="refund.send").exists()

    web = house.web()
    assert [approve(r) for r in drafts] == [200, 200]
    house.kill(web)  # acknowledged: there, though nobody has been told
    house.web()
    assert [approve(r) for r in drafts] == [200, 200]  # the same answer, not the same deed
    house.worker()
    house.beat()
    until(lambda: all_told(paid) and states(drafts) == {"succeeded"})
    assert paid.bank.received == {r.key: 1 for r in drafts}
    paid.check()
    assert paid.differences() == []


def waits_for_a_lock():
    here = "(SELECT oid FROM pg_database WHERE datname = current_database())"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM pg_locks WHERE NOT granted AND database = {here}")
        return bool(cursor.fetchall())


def test_a_day_with_a_bank_that_misbehaves_in_every_way_ends_with_two_ledgers_that_agree(house, paid):
    """Every other line breaks after paying; the worker dies in the middle of it."""
    house.redis()
    house.web()
    worker = house.worker()
    house.beat()
    ways = [(mode, ("well", "breaks")[n % 2]) for n, mode in enumerate(MODES)]
    orders = dict(zip(ways, paid.orders(len(ways)), strict=True))
    paid.manners = {o.number: Manner(*way) for way, o in orders.items()}
    refunds = [paid.refund(o) for o in orders.values()]
    until(lambda: len(paid.bank.received) > 2, every=0.005)
    house.kill(worker)
    house.worker()
    let_leases_run_out()
    until(lambda: paid.bank.hasten() or all_told(paid), seconds=60)
    paid.check()
    call_command("tick", at=(timezone.now() + timedelta(hours=2)).isoformat())
    assert states(refunds) == {"succeeded", "unknown", "failed"}
    paid.reconcile()
    for refund in Refund.objects.filter(state="failed", pk__in=[r.pk for r in refunds]):
        paid.step(refund, "send")
    until(lambda: paid.bank.hasten() or all_told(paid), seconds=60)
    call_command("tick", at=(timezone.now() + timedelta(hours=4)).isoformat())
    paid.check()
    assert paid.differences() == []
    ends = {way: Refund.objects.get(order=o).state for way, o in orders.items()}
    left = {way[0]: state for way, state in ends.items() if state != "succeeded"}
    assert left == {"lost": "unknown", "fails": "failed"}
