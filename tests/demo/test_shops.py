"""The sample shops, their people and goods."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from kefu.demo import colleagues, products, shops, staff
from orders.models import Product, Related
from outbox.models import Subscriber
from shops import policy
from shops.models import ApiKey, Member, Shop
from tickets.assign import seats
from tickets.models import Seat, Skill

pytestmark = pytest.mark.django_db


def make() -> None:
    shops.make(1, timezone.now())
    staff.make()
    products.make()


def counts() -> list[int]:
    return [model.objects.count() for model in (Shop, User, Member, Product, Related)]


def test_made_twice_is_made_once() -> None:
    make()
    before = counts()
    make()
    assert counts() == before


def test_every_shop_has_people_of_every_role() -> None:
    make()
    for shop in Shop.objects.all():
        held = {role for member in Member.objects.filter(shop=shop) for role in member.roles}
        assert held >= {"agent", "auditor", "warehouse", "lead"}


def test_who_speaks_or_packs_may_see_the_buyer_and_who_only_checks_may_not() -> None:
    make()
    for login, sees in {"agent": True, "warehouse": True, "auditor": False}.items():
        assert set(Member.objects.filter(user__username=login).values_list("sees_personal", flat=True)) == {sees}


def test_the_printed_password_opens_every_login() -> None:
    make()
    assert all(user.check_password(staff.PASSWORD) for user in User.objects.all())
    assert [login for login, _roles, _shops in staff.table()] == [p.login for p in staff.PEOPLE]


def test_deadlines_fall_while_one_watches_and_differ_per_shop() -> None:
    make()
    rules = {shop.code: policy.of(shop.pk) for shop in Shop.objects.all()}
    assert {code: r.limits["unpaid_close"].after for code, r in rules.items()} == {
        "muli": 75,
        "shanyehuo": 60,
        "zhoumo": 90,
    }
    assert len({(r.auto_confirm, r.auto_confirm_below, r.auto_audit) for r in rules.values()}) == 3


def test_what_a_visitor_edits_in_a_policy_stays() -> None:
    make()
    shop = Shop.objects.get(code="muli")
    policy.edit(shop, {"limits": {"ship": "3h"}}, "lead", timezone.now())
    make()
    policy.forget()
    assert policy.of(shop.pk).limits["ship"].after == 3 * 3600


def test_every_product_that_can_be_missing_has_something_related() -> None:
    make()
    lonely = Product.objects.filter(related=None).values_list("sku", flat=True)
    assert list(lonely) == []


def test_the_back_ends_move_to_the_new_port_and_stay_one_per_shop() -> None:
    make()
    first = shops.subscribe(4001)
    assert shops.subscribe(4002) == first
    assert sorted(Subscriber.objects.values_list("url", flat=True)) == sorted(
        f"http://127.0.0.1:4002/kefu-demo/{code}" for code in ("muli", "shanyehuo", "zhoumo")
    )


def test_colleagues_get_one_key_for_each_role() -> None:
    make()
    known = colleagues.keys({})
    assert colleagues.keys(known) == known
    assert ApiKey.objects.filter(name__startswith="demo ").count() == len(colleagues.ROLES)


def test_who_answers_customers_sits_at_the_desk_and_whom_a_visitor_sends_away_stays_away() -> None:
    make()
    at = timezone.now()
    staff.sit_down(at)
    there = Seat.objects.exclude(status="off").values_list("user__username", flat=True)
    assert set(there) == {"agent", "newcomer", "cafe", "lead"}
    assert set(Seat.objects.filter(last_seen=at).values_list("user__username", flat=True)) == set(there)
    seats.put(Seat.objects.get(user__username="agent"), "off", by="agent", at=at)
    staff.sit_down(at + timedelta(hours=1))
    assert Seat.objects.get(user__username="agent").status == "off"
    assert Skill.objects.filter(seat__user__username="newcomer").count() == 2
