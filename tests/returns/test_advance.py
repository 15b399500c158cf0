"""Freight that the customer has advanced: to a sealed account, by a refund of its own."""

import pytest
from django.test import Client, override_settings

from flows.effects import Refused
from flows.table import Who
from orders.models import Entry, Refund
from outbox.models import Event
from returns import advance, payee
from returns.models import CourierClaim, Evidence, FreightAdvance, PayeeRead, Return
from tests.factories import make_key, make_member
from tests.returns.hands import ADDRESS

ACCOUNT = {"channel": "alipay", "account": "13812345678", "name": "张三", "bank": ""}


@pytest.fixture
def ret(hands):
    """A faulty shoe on its way back: its freight is the seller's."""
    hands.signed()
    hands.rules(return_address=ADDRESS)
    return hands.go(
        hands.request(reason="quality"),
        ("approve", "agent"),
        ("send_back", "customer", {"tracking_number": "YT1000000001"}),
    )


def ask(ret, at=None, amount=1200, **changes):
    proof = Evidence.objects.create(
        shop=ret.shop, of=ret, kind="photo", stage="freight", giver="customer", by="c", at=ret.created_at
    ).pk
    proof = changes.pop("proof", proof)
    given = {"amount": amount, **ACCOUNT, **changes}
    advance.ask(
        Return.objects.get(pk=ret.pk), given, proof=proof, who=Who.CUSTOMER, by="customer", at=at or ret.created_at
    )


def test_the_advance_goes_back_by_a_refund_of_its_own_that_a_lead_looks_at(hands, ret):
    ask(ret)
    refund = Refund.objects.get(cause=f"freight:{ret.pk}")
    assert (refund.state, refund.freight, refund.amount, refund.about) == ("drafted", 1200, 1200, "R1")
    kept = FreightAdvance.objects.get(of=ret.pk)
    assert kept.payee_shown == "支付宝 138****5678 张*"
    assert b"13812345678" not in bytes(kept.payee)
    hands.take(refund, "approve", "lead")
    [told] = Event.objects.filter(topic="refund.send")
    assert "13812345678" not in str(told.data)
    assert "/api/v1/returns/R1/payee/" in str(told.data)
    hands.tell("refund.succeeded", 60, key=refund.key, amount="12.00")
    order = hands.order()
    assert order.paid - order.refunded == 25900
    assert sum(e.amount for e in Entry.objects.filter(order=order)) == 25900
    assert hands.ret().state == "returning", "the goods are still on their way"


def test_it_takes_nothing_from_what_was_paid_for_the_goods(hands, ret):
    ask(ret)
    ret = hands.go(ret, ("receive", "warehouse"), ("inspect", "warehouse"), ("refund", "agent"))
    assert Refund.objects.get(cause=f"return:{ret.pk}").goods == 18900


def test_a_rejected_advance_leaves_the_ledger_again_and_may_be_asked_for_anew(hands, ret):
    ask(ret)
    hands.take(Refund.objects.get(cause=f"freight:{ret.pk}"), "reject", "lead", why="凭证看不清")
    assert hands.order().paid == 25900
    assert hands.ret().state == "returning"
    ask(ret, amount=1000)
    assert FreightAdvance.objects.get(of=ret.pk).amount == 1000
    assert Refund.objects.exclude(state="cancelled").get(cause=f"freight:{ret.pk}").amount == 1000


@pytest.mark.parametrize("proof", [None])
def test_without_a_proof_nothing_is_written(ret, proof):
    with pytest.raises(Refused):
        ask(ret, proof=proof)
    assert not FreightAdvance.objects.exists()
    assert not Refund.objects.exists()


def test_it_is_asked_for_once(ret):
    ask(ret)
    with pytest.raises(Refused):
        ask(ret)
    assert Refund.objects.count() == 1


def test_who_bears_the_freight_himself_has_no_advance(hands):
    hands.signed()
    hands.rules(return_address=ADDRESS)
    ret = hands.go(
        hands.request(), ("approve", "agent"), ("send_back", "customer", {"tracking_number": "YT1000000001"})
    )
    with pytest.raises(Refused):
        ask(ret)
    assert not Refund.objects.exists()


def test_an_insured_way_back_is_never_paid_a_second_time(hands):
    hands.signed(insured=True)
    hands.rules(return_address=ADDRESS)
    ret = hands.go(
        hands.request(reason="quality"),
        ("approve", "agent"),
        ("send_back", "customer", {"tracking_number": "YT1000000001"}),
    )
    with pytest.raises(Refused, match="运费险"):
        ask(ret)
    assert not Refund.objects.exists()


# ---- the account
def fetch(shop, *roles, number="R1"):
    _key, token = make_key(shop, roles=roles)
    return Client().get(f"/api/v1/returns/{number}/payee/", headers={"Authorization": f"Bearer {token}"})


def test_the_back_end_reads_the_account_and_it_is_written_down(hands, ret):
    ask(ret)
    answer = fetch(hands.shop, "shop")
    assert answer.status_code == 200, answer.content
    assert answer.json() == {**ACCOUNT, "amount": "12.00", "cause": f"freight:{ret.pk}"}
    assert answer["Cache-Control"] == "no-store"
    assert PayeeRead.objects.get(of=ret.pk).by.startswith("kf_")


def test_nobody_else_reads_it(hands, ret, client):
    ask(ret)
    assert fetch(hands.shop, "agent", "lead").status_code == 403
    client.force_login(make_member(hands.shop, "lead").user)
    assert client.get("/api/v1/returns/R1/payee/").status_code == 403
    from tests.factories import make_shop

    assert fetch(make_shop(), "shop").status_code == 404
    assert not PayeeRead.objects.exists()


def test_a_return_without_an_advance_has_no_account(hands, ret):
    assert fetch(hands.shop, "shop").status_code == 404


def test_an_account_opens_with_a_former_key_and_for_its_own_return_alone(settings):
    sealed = payee.seal(ACCOUNT, 7)
    with pytest.raises(payee.Sealed):
        payee.unseal(sealed, 8)
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY]):
        assert payee.unseal(sealed, 7) == ACCOUNT
    with override_settings(SECRET_KEY="another", SECRET_KEY_FALLBACKS=[]), pytest.raises(payee.Sealed):
        payee.unseal(sealed, 7)


@pytest.mark.parametrize(
    ("account", "shown"),
    [("13812345678", "支付宝 138****5678 张*"), ("ab@qq.com", "支付宝 ab@****.com 张*"), ("a@b.c", "支付宝 a**** 张*")],
)
def test_people_see_the_account_masked(account, shown):
    assert payee.masked({**ACCOUNT, "account": account}) == shown


# ---- the courier's fault
def test_what_the_courier_has_broken_is_claimed_from_it(hands):
    hands.signed()
    hands.rules(return_address=ADDRESS)
    ret = hands.take(hands.request(reason="damaged"), "approve", "agent")
    claim = CourierClaim.objects.get(of=ret.pk)
    assert (claim.carrier, claim.amount, claim.paid) == ("顺丰", 18900, None)
    assert claim.tracking_number.startswith("SF")


def test_nothing_is_claimed_for_another_fault(hands):
    hands.signed()
    hands.rules(return_address=ADDRESS)
    hands.take(hands.request(reason="quality"), "approve", "agent")
    assert not CourierClaim.objects.exists()
