"""Questions are rows of a queue: leased, fenced, never put twice by two workers, and never lost with a dead one."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from flows.writing import insert_all
from orders.couriers import asking, call, turns, working
from orders.models import LastAsked, Lookup, Parcel
from rows.claim import _claiming, claim
from tests.couriers.conftest import NUMBER

MINUTE = timedelta(minutes=1)


@pytest.fixture
def now():
    return timezone.now()


def at_once(*works):
    """Each in a thread with a connection of its own, begun together. -> what each gave."""
    gate, given, errors = threading.Barrier(len(works)), [None] * len(works), []

    def one(n):
        try:
            gate.wait(10)
            given[n] = works[n]()
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(len(works))]
    [t.start() for t in threads]
    [t.join(60) for t in threads]
    assert errors == []
    return given


def test_a_worker_that_dies_before_the_answer_makes_nobody_ask_too_soon(desk, now):
    """Its lease runs out, another takes the row: the number may have been counted, so that one waits."""
    desk.contract()
    desk.shipped()
    desk.happened(15, "signed", "已签收")
    desk.ask(now)
    [row] = claim(Lookup, at=now, limit=1, lease=MINUTE, real_now=now)
    contract = working._contracts([row])[row.shop_id, row.service]
    assert working.prepared(row, contract, [], at=now) is not None  # and here it dies
    assert claim(Lookup, at=now, limit=1, real_now=now) == []
    Lookup.objects.update(leased_until=now - MINUTE)
    desk.work(now + 2 * MINUTE)
    assert desk.carriers.asked == []
    waiting = Lookup.objects.get()
    assert (waiting.rings_at, waiting.ended_at, waiting.asked_at) == (now + 30 * MINUTE, None, now)
    desk.work(now + 30 * MINUTE)
    assert (len(desk.carriers.asked), desk.order().state) == (1, "signed")


def test_a_late_workers_answer_is_left_away_where_another_has_the_row(desk, now, monkeypatch):
    desk.contract()
    desk.shipped()
    desk.happened(15, "signed", "已签收")
    desk.ask(now)
    ask = call.ask

    def slow(request, read):
        found = ask(request, read)
        Lookup.objects.update(token=1)  # another worker's
        return found

    monkeypatch.setattr(working, "ask", slow)
    monkeypatch.setattr(working, "ThreadPoolExecutor", Here)
    desk.work(now)
    row = Lookup.objects.get()
    assert (row.ended_at, row.token) == (None, 1)
    assert (desk.order().state, Parcel.objects.get().track) == ("shipped", [])


class Here:
    """A pool of this thread alone, where a test's own connection is."""

    def __init__(self, *_args, **_kwargs):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None

    map = staticmethod(map)


def test_a_call_within_a_transaction_is_not_made(desk, now):
    from django.db import transaction

    contract = desk.contract()
    asked = working.worded(
        working.COURIERS["kuaidi100"], contract.account(), working.Wanted("yuantong", NUMBER), Lookup(), contract
    )
    with transaction.atomic(), pytest.raises(AssertionError):
        call.ask(asked, lambda raw: None)
    assert desk.carriers.asked == []


def test_the_queue_is_not_stopped_by_one_that_hangs(desk, now, monkeypatch):
    monkeypatch.setattr(call, "LONGEST", 0.5)
    desk.contract()
    desk.shipped()
    desk.happened(15, "picked_up", "已揽收")
    slow = "YT9999999999999"
    desk.shipped(slow, order="A2")
    desk.carriers.waybill(slow, "yuantong").fault = "hangs"
    desk.ask(now, slow)
    desk.ask(now)
    assert desk.work(now) == 2
    assert Lookup.objects.get(tracking_number=NUMBER).outcome == "tracked"
    hung = Lookup.objects.get(tracking_number=slow)
    assert (hung.ended_at, hung.rings_at >= now + 30 * MINUTE) == (None, True)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_share_one_row_and_one_asks(desk, now):
    desk.contract()
    desk.shipped()
    desk.happened(15, "signed", "已签收")
    desk.ask(now)
    assert sum(at_once(*[lambda: working.run(at=now)] * 6)) == 1
    assert len(desk.carriers.asked) == 1
    assert desk.order().state == "signed"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_many_workers_and_many_rows_each_is_asked_once(desk, now):
    desk.contract()
    for n in range(40):
        desk.happened(15, "in_transit", "已离开", f"YT{n:013d}")
        desk.ask(now, f"YT{n:013d}")
    assert sum(at_once(*[lambda: working.run(at=now)] * 5)) == 40
    assert sorted(q.number for q in desk.carriers.asked) == [f"YT{n:013d}" for n in range(40)]
    assert desk.carriers.locked == set()
    assert not Lookup.objects.filter(ended_at=None).exists()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_twenty_at_once_one_takes_the_turn(desk, now):
    contract = desk.contract()
    given = at_once(*[lambda: turns.take(contract, NUMBER, at=now)] * 20)
    assert given.count(None) == 1
    assert {g for g in given if g} == {now + 30 * MINUTE}
    assert LastAsked.objects.get().at == now


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_who_want_to_know_at_once_leave_one_row(desk, now):
    desk.contract()
    one = desk.shipped()
    at_once(*[lambda: insert_all([f.row for f in asking.wanted(one, at=now)])] * 20)
    assert Lookup.objects.count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_an_idle_claim_reads_its_index_and_not_the_history(desk, now):
    Lookup.objects.bulk_create(
        Lookup(shop=desk.shop, service="kuaidi100", tracking_number=f"YT{n:013d}", created_at=now, ended_at=now)
        for n in range(5000)
    )
    sql = _claiming(Lookup, "q.rings_at, q.id", "", "postgresql")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE orders_lookup")
        cursor.execute(f"EXPLAIN {sql}", [now, now, 16, 1, now])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "lookup_queue" in plan
    assert "Seq Scan" not in plan


def test_statements_of_an_idle_look_and_of_one_question(desk, now, monkeypatch):
    monkeypatch.setattr(working, "ThreadPoolExecutor", Here)
    desk.contract()
    with CaptureQueriesContext(connection) as seen:
        desk.work(now)
    assert len([q for q in seen.captured_queries if "SELECT" in q["sql"] or "UPDATE" in q["sql"]]) == 1
    desk.shipped()
    desk.happened(15, "in_transit", "已离开")
    desk.ask(now)
    with CaptureQueriesContext(connection) as seen:
        desk.work(now)
    apart = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")
    sent = [q["sql"] for q in seen.captured_queries if not q["sql"].startswith(apart)]
    assert len(sent) <= 28, "\n".join(s[:140] for s in sent)
