"""What the simulated colleagues would do about logistics queries, the interface takes."""

from random import Random

import pytest

from kefu.demo.duties_logistics import DUTIES
from orders.models import LogisticsQuery
from tests.api.callers import Api
from tests.factories import make_key, make_shop
from tests.orders.queried import T, in_state, track, under_way

PATH = "/logistics-queries/"


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["problem", "lost", "in_transit"])
def test_every_deed_of_every_duty_is_taken(status):
    shop = make_shop()
    agent = Api(make_key(shop, roles=("agent",))[1])
    begun = [(duty, order) for duty in DUTIES for order in under_way(shop, 4)]
    for n, (duty, order) in enumerate(begun):
        query = in_state(order, duty.state)
        if duty.state != "lost":
            track(order, status, T, (T, "派送失败"))
        case = agent.get(f"{PATH}{query.number}/").data
        if (deed := duty.decide(Random(n), case)) is None:
            continue
        taken = agent.post(f"{PATH}{query.number}/steps/{deed.step}/", deed.inputs)
        assert taken.status_code == 200, (deed, taken.data)
    assert not LogisticsQuery.objects.filter(state="asked").exists()
