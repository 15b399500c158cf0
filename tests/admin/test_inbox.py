"""The inbox on the desk: the raw message is text for who may see it, nothing is editable, replay asks once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hooks.models import Inbox

from .pages import text

pytestmark = pytest.mark.django_db
LISTED = "/admin/hooks/inbox/"


@pytest.fixture
def message(desk):
    def message(outcome="rejected", **fields):
        n = Inbox.objects.count()
        return Inbox.objects.create(
            **{
                "shop": desk.shop,
                "source": "native",
                "key": f"m-{n}",
                "type": "order.paid",
                "body": b'{"a": "<b>&phone 13800138000"}',
                "body_hash": "",
                "signed_with": 1,
                "received_at": timezone.now(),
                "number": f"N-{n}",
                "outcome": outcome,
                "why": "why",
                "headers": {"webhook-id": "x"},
                **fields,
            }
        )

    return message


def test_a_message_is_shown_as_text_and_no_field_of_it_can_be_edited(sits, message):
    row = message()
    page = sits("lead").get(f"{LISTED}{row.pk}/change/").content.decode()
    assert "&lt;b&gt;&amp;phone 13800138000" in page
    assert "<textarea" not in page
    assert sits("lead").post(f"{LISTED}{row.pk}/change/", {"body": "x", "outcome": "applied"}).status_code == 403
    assert sits("lead").get(f"{LISTED}add/").status_code == 403
    assert sits("lead").post(f"{LISTED}{row.pk}/delete/", {"post": "yes"}).status_code == 403
    row.refresh_from_db()
    assert (bytes(row.body), row.outcome) == (b'{"a": "<b>&phone 13800138000"}', "rejected")


def test_who_may_not_see_buyers_does_not_see_the_raw_message(desk, sits, message):
    row = message()
    blind = sits(desk.person("lead", sees=False))
    page = blind.get(f"{LISTED}{row.pk}/change/")
    assert page.status_code == 200
    assert "13800138000" not in page.content.decode()


@pytest.mark.parametrize(
    ("asked", "found"),
    [("stranded", {1, 2, 3}), ("dead", {3}), ("parked", {2, 4}), ("rejected", {1}), ("applied", {0}), ("open", set())],
)
def test_messages_are_filtered_by_what_became_of_them(sits, message, asked, found):
    now = timezone.now()
    rows = [
        message("applied"),
        message("rejected"),
        message("parked"),
        message("", dead_at=now),
        message("parked", rings_at=now),
    ]
    page = text(sits("lead").get(LISTED, {"outcome": asked}))
    assert {n for n, row in enumerate(rows) if row.number in page} == found


def test_stranded_messages_are_counted_in_the_leads_shell(sits, message):
    message("rejected")
    links = {link.entry.name: link.count for link in sits("lead").get("/admin/").context["shell"].links}
    assert links["inbox"] == "1"


def test_replay_asks_once_and_then_puts_what_was_stranded_back_into_the_queue(sits, message):
    rows = [
        message("rejected"),
        message("parked"),
        message("", dead_at=timezone.now(), attempts=10),
        message("applied"),
    ]
    client = sits("lead")
    chosen = {"action": "replay_chosen", "_selected_action": [row.pk for row in rows]}
    page = client.post(LISTED, chosen)
    assert page.status_code == 200
    assert "把这 3 条消息放回队列" in text(page)
    assert not Inbox.objects.filter(rings_at__isnull=False).exists()
    keys = [row.pk for row in rows]
    assert client.post(f"{LISTED}replay/", {"pk": keys, "confirmed": "1"}).status_code == 302
    assert list(Inbox.objects.filter(rings_at__isnull=False).order_by("pk")) == rows[:3]
    dead = Inbox.objects.get(pk=rows[2].pk)
    assert (dead.dead_at, dead.attempts, dead.token) == (None, 0, None)
    assert Inbox.objects.get(pk=rows[3].pk).outcome == "applied"


def test_only_who_leads_replays(desk, sits, message):
    row = message("rejected")
    agent = sits("agent")
    assert agent.post(f"{LISTED}replay/", {"pk": [row.pk], "confirmed": "1"}).status_code == 403
    agent.post(LISTED, {"action": "replay_chosen", "_selected_action": [row.pk]})
    assert Inbox.objects.get(pk=row.pk).rings_at is None


def test_a_message_that_is_being_worked_on_is_not_replayed(sits, message):
    row = message("", rings_at=timezone.now() - timedelta(minutes=1), token=5)
    sits("lead").post(f"{LISTED}replay/", {"pk": [row.pk], "confirmed": "1"})
    assert Inbox.objects.get(pk=row.pk).token == 5
