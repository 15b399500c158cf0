"""At the same moment, on PostgreSQL: one dispute, one payment, never more evidence than a return holds."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from flows import engine
from flows.effects import Refused
from flows.table import Who
from orders.models import Refund
from returns import store
from returns.models import Dispute, Evidence, Return
from returns.states import D
from returns.store import files
from tests.flows.test_races import at_once
from tests.returns.files import image, upload
from tests.returns.hands import Hands

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ret(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    hands = Hands()
    hands.signed()
    return hands.request()


def begun(ret, by):
    d = Dispute(shop_id=ret.shop_id, order_id=ret.order_id, of=ret, state=D.OPENED)
    return engine.start(d, who=Who.AGENT, by=by, at=timezone.now(), inputs={})


def test_two_who_record_a_dispute_at_once_record_one(ret):
    told = at_once(*(lambda n=n: begun(ret, f"agent{n}") for n in range(4)))
    assert sum(isinstance(t, Refused) for t in told) == 3, told
    assert Dispute.objects.get().number == "R1-D1"


def test_a_ruling_and_an_agents_decision_at_once_neither_deadlock_nor_pay_twice(ret):
    pk, now = begun(ret, "amy").pk, timezone.now()

    def take(subject, step, who, **inputs):
        return engine.take(subject, step, who=who, by=who.word, at=now, inputs=inputs)

    told = at_once(
        lambda: take(Dispute.objects.get(pk=pk), "rule_for_buyer", Who.PLATFORM, remedy="refund", amount=15000),
        lambda: take(Dispute.objects.get(pk=pk), "rule_for_buyer", Who.PLATFORM, remedy="refund", amount=15000),
        lambda: take(Return.objects.get(pk=ret.pk), "approve", Who.AGENT),
        lambda: take(Dispute.objects.get(pk=pk), "give_evidence", Who.AGENT, words="见证据包"),
    )
    assert all(isinstance(t, Refused) or not isinstance(t, Exception) for t in told), told
    assert list(Refund.objects.values_list("amount", "paid_by")) == [(15000, "platform")]
    assert Return.objects.get().state == "refunding"
    assert Dispute.objects.get().state == "complied"


def test_many_uploads_at_once_never_exceed_what_a_return_holds(ret, monkeypatch):
    monkeypatch.setattr("returns.store.kept.MOST_PIECES", 3)

    def give(n):
        return store.keep(
            ret, upload(image(size=(10 + n, 10))), giver="customer", by="page", at=timezone.now() + timedelta(seconds=n)
        )

    told = at_once(*(lambda n=n: give(n) for n in range(8)))
    kept = [t for t in told if isinstance(t, Evidence)]
    assert len(kept) == Evidence.objects.count() == 3
    assert all(isinstance(t, Evidence | store.NotKept) for t in told), told
    assert sum(1 for p in files.folder().rglob("*") if p.is_file()) == 6
    connection.close()
