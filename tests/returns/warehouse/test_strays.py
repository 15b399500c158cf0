"""Parcels that nobody announced: kept once, found, matched."""

import pytest
from django.urls import reverse

from flows.models import Move
from orders.models import Order
from returns.models import BackParcel
from shops.models import Member
from tests.admin.pages import text
from tests.factories import make_shop

from .scenes import DESK, SCAN, STRAYS, page

pytestmark = pytest.mark.django_db


def strays():
    return BackParcel.objects.filter(of=None)


def test_a_number_that_nobody_announced_is_kept_as_an_unannounced_parcel(desk, sits):
    said = text(sits().post(SCAN, {"number": " sf99 0001 "}))
    assert "无主包裹" in said and "SF990001" in said
    [stray] = strays()
    assert (stray.shop, stray.tracking_number, stray.received_by) == (
        desk.shop,
        "SF990001",
        desk.people["warehouse"].get_username(),
    )
    assert stray.received_at is not None


def test_an_unannounced_parcel_that_is_scanned_again_changes_nothing(desk, sits):
    person = sits()
    person.post(SCAN, {"number": "SF990001"})
    [before] = strays().values()
    said = text(person.post(SCAN, {"number": "SF990001"}))
    assert "已记过的无主包裹" in said and "没有重复登记" in said
    assert list(strays().values()) == [before]


def test_of_several_shops_a_person_says_whose_parcel_it_is(desk, sits):
    other = make_shop(name="云栖家居")
    Member.objects.create(user=desk.people["warehouse"], shop=other, roles=["warehouse"])
    person = sits()
    said = text(person.post(SCAN, {"number": "SF990002"}))
    assert "寄给哪家店" in said and "云栖家居" in said and desk.shop.name in said
    assert not strays().exists()
    person.post(SCAN, {"number": "SF990002", "shop": other.pk})
    assert [s.shop for s in strays()] == [other]


def test_the_shop_switch_says_whose_parcel_it_is(desk, sits):
    other = make_shop(name="云栖家居")
    Member.objects.create(user=desk.people["warehouse"], shop=other, roles=["warehouse"])
    person = sits()
    person.post("/admin/shop/", {"shop": other.pk, "next": DESK})
    person.post(SCAN, {"number": "SF990003"})
    assert [s.shop for s in strays()] == [other]


def test_a_shop_that_is_not_the_persons_gets_no_parcel(desk, sits):
    strange = make_shop()
    person = sits()
    person.post(SCAN, {"number": "SF990004", "shop": strange.pk})
    assert not strays().filter(shop=strange).exists()


@pytest.mark.parametrize("number", ["", "9" * 10_000, "SF12\x0034", "https://x.example/?a=1&b=2", "订单一二三四"])
def test_what_is_no_number_is_answered_with_words_and_kept_nowhere(desk, sits, number):
    response = sits().post(SCAN, {"number": number})
    assert response.status_code == 400
    assert "扫" in text(response)
    assert not BackParcel.objects.exists()


def test_the_scan_of_a_customers_name_with_markup_is_shown_as_text(desk, sits):
    said = sits().post(SCAN, {"number": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in said


def test_a_lead_looks_on_and_keeps_nothing(desk, sits):
    said = text(sits("lead").post(SCAN, {"number": "SF990005"}))
    assert "没有记成无主包裹" in said
    assert not strays().exists()


@pytest.mark.parametrize("role", ["agent", "auditor"])
def test_the_desk_is_the_warehouses_and_the_leads(desk, sits, role):
    person = sits(role)
    assert [person.get(DESK).status_code, person.get(STRAYS).status_code] == [403, 403]
    assert person.post(SCAN, {"number": "SF990006"}).status_code == 403
    assert not strays().exists()


def test_the_shell_leads_to_the_desk_with_the_number_of_unannounced_parcels(desk, sits):
    person = sits()
    person.post(SCAN, {"number": "SF990007"})
    front = person.get("/admin/").content.decode()
    assert f'href="{reverse("admin:warehouse")}"' in front and "收退货" in front
    assert "收退货" in text(sits("lead").get("/admin/"))
    assert "收退货" not in text(sits("agent").get("/admin/"))


def test_another_shops_unannounced_parcels_are_not_there(desk, sits):
    strange = BackParcel.objects.create(shop=make_shop(), tracking_number="SF990008", received_at=desk.now)
    person = sits()
    assert "SF990008" not in text(person.get(STRAYS))
    assert person.get(page("stray", strange.pk)).status_code == 404
    assert person.get(page("stray_slip", strange.pk)).status_code == 404
    ret, _parcel = desk.coming()
    assert person.post(page("match", strange.pk), {"return": ret.pk}).status_code == 409
    strange.refresh_from_db()
    assert strange.of is None


def keep(desk, sits, number="SF990010"):
    sits().post(SCAN, {"number": number})
    return strays().get(tracking_number=number)


def test_a_return_is_found_by_order_return_and_phone_and_no_phone_is_shown(desk, sits):
    ret, _parcel = desk.coming()
    order, stray = Order.objects.get(pk=ret.order_id), keep(desk, sits)
    person = sits()
    for asked in (order.number, ret.number, order.buyer_phone, f"+86 {order.buyer_phone[:3]}-{order.buyer_phone[3:]}"):
        said = text(person.get(page("stray", stray.pk), {"q": asked}))
        assert ret.number in said, asked
        assert "就是它，收货" in said
        assert order.buyer_name not in said
        assert order.buyer_phone not in said.replace(asked, "")
    assert ret.number not in text(person.get(page("stray", stray.pk), {"q": order.buyer_phone[-4:]}))


def test_an_order_without_a_return_is_named_with_what_to_do(desk, sits):
    order, stray = desk.order("packed"), keep(desk, sits)
    assert "没有售后单。请客服建好" in text(sits().get(page("stray", stray.pk), {"q": order.number}))


def test_the_search_stays_in_the_parcels_shop(desk, sits):
    other = type(desk)(name="别家")
    Member.objects.create(user=desk.people["warehouse"], shop=other.shop, roles=["warehouse"])
    ret, _parcel = other.coming()
    stray = BackParcel.objects.create(shop=desk.shop, tracking_number="SF990011", received_at=desk.now)
    person = sits()
    assert ret.number not in text(person.get(page("stray", stray.pk), {"q": ret.order.number})).replace(
        ret.order.number, ""
    )
    assert person.post(page("match", stray.pk), {"return": ret.pk}).status_code == 404
    stray.refresh_from_db()
    assert stray.of is None and desk.fresh(ret).state == "returning"


def test_a_match_receives_the_parcel_for_its_return_as_of_when_it_came(desk, sits):
    ret, _parcel = desk.coming()
    stray = keep(desk, sits)
    said = text(sits().post(page("match", stray.pk), {"return": ret.pk}))
    assert "收货成功" in said
    assert not strays().exists()
    parcel = BackParcel.objects.get(of=ret, tracking_number=stray.tracking_number)
    assert (parcel.received_at, parcel.matched_at is not None) == (stray.received_at, True)
    assert desk.fresh(ret).state == "received"
    move = Move.objects.filter(flow="return", subject=ret.pk).latest("seq")
    assert (move.step, move.who, move.at) == ("receive", "warehouse", stray.received_at)


def test_a_parcel_that_is_announced_later_is_offered_for_its_return(desk, sits):
    stray = keep(desk, sits, "SF990012")
    ret, _parcel = desk.coming("SF990012")
    assert "单号对上了" in text(sits().get(STRAYS)) and ret.number in text(sits().get(STRAYS))
    said = text(sits().post(SCAN, {"number": "SF990012"}))
    assert "收货成功" in said
    assert not strays().filter(pk=stray.pk).exists()
    assert BackParcel.objects.get(of=ret).received_at >= stray.received_at


def test_a_parcel_that_was_matched_is_not_matched_again(desk, sits):
    ret, _parcel = desk.coming()
    other, _parcel = desk.coming()
    stray = keep(desk, sits)
    person = sits()
    person.post(page("match", stray.pk), {"return": ret.pk})
    response = person.post(page("match", stray.pk), {"return": other.pk})
    assert response.status_code == 409 and "已经匹配" in text(response)
    assert desk.fresh(other).state == "returning"


def test_the_list_costs_a_fixed_number_of_statements(desk, sits, django_assert_max_num_queries):
    for n in range(12):
        BackParcel.objects.create(shop=desk.shop, tracking_number=f"SF88{n:04d}", received_at=desk.now)
    desk.coming("SF880003")
    person = sits()
    person.get(STRAYS)
    with django_assert_max_num_queries(26):
        person.get(STRAYS)
