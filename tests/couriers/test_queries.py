"""A logistics query asks the courier's service, and hears what it answers."""

from datetime import timedelta

from django.utils import timezone

from flows.engine import take_many
from flows.table import Who
from orders.models import LogisticsQuery, Lookup
from orders.tables import LOGISTICS_QUERY
from tests.couriers.conftest import NUMBER
from tests.orders.queried import asked, fresh, take
from tests.orders.test_statements import counted

MINUTE = timedelta(minutes=1)


def test_looking_up_asks_the_service_once_and_its_answer_is_kept_with_the_query(desk):
    desk.contract()
    parcel, now = desk.shipped(), timezone.now()
    query = take(asked(parcel.order, at=now), "look_up", at=now)
    lookup = Lookup.objects.get(kind="query")
    assert (lookup.tracking_number, lookup.by, lookup.rings_at) == (NUMBER, "agent", now)
    take(take(query, "trace", at=now), "look_up", at=now + MINUTE)
    assert Lookup.objects.filter(kind="query").count() == 1, "it is under way"
    desk.happened(15, "in_transit", "已离开杭州转运中心")
    desk.work(now + MINUTE)
    desk.apply()
    query = fresh(query)
    assert (query.status, query.track[-1][1], query.state) == ("in_transit", "已离开杭州转运中心", "checking")


def test_looking_up_many_costs_as_many_statements_as_looking_up_few(desk):
    desk.contract()
    now, sent = timezone.now(), []
    for start, many in ((0, 2), (2, 8)):
        pks = [
            asked(desk.shipped(f"YT12345678{n:05d}", order=f"B{n}").order, at=now).pk
            for n in range(start, start + many)
        ]
        look = lambda pks=pks: take_many(LOGISTICS_QUERY, "look_up", pks, who=Who.AGENT, by="amy", at=now)  # noqa: E731
        sent.append(counted(look))
    assert len(sent[0]) == len(sent[1]), "\n".join(s[:120] for s in sent[1])
    assert LogisticsQuery.objects.filter(state="checking").count() == Lookup.objects.filter(kind="query").count() == 10
