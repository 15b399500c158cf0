"""Two people at one carton, on a real server: one wins, the other is told."""

from functools import partial

import pytest
from django.test import Client

from flows.models import Move
from returns.models import BackParcel
from tests.flows.test_races import at_once

from .scenes import SCAN, Warehouse, page, unpacked

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk():
    return Warehouse()


@pytest.fixture
def two(desk):
    """Two people of the warehouse, each at a desk of their own."""

    def client():
        found = Client()
        found.force_login(desk.person("warehouse"))
        return found

    return client(), client()


def moves(ret, step):
    return Move.objects.filter(flow="return", subject=ret.pk, step=step).count()


def both(two, address, *told):
    """Each sends at the same moment. -> what each page says"""
    told = told if len(told) == len(two) else told * len(two)
    return at_once(*[partial(say, c, address, t) for c, t in zip(two, told, strict=True)])


def say(client, address, told):
    """The verdict alone: the last scans, which stand on the page too, say what happened before."""
    return client.post(address, told).content.decode().partition('class="verdict')[2].partition("</section>")[0]


def test_of_two_who_scan_the_same_parcel_one_receives_it_and_the_other_is_told(desk, two):
    for _n in range(8):
        ret, parcel = desk.coming()
        said = both(two, SCAN, {"number": parcel.tracking_number})
        assert sorted("收货成功" in s for s in said) == [False, True], said
        assert sum("已经收过" in s for s in said) == 1
        parcel.refresh_from_db()
        assert (moves(ret, "receive"), parcel.scans) == (1, 1)


def test_of_two_who_scan_an_unannounced_parcel_one_keeps_it(desk, two):
    for n in range(8):
        said = both(two, SCAN, {"number": f"SF44{n:04d}"})
        assert sum("已记过的无主包裹" in s for s in said) == 1
        assert BackParcel.objects.filter(tracking_number=f"SF44{n:04d}").count() == 1


def test_of_two_who_match_one_parcel_to_two_returns_one_wins(desk, two):
    for n in range(8):
        returns = [desk.coming()[0] for _n in range(2)]
        stray = BackParcel.objects.create(shop=desk.shop, tracking_number=f"SF33{n:04d}", received_at=desk.now)
        both(two, page("match", stray.pk), *[{"return": r.pk} for r in returns])
        assert sorted(moves(r, "receive") for r in returns) == [0, 1]
        assert BackParcel.objects.get(tracking_number=stray.tracking_number).of is not None


def test_of_two_who_judge_the_same_return_one_is_booked_and_the_other_is_told(desk, two):
    for _n in range(5):
        ret, parcel = desk.coming()
        two[0].post(SCAN, {"number": parcel.tracking_number})
        told = [
            unpacked(ret, parcel.tracking_number, line2=[(1, c)], line1=[(2, c)]) for c in ("sellable", "defective")
        ]
        said = both(two, page("book", ret.pk), *told)
        assert sum("验货完成" in s for s in said) == 1
        assert moves(ret, "inspect") == 1
        line = desk.lines(ret)["1"]
        assert (line.sellable, line.defective) in {(2, 0), (0, 2)}
