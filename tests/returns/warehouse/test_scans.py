"""A scan at the warehouse desk: what it books, what it only says, and who may."""

from datetime import timedelta

import pytest

from flows import engine
from flows.models import Move
from flows.table import Who
from returns.models import BackParcel, Return
from shops.models import Member
from tests.admin.pages import text
from tests.factories import make_shop

from .scenes import DESK, SCAN, Warehouse, page

pytestmark = pytest.mark.django_db


def steps(ret):
    return list(Move.objects.filter(flow="return", subject=ret.pk).order_by("seq").values_list("step", flat=True))


def test_a_scan_receives_the_parcel_and_says_what_to_check(desk, sits):
    ret, parcel = desk.coming(reason="quality", words="鞋底开胶，请电 13800138000")
    response = sits().post(SCAN, {"number": f"{parcel.tracking_number.lower()}\r\n"})
    said = text(response)
    assert "收货成功" in said and "质量问题：对照客户说的地方看" in said
    assert "鞋底开胶" in said and "13800138000" not in said
    assert desk.fresh(ret).state == "received"
    parcel.refresh_from_db()
    assert (parcel.received_by, parcel.scans) == (desk.people["warehouse"].get_username(), 1)
    move = Move.objects.filter(flow="return", subject=ret.pk).latest("seq")
    assert (move.step, move.who, move.by) == ("receive", "warehouse", desk.people["warehouse"].get_username())


def test_a_parcel_that_is_scanned_again_says_so_and_changes_nothing(desk, sits):
    ret, parcel = desk.coming()
    person = sits()
    person.post(SCAN, {"number": parcel.tracking_number})
    before = BackParcel.objects.filter(pk=parcel.pk).values().get(), desk.fresh(ret).version
    said = text(person.post(SCAN, {"number": parcel.tracking_number}))
    assert "已经收过" in said and "没有重复登记" in said
    assert (BackParcel.objects.filter(pk=parcel.pk).values().get(), desk.fresh(ret).version) == before


def test_the_warehouse_sees_no_phone_and_no_whole_name(desk, sits):
    ret, parcel = desk.coming()
    order = desk.fresh(ret).order
    person = sits()
    pages = [person.post(SCAN, {"number": parcel.tracking_number}), person.get(page("slip", ret.pk))]
    pages += [person.get(page("return", ret.pk)), person.get(DESK)]
    for one in pages:
        assert order.buyer_phone not in text(one)
        assert order.buyer_name not in text(one)
        assert order.address["detail"] not in text(one)


@pytest.mark.parametrize("by", ["return", "order"])
def test_the_number_of_a_return_or_an_order_opens_it_and_books_nothing(desk, sits, by):
    ret, _parcel = desk.coming()
    number = ret.number if by == "return" else desk.fresh(ret).order.number
    said = text(sits().post(SCAN, {"number": number}))
    assert "找到售后单" in said and "登记收货和验货" in said
    assert (desk.fresh(ret).state, steps(ret)) == ("returning", ["start"])


def test_an_order_without_a_return_says_what_to_do(desk, sits):
    order = desk.order("packed")
    assert "订单没有售后单" in text(sits().post(SCAN, {"number": order.number}))
    assert not BackParcel.objects.exists()


def closed(desk):
    """-> a return that its customer withdrew, and a parcel of it that comes all the same."""
    order = desk.order("packed")
    ret = desk.starts(order, state="returning", parcels=[parcel(desk)])
    engine.take(ret, "withdraw", who=Who.PLATFORM, by="hook:native", at=desk.now + timedelta(minutes=1))
    assert desk.fresh(ret).state == "closed"
    return desk.fresh(ret), BackParcel.objects.get(of=ret)


def parcel(desk):
    return {"carrier": "顺丰", "tracking_number": desk.number(), "sent_at": desk.now}


def test_the_parcel_of_a_closed_return_stops_in_red_and_books_nothing_by_itself(desk, sits):
    ret, back = closed(desk)
    said = sits().post(SCAN, {"number": back.tracking_number})
    assert "已关闭的售后" in text(said) and "登记迟到退货" in text(said)
    assert "tone-late" in said.content.decode()
    back.refresh_from_db()
    assert (back.received_at, desk.fresh(ret).version) == (None, ret.version)


def test_a_late_parcel_that_is_accepted_opens_the_closed_return_again(desk, sits):
    ret, back = closed(desk)
    said = text(sits().post(page("late", ret.pk), {"number": back.tracking_number}))
    assert "售后重新打开" in said
    assert desk.fresh(ret).state == "received"
    back.refresh_from_db()
    assert back.received_at is not None
    assert steps(ret)[-1] == "arrive_late"


def test_a_late_parcel_is_accepted_once(desk, sits):
    ret, back = closed(desk)
    person = sits()
    person.post(page("late", ret.pk), {"number": back.tracking_number})
    version = desk.fresh(ret).version
    person.post(page("late", ret.pk), {"number": back.tracking_number})
    assert desk.fresh(ret).version == version


def test_a_return_that_nobody_has_agreed_to_keeps_its_parcel_aside(desk, sits):
    order = desk.order("packed")
    ret = desk.starts(order, state="requested")
    BackParcel.objects.create(shop=desk.shop, of=ret, tracking_number="SF770001")
    said = text(sits().post(SCAN, {"number": "SF770001"}))
    assert "先放一放" in said and ret.number in said
    assert desk.fresh(ret).state == "requested"
    assert BackParcel.objects.filter(of=None, tracking_number="SF770001").exists()


def test_of_several_returns_with_one_number_a_person_picks(desk, sits):
    one, first = desk.coming()
    two, second = desk.coming(first.tracking_number)
    person = sits()
    said = text(person.post(SCAN, {"number": first.tracking_number}))
    assert "是哪张售后单" in said and one.number in said and two.number in said
    assert {desk.fresh(one).state, desk.fresh(two).state} == {"returning"}
    person.post(SCAN, {"number": first.tracking_number, "chosen": two.pk})
    assert (desk.fresh(one).state, desk.fresh(two).state) == ("returning", "received")
    assert "收货成功" in text(person.post(SCAN, {"number": first.tracking_number}))  # only one is left
    assert desk.fresh(one).state == "received"
    assert second.of_id == two.pk


def test_a_number_that_two_shops_know_asks_which_and_the_parcel_decides_else(desk, sits):
    other = Warehouse(name="云栖家居")
    Member.objects.create(user=desk.people["warehouse"], shop=other.shop, roles=["warehouse"])
    mine, first = desk.coming()
    theirs, _same = other.coming(first.tracking_number)
    only, alone = other.coming()
    person = sits()
    said = text(person.post(SCAN, {"number": first.tracking_number}))
    assert "是哪家店的" in said and "云栖家居" in said
    assert {desk.fresh(mine).state, desk.fresh(theirs).state} == {"returning"}
    person.post("/admin/shop/", {"shop": desk.shop.pk, "next": DESK})
    person.post(SCAN, {"number": alone.tracking_number})  # though the switch shows the other shop
    assert desk.fresh(only).state == "received"


def test_another_shops_parcel_is_nobodys_here(desk, sits):
    other = Warehouse(name="别家")
    theirs, parcel_ = other.coming()
    person = sits()
    said = text(person.post(SCAN, {"number": parcel_.tracking_number}))
    assert "无主包裹" in said and theirs.number not in said
    parcel_.refresh_from_db()
    assert (parcel_.received_at, desk.fresh(theirs).state) == (None, "returning")
    for view in ("return", "slip"):
        assert person.get(page(view, theirs.pk)).status_code == 404
    for view in ("book", "late", "handed_back", "photo"):
        assert person.post(page(view, theirs.pk)).status_code == 404
    assert desk.fresh(theirs).version == theirs.version


def test_a_lead_finds_the_return_and_books_nothing(desk, sits):
    ret, back = desk.coming()
    lead = sits("lead")
    said = text(lead.post(SCAN, {"number": back.tracking_number}))
    assert ret.number in said and "只能查看，没有登记" in said
    assert "登记收货和验货" not in said
    for view in ("book", "late"):
        lead.post(page(view, ret.pk), {"number": back.tracking_number, "all": "1"})
    back.refresh_from_db()
    assert (back.received_at, desk.fresh(ret).state) == (None, "returning")


def test_a_lead_of_one_shop_and_warehouse_of_another_books_in_the_other_only(desk, sits):
    other = Warehouse(name="云栖家居")
    person = other.people["warehouse"]
    Member.objects.create(user=person, shop=desk.shop, roles=["lead"])
    mine, first = desk.coming()
    theirs, second = other.coming()
    for back in (first, second):
        sits(person).post(SCAN, {"number": back.tracking_number})
    assert (desk.fresh(mine).state, desk.fresh(theirs).state) == ("returning", "received")


def test_an_orders_parcel_that_comes_back_finds_the_return_of_its_order(desk, sits):
    order = desk.order("packed")
    gone = desk.went_out(order)
    ret = desk.starts(order, state="returning", reason="rejected")
    BackParcel.objects.filter(of=ret).delete()
    said = text(sits().post(SCAN, {"number": gone.tracking_number}))
    assert "收货成功" in said and "拒收退回" in said
    assert desk.fresh(ret).state == "received"
    assert BackParcel.objects.get(of=ret, tracking_number=gone.tracking_number).received_at is not None


def test_an_orders_parcel_that_comes_back_without_a_return_is_kept_with_its_order(desk, sits):
    order = desk.order("packed")
    gone = desk.went_out(order)
    said = text(sits().post(SCAN, {"number": gone.tracking_number}))
    assert "退回的发货包裹" in said and order.number in said
    assert BackParcel.objects.get(of=None).tracking_number == gone.tracking_number
    assert not Return.objects.exists()


def test_a_jd_carton_is_found_without_its_count(desk, sits):
    ret, _back = desk.coming("JDVA00012345678")
    assert "收货成功" in text(sits().post(SCAN, {"number": "JDVA00012345678-1-1-"}))
    assert desk.fresh(ret).state == "received"


def test_the_last_ten_scans_stand_beside_the_field(desk, sits):
    person = sits()
    for n in range(12):
        person.post(SCAN, {"number": f"SF66{n:04d}"})
    said = text(person.get(DESK))
    assert "SF660011" in said and "SF660002" in said
    assert "SF660001" not in said


@pytest.mark.parametrize("method", ["get", "put", "delete"])
def test_only_a_post_books(desk, sits, method):
    ret, _back = desk.coming()
    for address in (SCAN, page("book", ret.pk), page("late", ret.pk), page("handed_back", ret.pk)):
        assert getattr(sits(), method)(address).status_code == 405
    assert desk.fresh(ret).state == "returning"


def test_a_scan_without_the_token_of_the_form_books_nothing(desk):
    from django.test import Client

    ret, back = desk.coming()
    client = Client(enforce_csrf_checks=True)
    client.force_login(desk.people["warehouse"])
    assert client.post(SCAN, {"number": back.tracking_number}).status_code == 403
    assert desk.fresh(ret).state == "returning"


def test_who_left_the_warehouse_scans_no_more(desk, sits):
    ret, back = desk.coming()
    person = sits()
    Member.objects.filter(user=desk.people["warehouse"]).update(roles=["agent"])
    assert person.post(SCAN, {"number": back.tracking_number}).status_code == 403
    assert desk.fresh(ret).state == "returning"


def counted(django_assert_max_num_queries, most, act):
    with django_assert_max_num_queries(most) as seen:
        act()
    return len(seen)


MOST = 60  # statements of one scan that receives, with its page's part


def test_a_scan_costs_a_fixed_small_number_of_statements(desk, sits, django_assert_max_num_queries):
    _first, few = desk.coming()
    person = sits()
    person.post(SCAN, {"number": few.tracking_number}, headers={"HX-Request": "true"})
    _ret, one = desk.coming()

    def scan(back):
        return lambda: person.post(SCAN, {"number": back.tracking_number}, headers={"HX-Request": "true"})

    alone = counted(django_assert_max_num_queries, MOST, scan(one))
    for n in range(20):
        BackParcel.objects.create(shop=desk.shop, tracking_number=f"SF55{n:04d}", received_at=desk.now)
    many = [desk.coming()[1] for _n in range(5)]
    assert counted(django_assert_max_num_queries, MOST, scan(many[0])) == alone
    assert counted(django_assert_max_num_queries, 20, scan(one)) < alone  # again: only looked up
    assert make_shop()  # a shop more changes nothing either
    assert counted(django_assert_max_num_queries, MOST, scan(many[1])) == alone


@pytest.mark.postgres
def test_the_lookup_walks_an_index(desk):
    from django.db import connection

    from returns.warehouse.finding import find

    desk.coming("SF10001")
    with connection.cursor() as cursor:
        cursor.execute("SET enable_seqscan = off")
        asked = BackParcel.objects.filter(shop__in=[desk.shop.pk], tracking_number__in=["SF10001"])
        assert "back_parcel_by_number" in asked.explain() or "back_parcel_unannounced" in asked.explain()
        cursor.execute("RESET enable_seqscan")
    assert [p.tracking_number for p in find("SF10001", [desk.shop.pk]).parcels] == ["SF10001"]
