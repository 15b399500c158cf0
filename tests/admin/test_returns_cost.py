"""What the pages of returns cost: the same number of statements however many rows, however much belongs to a case."""

import pytest
from django.utils import timezone

from flows.sweep import sweep

from .pages import page_of
from .return_scenes import Scenes, jpeg
from .test_lists import statements

pytestmark = pytest.mark.django_db
RETURNS, DISPUTES = "/admin/returns/return/", "/admin/returns/dispute/"


@pytest.fixture
def scenes(desk):
    desk.products()
    return Scenes(desk)


@pytest.mark.parametrize("address", [
    f"{RETURNS}?queue=to_handle", RETURNS, f"{RETURNS}?state=requested", f"{DISPUTES}?queue=disputes", DISPUTES,
    "/admin/", "/admin/live/",
])  # fmt: skip
def test_a_list_costs_the_same_whatever_its_length(scenes, sits, address):
    client = sits("lead")
    for _ in range(2):
        scenes.dispute()
    sweep(at=timezone.now())
    client.get(address)
    few = statements(client, address)
    for _ in range(4):
        scenes.dispute()
    sweep(at=timezone.now())
    assert statements(client, address) == few
    assert few < 60


def test_a_case_costs_the_same_however_much_belongs_to_it(scenes, sits):
    client = sits("agent")
    small, big = scenes.requested(lines=[{"line": "1", "quantity": 1}]), scenes.dispute().of
    for n in range(4):
        scenes.photo(big)
        client.post(f"{RETURNS}{big.pk}/upload/", {"files": jpeg(f"{n}.jpg", (n, n, n)), "words": str(n)})
    scenes.requested(order=scenes.more(big.order))
    pages = [f"{RETURNS}{small.pk}/change/", f"{RETURNS}{big.pk}/change/"]
    for page in pages:
        client.get(page)
    first = statements(client, pages[0])
    assert statements(client, pages[1]) <= first + 3
    assert first < 75
    order = statements(client, page_of(small.order))
    assert statements(client, page_of(big.order)) <= order + 3


@pytest.mark.parametrize("step", ["approve", "refuse", "offer", "revise"])
def test_a_form_costs_at_most_its_subject_twice(scenes, sits, step):
    """Whether the step is open is asked before the case is loaded."""
    client, ret = sits("agent"), scenes.requested()
    client.get(f"{RETURNS}{ret.pk}/change/")
    case = statements(client, f"{RETURNS}{ret.pk}/change/")
    assert statements(client, f"{RETURNS}{ret.pk}/step/{step}/") <= case + 28
