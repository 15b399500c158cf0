"""A shop's contracts with courier services on the desk: kept by its lead, tried with one number, never shown again."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.models import CourierContract, LastAsked, Lookup, Parcel
from shops.sealing import Sealed
from tests.admin.pages import text
from tests.couriers.conftest import carriers, own_network  # noqa: F401 (fixtures)
from tests.factories import make_shop

pytestmark = pytest.mark.django_db
CONTRACTS, LOOKUPS = "/admin/orders/couriercontract/", "/admin/orders/lookup/"
KEY = "a-key-that-nobody-reads"
NUMBER = "YT1234567890123"


def form(shop, **changes):
    return {
        "shop": shop.pk, "service": "kuaidi100", "customer": "CUST", "key": KEY, "minutes": 30, "subscribe": "on",
        "active": "on", "base": "", **changes,
    }  # fmt: skip


@pytest.fixture
def contract(desk, carriers, own_network):  # noqa: F811
    made = CourierContract(shop=desk.shop, service="kuaidi100", customer="CUST", base=carriers.base)
    made.keep(KEY)
    made.save()
    carriers.accounts["kuaidi100"]["CUST"] = KEY
    return made


def test_a_lead_enters_a_contract_and_its_key_is_sealed(desk, sits):
    assert sits("lead").post(f"{CONTRACTS}add/", form(desk.shop)).status_code == 302
    made = CourierContract.objects.get()
    assert (made.account().key, made.account().customer, made.every) == (KEY, "CUST", 1800)
    assert len(made.account().salt) > 20
    assert KEY.encode() not in bytes(made.sealed)


def test_the_key_is_never_shown_again(desk, sits, contract):
    lead = sits("lead")
    for address in (CONTRACTS, f"{CONTRACTS}{contract.pk}/change/", f"{CONTRACTS}{contract.pk}/trial/", LOOKUPS):
        page = lead.get(address)
        assert page.status_code == 200
        for secret in (KEY, contract.account().salt):
            assert secret not in page.content.decode()
    page = text(lead.get(f"{CONTRACTS}{contract.pk}/change/"))
    assert f"/hooks/{desk.shop.code}/kuaidi100/" in page
    assert "不再显示" in page


def test_an_empty_key_leaves_it_and_a_typed_one_takes_its_place_but_not_the_salts(desk, sits, contract):
    salt, lead = contract.account().salt, sits("lead")
    changed = {k: v for k, v in form(desk.shop, key="", customer="OTHER").items() if k not in ("shop", "service")}
    assert lead.post(f"{CONTRACTS}{contract.pk}/change/", changed).status_code == 302
    contract.refresh_from_db()
    assert (contract.account().key, contract.customer) == (KEY, "OTHER")
    assert lead.post(f"{CONTRACTS}{contract.pk}/change/", {**changed, "key": "fresh"}).status_code == 302
    contract.refresh_from_db()
    assert (contract.account().key, contract.account().salt) == ("fresh", salt)
    assert LogEntry.objects.filter(change_message="更换授权密钥").count() == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [({"key": ""}, "请填写授权密钥"), ({"minutes": 29}, "30"), ({"minutes": "x"}, ""), ({"customer": ""}, ""),
     ({"base": "http://127.0.0.1/"}, "公网"), ({"base": "ftp://x.example/"}, ""), ({"service": "nobody"}, "")],
)  # fmt: skip
def test_what_cannot_be_a_contract_is_refused_and_nothing_is_written(desk, sits, changes, said):
    page = sits("lead").post(f"{CONTRACTS}add/", form(desk.shop, **changes))
    assert page.status_code == 200
    assert said in text(page)
    assert not CourierContract.objects.exists()


def test_one_contract_a_shop_and_service(desk, sits, contract):
    page = sits("lead").post(f"{CONTRACTS}add/", form(desk.shop))
    assert "已有合同" in text(page)
    assert CourierContract.objects.count() == 1


def test_of_another_shop_nothing_is_seen_tried_or_changed(desk, sits):
    other = make_shop()
    theirs = CourierContract(shop=other, service="kuaidi100", customer="THEIRS")
    theirs.keep("their-key")
    theirs.save()
    asked = Lookup.objects.create(shop=other, service="kuaidi100", tracking_number=NUMBER, created_at=timezone.now())
    lead = sits("lead")
    assert "THEIRS" not in text(lead.get(CONTRACTS))
    assert NUMBER not in text(lead.get(f"{LOOKUPS}?q={NUMBER}")).replace(f"q={NUMBER}", "")
    assert lead.get(f"{CONTRACTS}{theirs.pk}/trial/").status_code == 404
    assert lead.post(f"{CONTRACTS}{theirs.pk}/trial/", {"carrier": "圆通", "number": NUMBER}).status_code == 404
    assert lead.get(f"{CONTRACTS}{theirs.pk}/change/").status_code == 302
    assert lead.get(f"{LOOKUPS}{asked.pk}/change/").status_code == 302
    page = lead.post(f"{CONTRACTS}add/", form(other))
    assert (page.status_code, CourierContract.objects.count()) == (200, 1)
    assert not LastAsked.objects.exists()


def test_who_does_not_lead_may_look_and_nothing_else(desk, sits, contract):
    agent = sits("agent")
    assert agent.get(CONTRACTS).status_code == 200
    assert KEY not in agent.get(f"{CONTRACTS}{contract.pk}/change/").content.decode()
    assert agent.get(f"{CONTRACTS}{contract.pk}/trial/").status_code == 403
    assert agent.post(f"{CONTRACTS}add/", form(desk.shop)).status_code == 403
    assert agent.post(f"{CONTRACTS}{contract.pk}/change/", form(desk.shop, customer="X")).status_code == 403
    contract.refresh_from_db()
    assert contract.customer == "CUST"


def test_a_contract_is_tried_with_one_number_and_what_came_of_it_is_said(desk, sits, contract, carriers):  # noqa: F811
    lead, address = sits("lead"), f"{CONTRACTS}{contract.pk}/trial/"
    carriers.report(NUMBER, "out_for_delivery", "派送中", company="yuantong")
    page = lead.post(address, {"carrier": "圆通", "number": f" {NUMBER.lower()} "})
    assert page.status_code == 200
    assert "已查到轨迹" in text(page)
    assert "派送中" in text(page)
    row = Lookup.objects.get()
    assert (row.kind, row.outcome, row.state, row.by) == (
        "trial",
        "tracked",
        "out_for_delivery",
        desk.people["lead"].username,
    )
    assert not Parcel.objects.exists()
    again = lead.post(address, {"carrier": "圆通", "number": NUMBER})
    assert "没有发出" in text(again)
    assert (len(carriers.asked), carriers.locked) == (1, set())


def test_a_wrong_key_shows_at_the_trial(desk, sits, contract, carriers):  # noqa: F811
    carriers.accounts["kuaidi100"]["CUST"] = "another"
    page = sits("lead").post(f"{CONTRACTS}{contract.pk}/trial/", {"carrier": "圆通", "number": NUMBER})
    assert "密钥或客户编号不对" in text(page)
    assert "密钥或客户编号不对" in text(sits("lead").get(CONTRACTS))


@pytest.mark.parametrize(
    "posted",
    [{}, {"carrier": "圆通"}, {"carrier": "x", "number": "1"}, {"carrier": "圆通", "number": "1", "phone": "12"}],
)  # fmt: skip
def test_a_trial_that_is_not_filled_in_asks_nobody(desk, sits, contract, carriers, posted):  # noqa: F811
    page = sits("lead").post(f"{CONTRACTS}{contract.pk}/trial/", {"x": "1", **posted})
    assert page.status_code == 400
    assert carriers.asked == []
    assert not Lookup.objects.exists()


def test_a_key_of_another_row_or_of_a_lost_secret_cannot_be_opened(desk, contract, settings):
    other = CourierContract(shop=make_shop(), service="kuaidi100", customer="CUST", sealed=contract.sealed)
    with pytest.raises(Sealed):
        other.account()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "new"
    assert contract.account().key == KEY
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(Sealed):
        contract.account()


def test_the_lists_take_the_same_statements_however_long_they_are(desk, sits, contract):
    lead, counts = sits("lead"), []
    for n in (1, 20):
        for i in range(n):
            Lookup.objects.create(
                shop=desk.shop, service="kuaidi100", carrier="圆通", tracking_number=f"YT{n}{i}", outcome="tracked",
                created_at=timezone.now(), ended_at=timezone.now(),
            )  # fmt: skip
        sent = []
        for address in (CONTRACTS, LOOKUPS):
            lead.get(address)
            with CaptureQueriesContext(connection) as seen:
                assert lead.get(address).status_code == 200
            sent.append(len(seen.captured_queries))
        counts.append(sent)
    assert counts[0] == counts[1]


def test_the_questions_are_told_apart_by_how_they_stand(desk, sits):
    for number, outcome, ended in (("YT111111", "", None), ("YT222222", "tracked", 1), ("YT333333", "bad_key", 1)):
        Lookup.objects.create(
            shop=desk.shop, service="kuaidi100", carrier="圆通", tracking_number=number, outcome=outcome,
            created_at=timezone.now(), ended_at=timezone.now() if ended else None,
        )  # fmt: skip
    lead = sits("lead")
    for standing, number in (("open", "YT111111"), ("well", "YT222222"), ("trouble", "YT333333")):
        page = text(lead.get(f"{LOOKUPS}?standing={standing}"))
        assert [n for n in ("YT111111", "YT222222", "YT333333") if n in page] == [number]
