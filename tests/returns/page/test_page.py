"""What the customer's page says: every state in its words, nothing of the shop's own, a fixed number of statements."""

import itertools
from datetime import timedelta

import pytest

from deadlines.models import Deadline
from returns.models import BackParcel, Evidence, Return
from returns.page import says
from returns.states import Kind, S

from .scenes import SAID, Customer, text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("state", "kind"), list(itertools.product(S.values, Kind.values)))
def test_every_state_of_every_kind_has_its_words(shop, state, kind):
    ret = shop.ret(state, kind, address=SAID, freight_asked=1200)
    page = Customer(ret).look()
    said = says.says(state, kind)
    assert page.status_code == 200
    assert str(said.title) in text(page) and str(said.words) in text(page)


def test_no_two_states_of_a_kind_say_the_same():
    for kind in Kind.values:
        said = [(str(says.says(s, kind).title), str(says.says(s, kind).words)) for s in S.values]
        assert len(set(said)) == len(S.values)


@pytest.mark.parametrize(
    ("by", "words"),
    [("customer", "您已撤销"), ("clock", "自动结束"), ("platform", "平台已结束"), ("lead", "联系店铺客服")],
)
def test_a_closed_return_says_why(shop, by, words):
    assert words in text(Customer(shop.ret("closed", closed_by=by)).look())


def test_nothing_internal_is_shown(shop):
    ret = shop.ret(
        "offered", words="鞋底开胶", override_why="内部破例", freight_why="内部运费", fault="seller",
        eligibility=[{"rule": "no_reason", "verdict": "no", "why": "内部判断", "say": ""}],
        platform={"status": "PLATFORM-CODE"},
    )  # fmt: skip
    shop.offer(ret)
    Evidence.objects.create(
        shop_id=ret.shop_id, of=ret, kind="words", words="内部备注", giver="agent", by="xiaomei", at=shop.now
    )
    said = Customer(ret).look().content.decode()
    assert "鞋底开胶" in said
    for hidden in ("内部", "xiaomei", "PLATFORM-CODE", "嫌贵", ret.order.buyer_phone, ret.order.buyer_name, "文三路"):
        assert hidden not in said


def test_the_address_is_shown_with_what_to_mind(shop):
    ret = shop.ret("awaiting_return", address=SAID, mind="请保留吊牌", freight_by="seller")
    said = text(Customer(ret).look())
    for words in (*SAID.values(), "请保留吊牌", "请先垫付"):
        assert words in said
    assert "余杭区" not in text(Customer(shop.ret("requested", address=SAID)).look())


def test_the_clock_is_said_in_the_shops_zone(shop):
    ret = shop.ret("awaiting_return", address=SAID)
    due = shop.now.replace(hour=10, minute=30, second=0, microsecond=0) + timedelta(days=3)
    Deadline.objects.create(
        shop=shop.shop, flow="return", subject=ret.pk, case=ret.order_id, clock="send_back", limit="send_back",
        started_at=shop.now, due_at=due, after=7 * 86400,
    )  # fmt: skip
    said = text(Customer(ret).look())
    assert "18:30 前寄出" in said and "还剩" in said


def test_a_clock_of_ours_that_has_run_out_is_an_apology(shop):
    ret = shop.ret("requested")
    Deadline.objects.create(
        shop=shop.shop, flow="return", subject=ret.pk, case=ret.order_id, clock="handle", limit="handle_return",
        started_at=shop.now - timedelta(days=3), due_at=shop.now - timedelta(days=1), after=172800,
    )  # fmt: skip
    assert "抱歉" in text(Customer(ret).look())


def test_script_tags_and_long_words_are_shown_as_text(shop):
    ret = shop.ret("requested", words="<script>alert(1)</script>{{7*7}}" + "长" * 3000)
    page = Customer(ret).look()
    assert b"<script>alert" not in page.content and "{{7*7}}" in page.content.decode()


def test_the_page_is_told_to_nobody(shop):
    page = Customer(shop.ret()).look()
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    assert "noindex" in page["X-Robots-Tag"]
    assert "default-src 'none'" in page["Content-Security-Policy"]
    assert not page.cookies


def test_english_is_a_cookie_of_the_readers_own(shop):
    customer = Customer(shop.ret())
    assert 'lang="zh-hans"' in customer.look().content.decode()
    assert customer.look(language="en").status_code == 302
    assert 'lang="en"' in customer.look().content.decode()
    assert customer.look(language="xx").status_code == 200


def test_the_page_costs_a_fixed_number_of_statements(shop, django_assert_max_num_queries):
    ret = shop.ret("returning", address=SAID, freight_by="seller")
    for n in range(6):
        BackParcel.objects.create(
            shop=shop.shop, of=ret, carrier="顺丰", tracking_number=f"SF100000000000{n}", sent_at=shop.now,
            track=[[shop.now.isoformat(), "已揽收"]] * 5,
        )  # fmt: skip
        Evidence.objects.create(
            shop_id=ret.shop_id, of=ret, kind="words", words="我的话", giver="customer", by="customer:page", at=shop.now
        )
        shop.ret("requested", order=ret.order)
    customer = Customer(ret)
    customer.look()
    with django_assert_max_num_queries(26):
        customer.look()


def test_looking_changes_nothing(shop):
    ret = shop.ret("awaiting_return")
    Customer(ret).look()
    assert Return.objects.get(pk=ret.pk).version == ret.version
