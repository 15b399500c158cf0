"""Any order of arrival ends in the same state: which recorded fact is the strongest, where a subject stands then."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deadlines.models import Deadline
from flows.facts import Told, counting, strongest
from flows.models import Move, Reported
from flows.reports import Heard, report_many
from flows.table import Who
from tests.errands.make import H, T, make_job
from tests.errands.models import Job
from tests.errands.tables import JOB

STEPS = ["pay", "pack", "send", "drop", "sign", "reject", "finish"]
# Where the strongest fact leaves a job.
ENDS = {
    "pay": "open",
    "pack": "packed",
    "send": "sent",
    "drop": "gone",
    "sign": "signed",
    "reject": "gone",
    "finish": "done",
}


def facts(*pairs):
    return [Told(step, T + hour * H) for step, hour in pairs]


@pytest.mark.parametrize(
    ("told", "struck", "top"),
    [
        ([], {}, None),
        ([("pay", 1)], {}, "pay"),
        ([("send", 1), ("pay", 9)], {}, "send"),
        ([("sign", 1), ("reject", 2)], {}, "reject"),
        ([("reject", 1), ("sign", 2)], {}, "sign"),
        ([("sign", 2), ("reject", 2)], {}, "reject"),  # a tie: the later one in the bracket
        ([("send", 2), ("drop", 1)], {}, "drop"),
        ([("send", 2), ("drop", 2)], {}, "send"),  # a tie: the goods have left
        ([("send", 2), ("drop", 3)], {}, "send"),
        ([("send", 2), ("drop", 3)], {"send": T + 2 * H}, "drop"),  # a struck departure bars no wish
        ([("send", 2)], {"send": T + 2 * H}, None),
        ([("send", 3)], {"send": T + 2 * H}, "send"),
        ([("drop", 3), ("send", 2), ("send", 4)], {"send": T + 2 * H}, "drop"),
    ],
)
def test_the_strongest_fact(told, struck, top):
    found = strongest(JOB, facts(*told), struck)
    assert (found.step if found else None) == top


told = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 6)), min_size=1, max_size=6)


@st.composite
def arrivals(draw):
    """Some facts, and three orders in which they arrive, with repeats."""
    said = draw(told)
    orders = []
    for _ in range(3):
        repeats = draw(st.lists(st.sampled_from(said), max_size=2))
        orders.append(draw(st.permutations([*said, *repeats])))
    return said, orders


@settings(max_examples=300, deadline=None)
@given(arrivals())
def test_which_is_the_strongest_does_not_depend_on_the_order(drawn):
    said, orders = drawn
    tops = {strongest(JOB, facts(*order), {}) for order in orders}
    assert tops == {strongest(JOB, facts(*said), {})}
    assert len({frozenset(counting(JOB, facts(*order), {})) for order in orders}) == 1


@pytest.mark.parametrize("together", [False, True])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(drawn=arrivals())
def test_every_order_of_arrival_ends_alike(shop, together, drawn):
    """Through the door, one job an order of arrival; `together`: the three jobs hear in batches."""
    said, orders = drawn
    jobs = [make_job(shop) for _ in orders]
    if together:
        for wave in zip(*(order + [order[-1]] * (8 - len(order)) for order in map(list, orders)), strict=True):
            hear_all(jobs, wave)
    else:
        for job, order in zip(jobs, orders, strict=True):
            for fact in order:
                hear_all([job], [fact])
    found = Job.objects.filter(pk__in=[j.pk for j in jobs])
    top = strongest(JOB, facts(*said), {})
    expected = (ENDS[top.step], top.step) if top else ("waiting", "")
    assert set(found.values_list("state", "fact")) == {expected}
    clocks = {tuple(_clocks(job)) for job in jobs}
    assert len(clocks) == 1
    for job in found:
        seqs = list(Move.objects.filter(flow="job", subject=job.pk).order_by("seq").values_list("seq", flat=True))
        assert seqs == list(range(1, job.version + 1))
        assert Reported.objects.filter(subject=job.pk, flow="job").count() == len(set(said))


def hear_all(jobs, wave):
    heard = [Heard(j.pk, step, T + hour * H, Who.SHOP, "hook") for j, (step, hour) in zip(jobs, wave, strict=True)]
    taken = report_many(JOB, heard, at=T + timedelta(days=1))
    assert all(t.error is None for t in taken)


def _clocks(job):
    return (
        Deadline.objects.filter(subject=job.pk, flow="job", ended_at=None)
        .order_by("clock")
        .values_list("clock", flat=True)
    )
