"""Idempotency-Key: same key and request, same answer, once."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from flows.api import keys
from flows.api.models import Answer
from flows.models import Move
from orders.models import Order
from tests.api.callers import Api, is_problem, picking, start_order
from tests.api.test_steps import order_data
from tests.factories import make_key, make_shop


def test_the_same_request_gets_the_same_answer_and_happens_once(api, shop):
    order = picking(shop, "A1")
    first = api.post("/orders/A1/steps/pack/", idempotency_key="k-1")
    again = api.post("/orders/A1/steps/pack/", idempotency_key="k-1")
    assert first.status_code == again.status_code == 200
    assert first.content == again.content
    assert first["ETag"] == again["ETag"] == '"5"'
    assert again["Content-Type"] == "application/json"
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert Move.objects.filter(subject=order.pk).count() == 5
    assert Move.objects.get(subject=order.pk, seq=5).trigger.startswith("rest:")


def test_whitespace_and_order_of_members_make_no_other_request(api, shop):
    body = order_data()
    first = api.post("/orders/", body, idempotency_key="k-1")
    other = json.dumps(dict(reversed(body.items())), indent=2).encode()
    assert api.post("/orders/", raw=other, idempotency_key="k-1").content == first.content
    assert Order.objects.count() == 1


def test_another_request_under_the_same_key_is_refused(api, shop):
    picking(shop, "A1"), picking(shop, "A2")
    assert api.post("/orders/A1/steps/pack/", idempotency_key="k").status_code == 200
    is_problem(api.post("/orders/A1/steps/pack/", {"why": "又来"}, idempotency_key="k"), 422, "idempotency-key")
    is_problem(api.post("/orders/A2/steps/pack/", idempotency_key="k"), 422, "idempotency-key")
    assert Order.objects.get(number="A2").state == "picking"


def test_a_refusal_is_an_answer_too(api, shop):
    order = start_order(shop, "A1", payment="cod")
    first = api.post("/orders/A1/steps/audit/", idempotency_key="k")
    is_problem(first, 409, "state")
    assert api.post("/orders/A1/steps/confirm/").status_code == 200
    assert api.post("/orders/A1/steps/audit/", idempotency_key="k").content == first.content
    assert Move.objects.filter(subject=order.pk).count() == 2


def test_what_is_our_fault_is_not_kept(api, shop, monkeypatch):
    order = picking(shop, "A1")
    with monkeypatch.context() as broken:
        broken.setattr("flows.api.taking.engine.take", lambda *a, **k: 1 / 0)
        is_problem(api.post("/orders/A1/steps/pack/", idempotency_key="k"), 500, "internal")
    assert not Answer.objects.exists()
    assert api.post("/orders/A1/steps/pack/", idempotency_key="k").status_code == 200
    assert Move.objects.filter(subject=order.pk).count() == 5


@pytest.mark.parametrize("key", ["", "   ", "x" * 256, "a\tb", "ключ"])
def test_a_bad_key_is_refused(api, shop, key):
    order = picking(shop, "A1")
    is_problem(api.post("/orders/A1/steps/pack/", idempotency_key=key), 400, "idempotency-key")
    assert Move.objects.filter(subject=order.pk).count() == 4


def test_another_callers_key_is_another_key(api, as_role, shop):
    picking(shop, "A1"), picking(shop, "A2")
    assert api.post("/orders/A1/steps/pack/", idempotency_key="k").status_code == 200
    assert as_role("warehouse").post("/orders/A2/steps/pack/", idempotency_key="k").status_code == 200


def test_an_answer_is_not_shown_to_who_may_see_less_by_now(shop, other):
    key, token = make_key(shop, other, roles=("warehouse",), sees_personal=True)
    picking(shop, "A1")
    api = Api(token)
    assert api.post("/orders/A1/steps/pack/?shop=mine", idempotency_key="k").status_code == 200
    key.shops.remove(shop)
    is_problem(api.post("/orders/A1/steps/pack/?shop=mine", idempotency_key="k"), 422)


def test_old_answers_are_forgotten_and_their_steps_still_not_taken_twice(api, shop):
    order = picking(shop, "A1")
    api.post("/orders/A1/steps/pack/", idempotency_key="k")
    assert keys.forget(timezone.now() + timedelta(days=1)) == 1
    assert "13800138000" not in Answer.objects.get().body
    is_problem(api.post("/orders/A1/steps/pack/", idempotency_key="k"), 422, "idempotency-expired")
    assert Move.objects.filter(subject=order.pk).count() == 5


def test_a_batch_is_answered_once(api, shop):
    picking(shop, "A1"), picking(shop, "A2")
    body = {"items": [{"number": "A1"}, {"number": "A2"}]}
    first = api.post("/orders/steps/pack/", body, idempotency_key="k")
    assert api.post("/orders/steps/pack/", body, idempotency_key="k").content == first.content
    assert set(Order.objects.values_list("version", flat=True)) == {5}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("what", ["step", "start"])
def test_the_same_request_in_flight_several_times_is_answered_alike(what):
    shop = make_shop("mine")
    token = make_key(shop, roles=("warehouse", "shop"))[1]
    picking(shop, "A1")
    path, body = ("/orders/A1/steps/pack/", {}) if what == "step" else ("/orders/", order_data("P1"))
    told, ready = [], threading.Barrier(4)

    def call():
        try:
            ready.wait(10)
            told.append(Api(token).post(path, body, idempotency_key="k"))
        finally:
            connection.close()

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(told) == 4
    assert {t.status_code for t in told} == {200 if what == "step" else 201}, [t.data for t in told]
    assert len({t.content for t in told}) == 1
    assert Move.objects.filter(step="pack").count() + Order.objects.filter(number="P1").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_different_buttons_one_wins(db):
    shop = make_shop("mine")
    token = make_key(shop, roles=("agent", "warehouse"))[1]
    order = picking(shop, "A1")
    told, ready = [], threading.Barrier(2)
    asked = {"pack": {}, "cancel": {"by": "customer", "reason": "不想要了"}}

    def call(step):
        try:
            ready.wait(10)
            told.append(Api(token).post(f"/orders/A1/steps/{step}/", asked[step], if_match='"4"'))
        finally:
            connection.close()

    threads = [threading.Thread(target=call, args=(step,)) for step in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(t.status_code for t in told) == [200, 409]
    assert Move.objects.filter(subject=order.pk, flow="order").count() == 5
