"""Two workers whose waves speak of the same cases through several flows: none waits for the other in a ring."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from hooks import process
from hooks.models import Inbox
from rows import claim as queue
from tests.returns.hands import Hands

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 12


@pytest.fixture
def faults(monkeypatch):
    """What a wave died of."""
    found, together = [], process._together

    def watched(*args, **kwargs):
        try:
            return together(*args, **kwargs)
        except Exception as error:
            found.append(error)
            raise

    monkeypatch.setattr(process, "_together", watched)
    return found


def test_waves_that_cross_lock_all_their_orders_at_once(faults):
    """One speaks of order A and of B's return, the other of order B and of A's return; each goes flow by flow."""
    hands = Hands()
    for number in ("A", "B"):
        hands.signed(number)
        hands.request(f"R{number}", order=number)
    for n in range(ROUNDS):
        for mine, other in (("A", "B"), ("B", "A")):
            hands.tell("order.amended", 30 + n, number=mine, buyer_note=f"第 {n} 次", apply=False)
            hands.tell("return.revised", 30 + n, number=f"R{other}", words=f"第 {n} 次", apply=False)
        now, gate = timezone.now(), Barrier(2)
        batches = [queue.claim(Inbox, at=now, limit=2) for _worker in range(2)]
        assert [len(batch) for batch in batches] == [2, 2]

        def work(batch, now=now, gate=gate):
            gate.wait()
            try:
                return process.apply(batch, at=now)
            finally:
                connection.close()

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(work, batches))
    assert faults == []
    assert {hands.ret(r).words for r in ("RA", "RB")} == {f"第 {ROUNDS - 1} 次"}
