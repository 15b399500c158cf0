"""The outbox on the desk: only the own shops, nothing changed by hand, replay by who leads; and the task."""

import threading

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from outbox import send, tasks
from outbox.models import Delivery, Event, Notice, Subscriber
from shops.models import Member, Shop

from .conftest import NOON

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(client):
    """Log in somebody with these roles in that shop."""

    def person(shop, *roles):
        user = get_user_model().objects.create_user("xiaomei", password="x", is_staff=True)
        Member.objects.create(user=user, shop=shop, roles=list(roles))
        client.force_login(user)
        return client

    return person


@pytest.fixture
def delivered(sink, subscribe, say):
    subscribe(sink)
    say("order.pay")
    send.deliver(at=NOON)
    return Delivery.objects.get()


def test_a_delivery_is_shown_with_its_attempts_and_cannot_be_edited(person, shop, delivered):
    client = person(shop, "agent")
    page = client.get(reverse("admin:outbox_delivery_change", args=[delivered.pk]))
    assert page.status_code == 200
    assert "204" in page.content.decode()
    answer = client.post(reverse("admin:outbox_delivery_change", args=[delivered.pk]), {"body": "x"})
    assert answer.status_code == 403
    for name in ("event", "delivery", "subscriber"):
        assert client.get(reverse(f"admin:outbox_{name}_changelist")).status_code == 200
    assert client.get(reverse("admin:outbox_event_change", args=[delivered.event_id])).status_code == 200
    assert client.get(reverse("admin:outbox_event_add")).status_code == 403


def test_nobody_sees_another_shops_outbox(person, delivered):
    client = person(Shop.objects.create(code="s2", name="二店"), "lead")
    for name, row in (("event", delivered.event), ("delivery", delivered), ("subscriber", delivered.subscriber)):
        listed = client.get(reverse(f"admin:outbox_{name}_changelist")).content.decode()
        assert f"/{row.pk}/change" not in listed
        assert client.get(reverse(f"admin:outbox_{name}_change", args=[row.pk])).status_code == 302


@pytest.mark.parametrize(("role", "queued"), [("lead", 1), ("agent", 0)])
def test_who_leads_the_shop_replays(person, shop, delivered, role, queued):
    data = {"action": "say_again", "_selected_action": [delivered.pk]}
    person(shop, role).post(reverse("admin:outbox_delivery_changelist"), data)
    assert Delivery.objects.filter(rings_at__isnull=False).count() == queued


def test_only_who_leads_sees_the_keys_and_rotates_them(person, shop, delivered):
    subscriber = delivered.subscriber
    client = person(shop, "agent")
    address = reverse("admin:outbox_subscriber_change", args=[subscriber.pk])
    assert "whsec_" not in client.get(address).content.decode()
    Member.objects.update(roles=["lead"])
    assert subscriber.secrets[0] in client.get(address).content.decode()
    listed = reverse("admin:outbox_subscriber_changelist")
    client.post(listed, {"action": "add_key", "_selected_action": [subscriber.pk]})
    new, old = Subscriber.objects.get().secrets
    assert old == subscriber.secrets[0]
    client.post(listed, {"action": "drop_old_keys", "_selected_action": [subscriber.pk]})
    assert Subscriber.objects.get().secrets == [new]


def test_who_leads_adds_a_subscriber_and_a_private_address_is_refused(person, shop):
    client, add = person(shop, "lead"), reverse("admin:outbox_subscriber_add")
    other = Shop.objects.create(code="s2", name="二店")
    good = {"shop": shop.pk, "url": "http://1.1.1.1/", "patterns": '["order.*"]', "active": "on"}
    assert client.post(add, good | {"url": "http://127.0.0.1/"}).status_code == 200
    assert client.post(add, good | {"shop": other.pk}).status_code == 200
    assert Subscriber.objects.count() == 0
    assert client.post(add, good).status_code == 302
    assert Subscriber.objects.get().shop == shop


def test_a_second_ring_in_a_process_makes_the_first_look_once_more(monkeypatch):
    runs, inside, go = [], threading.Event(), threading.Event()

    def deliver():
        runs.append(1)
        inside.set()
        go.wait(5)

    monkeypatch.setattr(send, "deliver", deliver)
    first = threading.Thread(target=tasks.deliver)
    first.start()
    inside.wait(5)
    tasks.deliver()  # returns at once
    assert runs == [1]
    go.set()
    first.join(5)
    assert runs == [1, 1]


def test_the_worker_delivers_by_the_real_clock(sink, subscribe, say):
    subscribe(sink)
    say("order.pay")
    tasks.deliver()
    assert len(sink.heard) == 1
    assert Event.objects.get().rings_at is None


@pytest.mark.parametrize(("role", "queued"), [("lead", 1), ("agent", 0)])
def test_what_the_house_did_not_take_in_is_heard_again_by_who_leads(person, shop, say, role, queued):
    say("order.pay")
    dead = Notice.objects.create(listener="tests.nobody", event=Event.objects.get(), dead_at=NOON, failure="KeyError")
    client, at = person(shop, role), reverse("admin:outbox_notice_changelist")
    assert "KeyError" in client.get(at).content.decode()
    client.post(at, {"action": "hear_once_more", "_selected_action": [dead.pk]})
    assert Notice.objects.filter(rings_at__isnull=False, dead_at=None).count() == queued


def test_nobody_sees_what_another_shops_house_did_not_take_in(person, shop, say):
    say("order.pay")
    dead = Notice.objects.create(listener="tests.nobody", event=Event.objects.get(), dead_at=NOON, failure="KeyError")
    client = person(Shop.objects.create(code="s2", name="二店"), "lead")
    at = reverse("admin:outbox_notice_changelist")
    assert "KeyError" not in client.get(at).content.decode()
    client.post(at, {"action": "hear_once_more", "_selected_action": [dead.pk]})
    assert not Notice.objects.filter(dead_at=None).exists()
