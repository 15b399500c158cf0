"""A return begins: checked against what was bought, judged, shown proof of, changed; by hook and at the desk."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deadlines.models import Deadline
from flows.effects import Refused
from flows.models import Move
from hooks.models import Inbox
from hooks.subjects import Known
from outbox.models import Event
from returns.models import Evidence, Return, ReturnLine
from returns.states import S
from tests.returns.hands import ADDRESS
from tests.returns.written import written


def last_hook():
    return Inbox.objects.order_by("-pk")[0]


def lines_of(ret):
    rows = ReturnLine.objects.filter(of=ret, quantity__gt=0)
    return dict(rows.values_list("line__line", "quantity"))


def refused(hands, subject, step, who, code="refused", **inputs):
    """-> why; nothing was written."""
    before = written()
    with pytest.raises(Refused) as error:
        hands.take(subject, step, who, **inputs)
    assert (error.value.code, written()) == (code, before)
    return error.value.why


# ---- it begins
def test_a_request_by_hook_begins_a_return_under_the_platforms_number_with_its_lines_and_verdicts(hands):
    hands.signed()
    ret = hands.request(
        "TB900", kind="exchange", reason="quality", amount="10.00", words="开胶了", version=3, status="WAIT_SELLER",
        lines=[{"line": "2"}], evidence=["https://img.example/1.jpg", "https://img.example/1.jpg"],
    )  # fmt: skip
    assert (ret.state, ret.kind, ret.reason, ret.amount, ret.words) == (
        S.REQUESTED, "exchange", "quality", 1000, "开胶了"
    )  # fmt: skip
    assert (lines_of(ret), ret.opened_by, ret.applied[0]) == ({"2": 2}, "hook", "3")
    assert (ret.platform["status"], ret.platform["version"]) == ("WAIT_SELLER", "3")
    assert {v["rule"] for v in ret.eligibility}
    assert all({"rule", "verdict", "why", "say", "source"} <= set(v) for v in ret.eligibility)
    link = Evidence.objects.get(of=ret)
    assert (link.kind, link.url, link.file, link.giver) == ("link", "https://img.example/1.jpg", "", "shop")
    move = Move.objects.get(flow="return", subject=ret.pk)
    assert (move.step, move.who, move.at) == ("start", "shop", hands.t0 + timedelta(minutes=20))
    assert "img.example" not in str(move.inputs)
    assert "开胶" not in str(move.inputs)
    assert Event.objects.get(topic="return.start").data["number"] == "TB900"
    assert Deadline.objects.get(flow="return", subject=ret.pk, ended_at=None).clock == "handle"


def test_the_same_request_told_twice_at_the_same_moment_is_no_refusal(hands, monkeypatch):
    """Two workers, a message each under an id of its own: the second has looked before the first one's return was
    there, and finds its goods claimed when it holds the order."""
    hands.signed()
    hands.request("TB900")
    look_up, looked = Known.look_up, []

    def too_early(known, keys):
        look_up(known, keys)
        if not looked:
            known.found |= {key: [] for key in known.found if key[-1] == "TB900"}
        looked.append(keys)

    monkeypatch.setattr(Known, "look_up", too_early)
    hands.request("TB900")
    assert (last_hook().outcome, Return.objects.count()) == (Inbox.NO_OP, 1)
    assert last_hook().why


def test_without_lines_everything_that_is_in_no_other_return_is_asked_for(hands):
    hands.signed()
    hands.request("R1")
    assert lines_of(hands.request("R2", lines=None)) == {"2": 2}
    assert hands.request("R3", lines=None) is None
    assert last_hook().outcome == "rejected"


@pytest.mark.parametrize("lines", [[{"line": "2", "quantity": 3}], [{"line": "9"}], [{"line": "1"}, {"line": "9"}]])
def test_more_than_was_bought_is_rejected_with_why_and_begins_nothing(hands, lines):
    hands.signed()
    assert hands.request(lines=lines) is None
    row = last_hook()
    assert (row.outcome, row.flow, row.subject) == ("rejected", "order", hands.order().pk)
    assert row.why
    assert not ReturnLine.objects.exists()
    assert not Move.objects.filter(flow="return").exists()


def test_what_is_in_another_open_return_is_not_asked_for_twice_and_free_again_once_that_is_closed(hands):
    hands.signed()
    hands.request("R1", lines=[{"line": "2", "quantity": 1}])
    assert hands.request("R2", lines=[{"line": "2", "quantity": 2}]) is None
    assert "1 件" in last_hook().why
    hands.tell("return.withdrawn", 30, number="R1")
    assert hands.ret("R1").state == S.CLOSED
    assert hands.request("R3", at=31, lines=[{"line": "2", "quantity": 2}]) is not None


def test_of_two_requests_in_one_batch_the_second_sees_the_first(hands):
    hands.signed()
    hands.request("R1", apply=False, lines=[{"line": "2", "quantity": 2}])
    hands.request("R2", apply=False, at=21, lines=[{"line": "2", "quantity": 1}])
    hands.apply()
    assert sorted(Inbox.objects.filter(type="return.requested").values_list("outcome", flat=True)) == [
        "applied", "rejected"
    ]  # fmt: skip
    assert Return.objects.get().number == "R1"


def test_the_same_number_again_is_no_op_and_says_what_it_says_otherwise(hands):
    hands.signed()
    hands.request()
    before = written()[7:]
    hands.request(at=22)
    assert (last_hook().outcome, last_hook().why) == ("no_op", "售后单早已存在")
    hands.request(at=23, kind="exchange", reason="quality", lines=[{"line": "2", "quantity": 1}])
    assert last_hook().outcome == "no_op"
    assert "kind, reason, lines" in last_hook().why
    assert written()[7:] == before


def test_the_same_number_for_another_order_says_so(hands):
    hands.signed()
    hands.signed("A2")
    hands.request()
    hands.request(order="A2", at=22)
    assert "order" in last_hook().why
    assert Return.objects.get().order.number == "A1"


def test_a_request_before_its_order_waits_and_so_does_what_is_said_of_it(hands):
    hands.request()
    hands.tell("return.revised", 21, number="R1", kind="exchange")
    assert {row.outcome for row in Inbox.objects.all()} == {"parked"}
    assert Inbox.objects.get(type="return.requested").number == "A1"
    hands.signed()
    assert hands.ret().kind == "exchange"
    assert not Inbox.objects.filter(outcome="parked").exists()


def test_a_request_in_one_batch_with_its_order_and_its_revision_begins_first(hands):
    hands.tell("return.revised", 22, apply=False, number="R1", reason="quality")
    hands.request(apply=False)
    hands.tell("order.paid", 1, apply=False, number="A1")
    hands.place()
    hands.apply()
    assert not Inbox.objects.exclude(outcome="applied").exists()
    assert (hands.ret().reason, hands.order().state) == ("quality", "awaiting_confirmation")


def test_the_platforms_deadline_comes_with_the_request_and_wins(hands):
    hands.signed()
    due = timezone.now() + timedelta(hours=5)
    ret = hands.request(due_at=due.isoformat())
    clock = Deadline.objects.get(flow="return", subject=ret.pk, clock="handle")
    assert (clock.due_at, clock.source) == (due, Deadline.PLATFORM)


# ---- at the desk
def test_a_return_that_nobody_names_gets_the_next_number_of_its_order(hands):
    hands.signed()
    hands.request("A1-R2", lines=[{"line": "2", "quantity": 1}])
    assert hands.ask().number == "A1-R1"
    assert hands.ask(lines=[{"line": "2", "quantity": 1}]).number == "A1-R3"


@pytest.mark.parametrize("kind", ["return_refund", "exchange", "reship", "repair"])
def test_of_an_order_that_has_not_left_people_ask_for_the_money_only(hands, kind):
    hands.picking()
    before = written()
    with pytest.raises(Refused) as error:
        hands.ask(kind=kind)
    assert (error.value.code, written()) == ("refused", before)
    assert "仅退款" in error.value.why
    assert hands.ask(kind="refund_only").state == S.REQUESTED


def test_what_a_platform_lets_its_customers_ask_for_is_taken_and_judged(hands):
    hands.picking()
    ret = hands.request(kind="return_refund")
    assert "no" in {v["verdict"] for v in ret.eligibility}


def test_pieces_that_have_not_left_are_not_sent_back(hands):
    hands.picking()
    order = hands.take(
        hands.order(), "ship_part", "warehouse",
        parcels=[{"carrier": "顺丰", "tracking_number": "SF77", "lines": [{"line": "2", "quantity": 1}]}],
    )  # fmt: skip
    with pytest.raises(Refused) as error:
        hands.ask(order, lines=[{"line": "2", "quantity": 2}])
    assert error.value.code == "refused"
    assert not Return.objects.exists()
    assert hands.ask(order, lines=[{"line": "2", "quantity": 1}])


# ---- proof
def test_evidence_is_asked_for_in_words_and_given_by_the_customer(hands):
    hands.signed()
    ret = hands.take(hands.request(), "ask_evidence", "agent", words="请拍鞋底")
    assert (ret.state, ret.evidence_words) == (S.AWAITING_EVIDENCE, "请拍鞋底")
    assert "鞋底" not in str(list(Move.objects.values_list("inputs", flat=True)))
    photo = hands.proof(ret, stage="application", giver="customer")
    ret = hands.take(ret, "give_evidence", "customer", words="开胶了", evidence=[photo])
    assert ret.state == S.REQUESTED
    assert Evidence.objects.get(of=ret, words="开胶了").giver == "customer"


def test_evidence_of_another_return_is_not_named(hands):
    hands.signed()
    ret = hands.take(hands.request(), "ask_evidence", "agent", words="请拍鞋底")
    other = hands.request("R2", lines=[{"line": "2"}])
    refused(hands, ret, "give_evidence", "customer", code="input", evidence=[hands.proof(other)])
    refused(hands, ret, "give_evidence", "agent", code="input", words=" ")


def test_evidence_by_hook_is_kept_wherever_the_return_stands_and_once(hands):
    hands.signed()
    hands.request()
    for at in (21, 22):
        hands.tell("return.evidence_given", at, number="R1", words="开胶", evidence=["https://img.example/2.jpg"])
    assert hands.ret().state == S.REQUESTED
    assert sorted(Evidence.objects.values_list("kind", flat=True)) == ["link", "words"]
    hands.take(hands.ret(), "ask_evidence", "agent", words="再拍一张")
    hands.tell("return.evidence_given", 30, number="R1", evidence=["https://img.example/3.jpg"])
    assert hands.ret().state == S.REQUESTED
    assert Evidence.objects.filter(kind="link").count() == 2


# ---- it changes
def test_a_revision_changes_what_it_names_and_the_lines_that_are_gone_are_free(hands):
    hands.signed()
    hands.request(lines=[{"line": "1"}, {"line": "2", "quantity": 1}])
    hands.tell("return.revised", 25, number="R1", lines=[{"line": "2", "quantity": 2}], amount="20.00", version=2)
    ret = hands.ret()
    assert (lines_of(ret), ret.amount, ret.kind, ret.applied[0]) == ({"2": 2}, 2000, "return_refund", "2")
    assert hands.request("R2", at=26)


def test_a_revision_for_more_than_there_is_is_rejected_and_changes_nothing(hands):
    hands.signed()
    hands.request()
    before = written()[7:]
    hands.tell("return.revised", 25, number="R1", lines=[{"line": "2", "quantity": 9}], kind="exchange")
    assert last_hook().outcome == "rejected"
    assert written()[7:] == before


def test_an_older_revision_that_comes_late_changes_nothing(hands):
    hands.signed()
    hands.request(version=1)
    hands.tell("return.revised", 25, number="R1", kind="exchange", reason="quality", version=3)
    hands.tell("return.revised", 26, number="R1", kind="repair", reason="quality", version=2)
    assert last_hook().outcome == "no_op"
    assert hands.ret().kind == "exchange"


def test_of_two_revisions_each_field_is_as_the_newest_word_about_it_whichever_came_first(hands):
    hands.signed()
    for number, told in {"R1": (25, 26), "R2": (26, 25)}.items():
        hands.request(number, lines=[{"line": "2", "quantity": 1}])
        said = {25: {"kind": "exchange", "reason": "quality"}, 26: {"reason": "damaged", "amount": "5.00"}}
        for at in told:
            hands.tell("return.revised", at, number=number, **said[at])
        ret = hands.ret(number)
        assert (ret.kind, ret.reason, ret.amount) == ("exchange", "damaged", 500)


def test_what_is_revised_is_decided_anew_and_an_approval_of_the_old_version_only_recorded(hands):
    hands.signed()
    ret = hands.request(version=1)
    hands.take(ret, "approve", "agent", address=ADDRESS)
    hands.tell("return.revised", 300, number="R1", kind="exchange", version=2)
    assert hands.ret().state == S.REQUESTED
    hands.tell("return.platform_approved", 301, number="R1", version=1)
    assert (last_hook().outcome, hands.ret().state) == ("no_op", S.REQUESTED)
    hands.tell("return.platform_approved", 302, number="R1", version=2)
    assert hands.ret().state == S.AWAITING_RETURN


def test_an_approval_that_comes_before_its_revision_holds_after_it(hands):
    hands.signed()
    hands.request(version=1)
    hands.tell("return.platform_approved", 26, number="R1", version=2)
    hands.tell("return.revised", 25, number="R1", kind="exchange", version=2)
    ret = hands.ret()
    assert (ret.state, ret.kind) == (S.AWAITING_RETURN, "exchange")
    steps = list(Move.objects.filter(flow="return", subject=ret.pk).order_by("seq").values_list("step", flat=True))
    assert steps == ["start", "approve", "revise", "approve"]


def test_a_revision_by_hand_keeps_the_version_and_takes_part_in_the_register(hands):
    hands.signed()
    ret = hands.request(version=4)
    ret = hands.take(ret, "revise", "agent", reason="quality", words="鞋底开胶")
    assert (ret.reason, ret.words, ret.applied[0]) == ("quality", "鞋底开胶", "4")
    hands.tell("return.revised", 25, number="R1", reason="damaged", version=4)  # older than what was entered here
    assert hands.ret().reason == "quality"
    hands.tell("return.revised", 25, number="R1", reason="damaged", version=5)
    assert hands.ret().reason == "damaged"
