"""A log is read on without missing what was committed out of order."""

import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from flows.models import Move
from tests.factories import make_shop
from tickets.figures import logs
from tickets.models import Read


def moves(shop, *subjects):
    now = timezone.now()
    same = {"flow": "order", "seq": 1, "step": "start", "target": "x", "who": "shop", "by": "t"}
    Move.objects.bulk_create(Move(shop=shop, subject=s, at=now, noted_at=now, **same) for s in subjects)


def read():
    with transaction.atomic():
        place = logs.start_of("moves", Move)
        found = [subject for (subject,) in logs.news(place, Move, "subject")]
        place.at = timezone.now()
        place.save()
    return found


def test_what_is_older_than_the_first_reading_is_counted_whole_and_not_read(db):
    shop = make_shop()
    moves(shop, 1)
    assert read() == []
    moves(shop, 2, 3)
    assert read() == [2, 3]
    assert read() == []


def test_a_log_that_was_empty_is_read_from_its_first_row(db):
    assert read() == []
    moves(make_shop(), 1)
    assert read() == [1]
    assert read() == read() == []


def test_a_long_backlog_is_read_a_batch_at_a_time(db, monkeypatch):
    monkeypatch.setattr(logs, "BATCH", 3)
    shop = make_shop()
    assert read() == []
    moves(shop, *range(1, 8))
    found = []
    for _ in range(8):
        found += read()
    assert set(found) == set(range(1, 8))


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_row_that_was_committed_after_a_newer_one_is_not_missed():
    """An older key appears behind a newer one that was seen already: PostgreSQL gives keys before it commits."""
    shop = make_shop()
    read()
    written, may_commit = threading.Event(), threading.Event()

    def slowly():
        try:
            with transaction.atomic():
                moves(shop, 1)
                written.set()
                may_commit.wait(20)
        finally:
            connection.close()

    slow = threading.Thread(target=slowly)
    slow.start()
    assert written.wait(20)
    moves(shop, 2)
    assert read() == [2]
    assert read() == []  # what was seen is not taken for news
    assert Read.objects.get(pk="moves").upto < Move.objects.get(subject=2).pk
    may_commit.set()
    slow.join(20)
    assert 1 in read()
    assert read() == []
    assert Read.objects.get(pk="moves").upto == Move.objects.get(subject=2).pk
