"""Who may open which page, and that nothing of another shop is on any of them."""

import logging

import pytest
from django.test import Client
from django.utils import timezone

from flows.models import Move
from flows.sweep import sweep
from hooks.models import Inbox
from orders.models import Order
from shops.models import Member
from tests.factories import make_shop, make_user

from .pages import LATE, LIST, STOCK_OUTS, page_of, take, text
from .scenes import ROLES, Desk

pytestmark = pytest.mark.django_db
PAGES = [
    "/admin/",
    LIST,
    f"{LIST}?queue=to_confirm",
    f"{LIST}?state=packed",
    STOCK_OUTS,
    f"{STOCK_OUTS}?queue=stock_outs",
    LATE,
    f"{LATE}?show=soon",
    "/admin/search/?q=nothing",
    "/admin/live/",
    "/admin/keys/",
    "/admin/orders/product/",
    "/admin/hooks/inbox/",
    "/admin/outbox/delivery/",
    "/admin/shops/shop/",
    "/admin/password_change/",
]


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("address", PAGES)
def test_every_member_opens_the_desks_pages(sits, role, address):
    assert sits(role).get(address).status_code == 200


@pytest.mark.parametrize(
    "address", [p for p in PAGES if p.startswith(("/admin/orders", "/admin/dead", "/admin/hooks"))]
)
def test_who_has_no_shop_opens_none(client, address):
    client.force_login(make_user(is_staff=True))
    assert client.get(address).status_code == 403


@pytest.mark.parametrize("address", PAGES)
def test_a_stranger_is_sent_to_the_login(client, address):
    response = client.get(address)
    assert response.status_code == 302
    assert response["Location"].startswith("/admin/login/")


def test_who_lost_the_role_loses_the_page_with_the_next_request(desk, sits):
    client, order = sits("agent"), desk.order("awaiting_confirmation")
    assert client.get(page_of(order)).status_code == 200
    Member.objects.filter(user=desk.people["agent"]).delete()
    assert client.get(page_of(order)).status_code == 403
    assert take(client, order, "confirm").status_code == 403
    assert Order.objects.get(pk=order.pk).state == "awaiting_confirmation"


@pytest.mark.parametrize("view", ["add/", "1/delete/", "1/history/"])
def test_there_is_no_page_to_add_change_or_delete_a_subject(desk, sits, view):
    desk.order()
    assert sits("lead").get(f"{LIST}{view}").status_code == 404


def test_the_case_page_takes_no_edits(desk, sits):
    order = desk.order("awaiting_confirmation")
    sits("lead").post(page_of(order), {"state": "closed", "paid": "1", "total": "1"})
    found = Order.objects.get(pk=order.pk)
    assert (found.state, found.paid, found.total, found.version) == (
        order.state,
        order.paid,
        order.total,
        order.version,
    )


# ---- the wall between shops
@pytest.fixture
def theirs():
    """Another shop's desk with an order, a stock-out, a message."""
    other = Desk(name="别人的店")
    other.products()
    stock_out = other.stock_out(number="THEIRS-1", minutes=60 * 24 * 6, name="别人家")
    other.waiting = other.order("awaiting_confirmation", number="THEIRS-2", minutes=60 * 24 * 6, name="别人家")
    other.stock_out_row = stock_out
    Inbox.objects.create(
        shop=other.shop,
        source="native",
        key="m-1",
        type="order.paid",
        body=b"{}",
        body_hash="",
        signed_with=1,
        received_at=timezone.now(),
        number="THEIRS-9",
        outcome="rejected",
        why="x",
    )
    sweep(at=timezone.now())
    return other


@pytest.mark.parametrize("address", PAGES)
def test_no_list_shows_a_row_of_another_shop(sits, theirs, address):
    said = text(sits("lead").get(address))
    assert "THEIRS" not in said
    assert "别人" not in said


@pytest.mark.parametrize("asked", ["THEIRS-1", "THEIRS-1-Q1", "THEIRS-2", "别人家"])
def test_no_search_finds_a_row_of_another_shop(sits, theirs, asked):
    response = sits("lead").get("/admin/search/", {"q": asked})
    assert response.status_code == 200
    assert "没有找到" in text(response)


def test_no_address_opens_a_row_of_another_shop(sits, theirs):
    client = sits("lead")
    for subject in (theirs.waiting, theirs.stock_out_row):
        for view, args in (("change", ()), ("moved", ()), ("slip", ()), ("step", ("cancel",))):
            assert client.get(page_of(subject, view, *args)).status_code == 404
        assert client.post(page_of(subject, "personal")).status_code == 404
    assert take(client, theirs.waiting, "confirm").status_code == 404
    inbox = Inbox.objects.get(key="m-1")
    assert client.get(f"/admin/hooks/inbox/{inbox.pk}/change/").status_code == 302
    assert client.get("/admin/autocomplete/?app_label=orders&model_name=order&field_name=replaces").status_code == 404


def test_forged_keys_in_a_batch_are_left_alone_and_logged(desk, sits, theirs, caplog):
    mine = desk.order("awaiting_confirmation")
    with caplog.at_level(logging.WARNING):
        page = sits("agent").post(f"{LIST}batch/", {"step": "confirm", "pk": [mine.pk, theirs.waiting.pk]})
    assert "另有 1 行不在您的店铺" in text(page)
    assert Order.objects.get(pk=mine.pk).state == "awaiting_audit"
    assert Order.objects.get(pk=theirs.waiting.pk).state == "awaiting_confirmation"
    assert "of other shops" in caplog.text


def test_a_forged_message_is_not_replayed(sits, theirs):
    inbox = Inbox.objects.get(key="m-1")
    sits("lead").post("/admin/hooks/inbox/replay/", {"pk": [inbox.pk], "confirmed": "1"})
    inbox.refresh_from_db()
    assert (inbox.outcome, inbox.rings_at) == ("rejected", None)


def test_the_shop_switch_shows_one_shop_and_never_anothers(desk, sits, theirs):
    second = make_shop(name="第二家店")
    Member.objects.create(user=desk.people["lead"], shop=second, roles=["lead"])
    desk.order("awaiting_confirmation", number="MINE-1")
    client = sits("lead")
    assert "MINE-1" in text(client.get(LIST))
    assert client.post("/admin/shop/", {"shop": second.pk, "next": LIST})["Location"] == LIST
    assert "MINE-1" not in text(client.get(LIST))
    client.post("/admin/shop/", {"shop": theirs.shop.pk})
    said = text(client.get(LIST))
    assert "MINE-1" in said
    assert "THEIRS" not in said
    assert client.post("/admin/shop/", {"shop": "", "next": "https://elsewhere.example/"})["Location"] == "/admin/"


def test_a_superuser_without_a_role_sees_every_shop_and_takes_no_step(desk, theirs, client):
    root = make_user(is_staff=True, is_superuser=True)
    client.force_login(root)
    order = desk.order("awaiting_confirmation")
    page = client.get(page_of(order))
    assert "您在这个店铺没有角色" in page.content.decode()
    assert "THEIRS-2" in text(client.get(LIST))
    assert take(client, order, "confirm").status_code == 403
    assert Order.objects.get(pk=order.pk).state == "awaiting_confirmation"


# ---- methods and tokens
@pytest.mark.parametrize("address", [f"{LIST}batch/", "/admin/shop/", "/admin/hooks/inbox/replay/"])
def test_get_on_an_action_is_405(sits, address):
    assert sits("lead").get(address).status_code == 405


def test_get_on_what_shows_a_buyer_is_405(desk, sits):
    assert sits("agent").get(page_of(desk.order(), "personal")).status_code == 405


def test_get_on_a_step_takes_nothing(desk, sits):
    order = desk.order("awaiting_confirmation")
    moves = Move.objects.count()
    assert sits("agent").get(page_of(order, "step", "confirm")).status_code == 200
    assert Move.objects.count() == moves
    assert sits("agent").put(page_of(order, "step", "confirm")).status_code == 405


def test_a_post_without_the_token_is_403_and_does_nothing(desk):
    order = desk.order("awaiting_confirmation")
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.people["agent"])
    addresses = [
        page_of(order, "step", "confirm"),
        f"{LIST}batch/",
        page_of(order, "personal"),
        "/admin/shop/",
        "/language/",
    ]
    for address in addresses:
        assert client.post(address, {"step": "confirm", "pk": order.pk}).status_code == 403
    assert Order.objects.get(pk=order.pk).state == "awaiting_confirmation"


# ---- language, health
def test_the_language_is_the_cookies_and_not_the_browsers(client, sits):
    page = client.get("/admin/login/", headers={"Accept-Language": "en"})
    assert 'lang="zh-hans"' in page.content.decode()
    client = sits("agent")
    client.post("/language/", {"language": "en", "next": "/admin/"})
    assert 'lang="en"' in client.get("/admin/").content.decode()
    client.cookies["kefu_language"] = "xx"
    assert 'lang="zh-hans"' in client.get("/admin/").content.decode()
