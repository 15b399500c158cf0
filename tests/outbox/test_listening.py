"""Within the house: whoever listens hears each event once, after its commit, whatever happens to the worker."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from outbox import listening
from outbox.fanout import fan_out
from outbox.models import Event, Notice
from outbox.service import Written, write
from rows import claim as queue
from shops.models import Shop
from tests.factories import make_shop


@pytest.fixture
def heard(monkeypatch):
    """A listener of errands, and what it has heard."""
    monkeypatch.setattr(listening, "LISTENERS", {})
    found = []

    @listening.listens("errands", "errand.*", unless=("errand.whisper",))
    def hear(event, at):
        found.append(event.topic)

    return found


def tell(*topics, shop=None):
    shop = shop or make_shop()
    now = timezone.now()
    write([Written(shop.pk, topic, "errand", 1, n, {}, now, now) for n, topic in enumerate(topics, 1)])
    fan_out(at=now)
    return now + timedelta(seconds=1)


@pytest.mark.django_db
def test_an_event_is_heard_once_and_what_is_none_of_its_topics_never(heard):
    at = tell("errand.start", "errand.whisper", "order.pay", "errand.end")
    assert (listening.listen(at=at), listening.listen(at=at)) == (2, 0)
    assert heard == ["errand.start", "errand.end"]
    assert Notice.objects.filter(heard_at=at).count() == 2


@pytest.mark.django_db
def test_nobody_hears_what_is_not_fanned_out_yet(heard):
    shop, now = make_shop(), timezone.now()
    later = now + timedelta(minutes=5)
    write([Written(shop.pk, "errand.start", "errand", 1, 1, {}, now, later)])
    fan_out(at=now)
    assert listening.listen(at=now) == 0
    fan_out(at=later)
    assert listening.listen(at=later) == 1


@pytest.mark.django_db
def test_who_fails_leaves_nothing_and_hears_it_again_later(heard, monkeypatch):
    def fails(event, at):
        Shop.objects.filter(pk=event.shop_id).update(name="half")
        raise ValueError("broken")

    monkeypatch.setitem(listening.LISTENERS, "errands", listening.Listener("errands", ("errand.*",), fails))
    at = tell("errand.start")
    listening.listen(at=at)
    notice = Notice.objects.get()
    assert (notice.heard_at, notice.failure) == (None, "ValueError: broken")
    assert notice.rings_at > at
    assert not Shop.objects.filter(name="half").exists()
    monkeypatch.setitem(
        listening.LISTENERS, "errands", listening.Listener("errands", ("errand.*",), lambda e, at: heard.append("now"))
    )
    assert listening.listen(at=at + timedelta(hours=1)) == 1
    assert heard == ["now"]


@pytest.mark.django_db
def test_what_keeps_failing_is_a_dead_letter_that_bars_nobody(heard, monkeypatch):
    def fails(event, at):
        if event.topic == "errand.bad":
            raise ValueError("broken")
        heard.append(event.topic)

    monkeypatch.setitem(listening.LISTENERS, "errands", listening.Listener("errands", ("errand.*",), fails))
    at = tell("errand.bad", "errand.good")
    for day in range(queue.DEAD_AFTER + 1):
        listening.listen(at=at + timedelta(days=day))
    assert heard == ["errand.good"]
    assert Notice.objects.get(event__topic="errand.bad").dead_at is not None


@pytest.mark.django_db
def test_a_worker_whose_lease_has_run_out_writes_nothing(heard, monkeypatch):
    def slow(event, at):
        Notice.objects.filter(event=event.pk).update(token=42)  # another worker has claimed it meanwhile
        Shop.objects.filter(pk=event.shop_id).update(name="too late")

    monkeypatch.setitem(listening.LISTENERS, "errands", listening.Listener("errands", ("errand.*",), slow))
    listening.listen(at=tell("errand.start"))
    assert not Shop.objects.filter(name="too late").exists()
    assert Notice.objects.get().heard_at is None


@pytest.mark.django_db
def test_a_listener_that_is_no_more_has_heard_everything(heard, monkeypatch):
    at = tell("errand.start")
    monkeypatch.setattr(listening, "LISTENERS", {})
    assert listening.listen(at=at) == 1
    assert Notice.objects.get().heard_at == at


def test_two_listeners_of_one_name_are_refused(heard):
    with pytest.raises(LookupError):
        listening.listens("errands", "order.*")(lambda event, at: None)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_workers_hear_each_event_once(heard):
    shop = make_shop()
    at = tell(*[f"errand.n{n}" for n in range(40)], shop=shop)

    def work(_n):
        try:
            while listening.listen(at=at, limit=5):
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    assert sorted(heard) == sorted(f"errand.n{n}" for n in range(40))
    assert Event.objects.count() == Notice.objects.filter(heard_at__isnull=False).count() == 40
