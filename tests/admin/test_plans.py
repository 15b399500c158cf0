"""On PostgreSQL the desk's reads are planned for their own values, and nothing else on the connection is."""

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory

from kefu import plans

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


def mode():
    with connection.cursor() as cursor:
        cursor.execute("SHOW plan_cache_mode")
        return cursor.fetchone()[0]


@pytest.mark.parametrize(
    ("path", "during"),
    [("/admin/orders/order/", "force_custom_plan"), ("/hooks/x/", "auto"), ("/admin/tickets/ticket/5/live/", "auto")],
)
def test_the_desk_alone_has_plans_of_its_own_and_leaves_none_behind(path, during):
    seen = []

    def view(request):
        seen.append(mode())
        return HttpResponse()

    plans.middleware(view)(RequestFactory().get(path))
    assert (seen, mode()) == ([during], "auto")


def test_a_page_that_fails_leaves_none_behind():
    def view(request):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        plans.middleware(view)(RequestFactory().get("/admin/"))
    assert mode() == "auto"
