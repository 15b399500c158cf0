"""Deadlines, shops, policies, inbox and deliveries."""

from datetime import timedelta

import pytest
from django.utils import timezone

from deadlines.models import Deadline
from hooks.models import Inbox
from outbox.models import Delivery
from shops.models import Policy
from tests.api.callers import is_problem, missing, picking, start_order
from tests.api.test_scope import a_delivery
from tests.factories import hook_body


# ---- deadlines
def test_deadlines_of_all_flows_with_their_subjects_and_why(api, shop):
    missing(shop, "A1")
    rows = api.get("/deadlines/", {"ordering": "due"}).data["results"]
    assert {(r["flow"], r["number"], r["clock"]) for r in rows} == {
        ("order", "A1", "ship"),
        ("stock_out", "A1-Q1", "contact"),
    }
    assert all(r["why"] and r["due"] and r["shop"] == "mine" and not r["late"] for r in rows)
    assert [r["due"] for r in rows] == sorted(r["due"] for r in rows)
    one = api.get(f"/deadlines/{rows[0]['id']}/").data
    assert one == rows[0]


def test_deadlines_are_filtered(api, shop):
    missing(shop, "A1")
    now = timezone.now()
    Deadline.objects.filter(clock="contact").update(due_at=now - timedelta(minutes=1))
    clocks = lambda **query: [r["clock"] for r in api.get("/deadlines/", query).data["results"]]  # noqa: E731
    assert clocks(late="true") == ["contact"]
    assert clocks(late="false") == ["ship"]
    assert clocks(due_before=now.isoformat()) == ["contact"]
    assert clocks(flow="order") == ["ship"]
    assert sorted(clocks(flow="order,stock_out")) == ["contact", "ship"]
    assert clocks(clock="contact") == ["contact"]
    assert sorted(clocks(tell="lead")) == ["contact", "ship"]
    assert clocks(tell="warehouse") == []
    assert clocks(held="true") == []
    assert clocks(ordering="due") == ["contact", "ship"]
    is_problem(api.get("/deadlines/", {"flow": "nope"}), 400)
    is_problem(api.get("/deadlines/99999999999999999999/"), 404)


# ---- shops
def test_the_callers_shops_with_the_callers_roles(as_role, shop, other):
    [told] = as_role("agent", "warehouse").get("/shops/").data["results"]
    assert (told["code"], told["roles"], told["sees_personal"]) == ("mine", ["agent", "warehouse"], False)
    assert as_role("agent").get("/shops/mine/").data["platform"] == "native"


# ---- policies
def test_a_policy_reads_as_people_write_it(as_role, shop):
    told = as_role("agent").get("/policies/mine/")
    assert told["ETag"] == '"1"'
    assert told.data["limits"]["ship"]["after"] == "48h"
    assert "48 小时" in told.data["words"]["ship"]
    assert as_role("agent").get("/policies/").data["results"] == [told.data]


def test_a_lead_edits_it_as_a_new_version(as_role, shop):
    lead = as_role("lead")
    told = lead.send("PATCH", "/policies/mine/", {"limits": {"ship": {"after": "24h"}}, "auto_confirm_below": "100.00"})
    assert told.status_code == 200, told.data
    assert (told.data["version"], told.data["limits"]["ship"]["after"], told.data["auto_confirm_below"]) == (
        2,
        "24h",
        "100.00",
    )
    versions = lead.get("/policies/mine/versions/").data["results"]
    assert [v["version"] for v in versions] == [2, 1]
    assert lead.get("/policies/mine/versions/1/").data["limits"]["ship"]["after"] == "48h"
    whole = {
        k: v
        for k, v in told.data.items()
        if k in ("auto_confirm", "auto_confirm_below", "auto_audit", "weekly", "limits")
    }
    assert lead.send("PUT", "/policies/mine/", {**whole, "auto_audit": True}).data["version"] == 3
    is_problem(lead.get("/policies/mine/versions/9/"), 404)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"limits": {"nope": "1h"}}, "/limits/nope"),
        ({"limits": {"ship": {"after": "1 fortnight"}}}, "/limits/ship/after"),
        ({"auto_confirm": "yes"}, "/auto_confirm"),
        ({"auto_confirm_below": "1e3"}, "/auto_confirm_below"),
        ({"auto_confirm_below": -1}, "/auto_confirm_below"),
        ({"weekly": {"someday": []}}, "/weekly"),
        ({"version": 7}, "/version"),
        ({"colour": 7}, "/colour"),
    ],
)
def test_a_policy_that_cannot_be_is_not_made(as_role, shop, body, pointer):
    problem = is_problem(as_role("lead").send("PATCH", "/policies/mine/", body), 400, "validation")
    assert problem["errors"][0]["pointer"] == pointer
    assert Policy.objects.count() == 1


def test_who_may_not_edit_a_policy_and_who_saw_an_older_one(as_role, shop):
    is_problem(as_role("agent", "shop").send("PATCH", "/policies/mine/", {"auto_audit": True}), 403, "forbidden")
    lead = as_role("lead")
    is_problem(lead.send("PUT", "/policies/mine/", {"auto_audit": True}), 400)
    assert lead.send("PATCH", "/policies/mine/", {"auto_audit": True}, if_match='"1"').status_code == 200
    problem = is_problem(lead.send("PATCH", "/policies/mine/", {"auto_audit": False}, if_match='"1"'), 409, "moved")
    assert problem["policy"]["version"] == 2
    assert Policy.objects.count() == 2


def test_running_clocks_are_counted_anew_only_when_asked(as_role, shop):
    picking(shop, "A1")
    lead, clock = as_role("lead"), Deadline.objects.get(clock="ship")
    lead.send("PATCH", "/policies/mine/", {"limits": {"ship": {"after": "24h"}}})
    before = clock.due_at
    clock.refresh_from_db()
    assert clock.due_at == before
    is_problem(as_role("agent").post("/policies/mine/rearm/"), 403)
    told = lead.post("/policies/mine/rearm/", {"why": "大促"})
    assert told.data == {"shop": "mine", "version": 2, "changed": 1}
    clock.refresh_from_db()
    assert clock.due_at < before
    assert clock.changes.get().why == "大促"


# ---- inbox
def a_message(shop, outcome="parked", **fields):
    return Inbox.objects.create(
        shop=shop, source="native", key=f"m{Inbox.objects.count()}", type="order.paid",
        body=hook_body("order.paid", number="A1"),
        body_hash="x", signed_with=1, received_at=timezone.now(), number="A1", outcome=outcome, **fields,
    )  # fmt: skip


def test_a_message_tells_its_outcome(api, as_role, shop):
    order = start_order(shop, "A1")
    row = a_message(shop, "applied", flow="order", subject=order.pk)
    told = api.get(f"/inbox/{row.pk}/").data
    assert (told["outcome"], told["type"], told["subject"], told["why"]) == ("applied", "order.paid", "A1", "")
    assert "order.paid" in told["body"]
    assert as_role("agent").get(f"/inbox/{row.pk}/").data["body"] is None
    a_message(shop, "")
    a_message(shop, "", dead_at=timezone.now())
    outcomes = [m["outcome"] for m in api.get("/inbox/").data["results"]]
    assert outcomes == ["dead", "accepted", "applied"]
    for name in outcomes:
        assert [m["outcome"] for m in api.get("/inbox/", {"outcome": name}).data["results"]] == [name]
    assert len(api.get("/inbox/", {"outcome": "dead,applied"}).data["results"]) == 2


@pytest.mark.parametrize(
    ("fields", "status"), [({}, 200), ({"outcome": "rejected"}, 200), ({"outcome": "applied"}, 409)]
)
def test_a_lead_has_a_stranded_message_tried_again(api, as_role, shop, fields, status):
    row = a_message(shop, **fields)
    is_problem(as_role("agent", "shop").post(f"/inbox/{row.pk}/replay/"), 403, "forbidden")
    row.refresh_from_db()
    assert row.rings_at is None
    told = api.post(f"/inbox/{row.pk}/replay/")
    assert told.status_code == status
    row.refresh_from_db()
    assert (row.rings_at is not None) == (status == 200)
    is_problem(api.post(f"/inbox/{row.pk}/replay/", {"outcome": "applied"}), 400)


# ---- deliveries
def test_a_delivery_is_said_again_once_it_has_ended(api, as_role, shop):
    delivery = a_delivery(shop)
    told = api.get(f"/deliveries/{delivery.pk}/").data
    assert (told["topic"], told["outcome"], told["calls"]) == ("order.pack", "waiting", [])
    is_problem(api.post(f"/deliveries/{delivery.pk}/replay/"), 409)
    Delivery.objects.filter(pk=delivery.pk).update(rings_at=None, delivered_at=timezone.now())
    assert api.get("/deliveries/", {"outcome": "delivered"}).data["results"][0]["id"] == delivery.pk
    assert api.get("/deliveries/", {"outcome": "dead"}).data["results"] == []
    is_problem(as_role("agent").post(f"/deliveries/{delivery.pk}/replay/"), 403)
    assert api.post(f"/deliveries/{delivery.pk}/replay/").data["outcome"] == "waiting"
