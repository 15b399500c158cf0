"""Complaints, appeals and bad reviews carry what belongs to them, and end in a result within the law's time."""

from datetime import timedelta
from itertools import pairwise

import pytest

from deadlines.models import Deadline
from flows.effects import Refused
from flows.models import Move
from flows.sweep import sweep
from outbox.models import Event
from tickets.asks import File
from tickets.case import merged
from tickets.models import Attachment, Matter


def clock(ticket):
    return Deadline.objects.filter(flow="ticket", subject=ticket.pk, clock="case", ended_at=None).first()


def test_a_complaint_is_answered_within_seven_workdays(hands):
    found = clock(hands.opens("complaint"))
    assert (found.hours, found.after) == ("workdays", 7 * 86400)


def test_what_turns_out_to_be_a_complaint_has_the_clock_from_then_on(hands):
    ticket = hands.says("我对处理有意见")
    assert clock(ticket) is None
    hands.does(ticket, "classify", at=5, kind="complaint")
    assert clock(ticket).started_at == hands.at(5)


def test_what_was_taken_for_a_complaint_and_is_none_has_no_clock(hands):
    ticket = hands.says("我要投诉你们")
    hands.does(ticket, "classify", at=1, kind="logistics")
    assert clock(ticket) is None


def test_the_platforms_own_moment_stays_whatever_the_kind(hands):
    ticket = hands.says("我要投诉你们")
    hands.does(ticket, "record", at=1, case_number="TS-88", due_at=hands.at(600))
    hands.does(ticket, "classify", at=2, kind="logistics")
    assert clock(ticket).due_at == hands.at(600)


@pytest.mark.parametrize("again", ["hear", "reopen"])
def test_a_complaint_that_was_resolved_is_still_answered_in_its_time(hands, again):
    ticket = hands.says("我要投诉你们", kind="complaint")
    due = clock(ticket).due_at
    ticket = hands.does(hands.does(ticket, "reply", at=1, words="您好"), "resolve", at=5)
    assert clock(ticket).due_at == due
    ticket = hands.hears(ticket, at=10) if again == "hear" else hands.does(ticket, "reopen", at=10, why="没好")
    assert clock(ticket).due_at == due
    hands.does(ticket, "resolve", at=11)
    hands.does(ticket, "record", at=12, case_number="TS-88", due_at=hands.at(600))
    assert clock(ticket).due_at == hands.at(600)
    hands.does(ticket, "conclude", at=13, outcome="settled")
    assert clock(ticket) is None


def test_a_resolved_complaint_is_closed_once_it_has_a_result_and_alarms_until_then(hands):
    ticket = hands.does(hands.says("我要投诉你们", kind="complaint"), "reply", at=1, words="您好")
    ticket = hands.does(ticket, "resolve", at=5)
    due = clock(ticket).due_at
    sweep(at=hands.at(60 * 24 * 4))
    assert hands.fresh(ticket).state == "resolved"
    with pytest.raises(Refused, match="先登记结果"):
        hands.does(ticket, "close", at=60 * 24 * 4)
    sweep(at=due)
    assert clock(ticket).breached_at == due
    late = (due - hands.at()).total_seconds() / 60
    ticket = hands.does(ticket, "conclude", at=late + 1, outcome="settled")
    sweep(at=due + timedelta(hours=71))
    assert hands.fresh(ticket).state == "resolved"
    sweep(at=due + timedelta(hours=73))
    assert hands.fresh(ticket).state == "closed"


def test_what_is_no_complaint_after_all_is_closed_in_its_time(hands):
    ticket = hands.does(hands.says("我要投诉你们", kind="complaint"), "resolve", at=5)
    hands.does(ticket, "classify", at=60, kind="logistics")
    sweep(at=hands.at(60 * 24 * 3 + 50))
    assert hands.fresh(ticket).state == "resolved"
    sweep(at=hands.at(60 * 24 * 3 + 70))
    assert hands.fresh(ticket).state == "closed"


def test_a_date_of_the_platforms_after_a_result_begins_it_anew(hands):
    ticket = hands.opens("complaint", customer=hands.customer())
    hands.does(ticket, "conclude", at=1, outcome="settled")
    hands.does(ticket, "reply", at=2, words="您好")
    hands.does(ticket, "record", at=3, case_number="TS-89", due_at=hands.at(60 * 24 * 9))
    assert Matter.objects.get().ended_at is None
    sweep(at=hands.at(60 * 24 * 4))
    assert hands.fresh(ticket).state == "awaiting_customer"
    assert clock(ticket).due_at == hands.at(60 * 24 * 9)


def test_what_is_complained_of_after_a_result_is_owed_an_answer_anew(hands):
    ticket = hands.says("在吗")
    hands.does(ticket, "conclude", at=1, outcome="settled")
    ticket = hands.hears(ticket, "我要投诉你们", at=2)
    assert (ticket.kind, Matter.objects.get().ended_at) == ("complaint", None)
    assert clock(ticket) is not None
    hands.does(ticket, "reply", at=3, words="您好")
    sweep(at=hands.at(60 * 24 * 4))
    assert hands.fresh(ticket).state == "awaiting_customer"


def test_the_platforms_own_moment_counts(hands):
    ticket = hands.opens("complaint")
    due = hands.at() + timedelta(days=2)
    hands.does(ticket, "record", at=1, case_number="TS-88", due_at=due, demand="退一赔三")
    assert clock(ticket).due_at == due
    found = Matter.objects.get()
    assert (found.case_number, found.demand) == ("TS-88", "退一赔三")


def test_evidence_adds_up_and_the_rest_is_replaced_by_what_is_said_last(hands):
    ticket = hands.opens("appeal")
    hands.does(
        ticket, "record", at=1, case_number="SS-1", statement="聊天记录", evidence=[{"url": "https://a.example/1.png"}]
    )
    hands.does(ticket, "record", at=2, statement="聊天记录与物流", evidence=[{"url": "https://a.example/2.png"}])
    found = Matter.objects.get()
    assert (found.case_number, found.statement, len(found.evidence)) == ("SS-1", "聊天记录与物流", 2)
    assert "聊天记录" not in str(list(Event.objects.values_list("data", flat=True)))


def test_a_conclusion_ends_the_clock_and_tells_whether_the_customer_was_won_back(hands):
    ticket = hands.opens("complaint")
    hands.does(ticket, "conclude", at=9, outcome="withdrawn", words="已补发")
    assert clock(ticket) is None
    assert Matter.objects.get().recovered
    assert Event.objects.get(topic="ticket.conclude").data["recovered"] is True


@pytest.mark.parametrize(
    ("before", "after", "outcome", "recovered"),
    [(1, 5, "changed", True), (2, 2, "unchanged", False), (1, 3, "unchanged", True), (None, 5, "upheld", False)],
)
def test_recovery_is_a_rating_that_rose_or_a_complaint_that_was_turned(hands, before, after, outcome, recovered):
    ticket = hands.opens("bad_review")
    if before:
        hands.does(ticket, "record", at=1, rating_before=before)
    hands.does(ticket, "conclude", at=2, outcome=outcome, rating_after=after)
    assert Matter.objects.get().recovered is recovered


# ---- files that prove it
def keep(hands, ticket, name="证据.jpg"):
    return Attachment.objects.create(
        shop=hands.shop, ticket=ticket, kind="photo", file=f"{ticket.pk}-{name}", name=name, by="amy", at=hands.at()
    )


def hand_in(hands, ticket, *keys):
    return hands.does(ticket, "record", at=3, statement="见附件", evidence=[{"file": k} for k in keys])


def test_a_file_of_the_ticket_is_evidence(hands):
    ticket = hands.opens("appeal")
    photo = keep(hands, ticket)
    hand_in(hands, ticket, photo.pk)
    assert Matter.objects.get().evidence == [{"file": photo.pk}]


def test_a_file_of_another_ticket_of_the_order_or_of_one_that_was_merged_is_evidence(hands):
    """What the customer sent in the conversation proves the platform's case, which has a ticket of its own."""
    hands.place()
    ticket = hands.opens("complaint", order=hands.order())
    talk = hands.does(hands.says(), "link", order=hands.order().pk)
    other = hands.opens("appeal", customer=hands.customer())
    taken_in = hands.says(conversation="c-2")
    photos = [keep(hands, t) for t in (ticket, talk)]
    hand_in(hands, ticket, *(p.pk for p in photos))
    hidden = keep(hands, taken_in)
    hands.does(taken_in, "merge", into=other.pk)
    hand_in(hands, other, hidden.pk)
    assert [len(m.evidence) for m in Matter.objects.order_by("pk")] == [2, 1]


def test_however_many_merges_lie_between_a_file_is_evidence_and_its_conversation_is_told(hands):
    talks = [hands.says(conversation=f"c-{n}") for n in range(5)]
    photos = [keep(hands, t) for t in talks]
    for one, into in pairwise(talks):
        hands.does(one, "merge", into=into.pk)
    hand_in(hands, talks[-1], *(p.pk for p in photos))
    assert len(Matter.objects.get().evidence) == 5
    assert [t.pk for t in merged(hands.fresh(talks[-1]))] == [t.pk for t in talks]
    assert [t.pk for t in merged(hands.fresh(talks[1]))] == [t.pk for t in talks[:2]]


@pytest.mark.parametrize("whose", ["another's", "erased", "nobody's"])
def test_any_other_file_is_refused_and_nothing_is_recorded(hands, whose):
    ticket, stranger = hands.opens("appeal"), hands.says(buyer="b-9", conversation="c-9")
    mine, theirs = keep(hands, ticket), keep(hands, stranger)
    if whose == "erased":
        Attachment.objects.filter(pk=theirs.pk).update(ticket=ticket, erased_at=hands.at())
    before = Event.objects.count(), Move.objects.count()
    with pytest.raises(Refused, match="不属于这张工单"):
        hand_in(hands, ticket, mine.pk, 987_654 if whose == "nobody's" else theirs.pk)
    assert not Matter.objects.exists()
    assert (Event.objects.count(), Move.objects.count()) == before


@pytest.mark.parametrize("key", [0, 2**63, 10**30])
def test_what_is_beyond_all_keys_names_no_file(key):
    asked = File(data={"file": key})
    assert not asked.is_valid()
    assert set(asked.errors) == {"file"}
