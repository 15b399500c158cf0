"""Every error is a problem, says little, and no cache keeps it."""

import json
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from tests.api.callers import Api, is_problem, picking, start_order
from tests.factories import make_key, make_member

DEEP = b'{"a":' * 40 + b"1" + b"}" * 40


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer kf_",
        "Bearer kf_" + "x" * 48,
        "Bearer x",
        "bearer kf_ü",
        "Basic YTpi",
        "kf_x",
        "Bearer a b c",
    ],
)
def test_nobody_gets_in_without_a_key(db, header):
    api = Api()
    api.headers = {"authorization": header} if header else {}
    told = api.get("/orders/")
    is_problem(told, 401, "unauthorized")
    assert told["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_and_a_revoked_key_are_no_keys(shop):
    now = timezone.now()
    expired = make_key(shop, expires_at=now - timedelta(seconds=1))[1]
    key, revoked = make_key(shop)
    key.revoke(now)
    told = [Api(token).get("/orders/").content for token in (expired, revoked, "kf_" + "x" * 48)]
    assert len(set(told)) == 1


def test_a_session_needs_its_csrf_token(shop):
    order = picking(shop, "A1")
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_member(shop, "warehouse").user)
    assert client.get("/api/v1/orders/").status_code == 200
    is_problem(client.post("/api/v1/orders/A1/steps/pack/", {}, content_type="application/json"), 403, "csrf")
    order.refresh_from_db()
    assert order.state == "picking"
    client.get("/api/docs/")
    token = client.cookies["kefu_csrf"].value
    told = client.post(
        "/api/v1/orders/A1/steps/pack/", {}, content_type="application/json", headers={"x-csrftoken": token}
    )
    assert told.status_code == 200


def test_who_has_left_the_shop_sees_nothing(staff, shop):
    start_order(shop, "A1")
    client = staff("agent")
    assert len(client.get("/api/v1/orders/").json()["results"]) == 1
    shop.members.all().delete()
    assert client.get("/api/v1/orders/").json()["results"] == []
    is_problem(client.get("/api/v1/orders/A1/"), 404)


@pytest.mark.parametrize(
    ("raw", "kind", "status", "code"),
    [
        (b"{", "application/json", 400, "malformed-json"),
        (b"\xff\xfe", "application/json", 400, "malformed-json"),
        (b'\xef\xbb\xbf{"why": "x"}', "application/json", 400, "malformed-json"),
        (b'{"why": NaN}', "application/json", 400, "malformed-json"),
        (b'{"why": 1e400}', "application/json", 400, "malformed-json"),
        (b'{"why": 1' + b"0" * 5000 + b"}", "application/json", 400, "malformed-json"),
        (b'{"why": 99999999999999999999}', "application/json", 400, "validation"),
        (b'{"why": "a", "why": "b"}', "application/json", 400, "duplicate-key"),
        (DEEP, "application/json", 400, "too-deep"),
        (b"[" * 100_000, "application/json", 400, "malformed-json"),
        (b'{"why": "\\u0000"}', "application/json", 400, "bad-text"),
        (b'{"why": "\\ud800"}', "application/json", 400, "bad-text"),
        (b'"text"', "application/json", 400, "validation"),
        (b"null", "application/json", 400, "validation"),
        (b"why=x", "application/x-www-form-urlencoded", 415, "media-type"),
        (b"{}", "text/plain", 415, "media-type"),
        (b"{}", "application/xml", 415, "media-type"),
        (b'{"why": "' + b"x" * 1024 * 1024 + b'"}', "application/json", 413, "too-large"),
    ],
)
def test_a_body_that_is_none_is_refused(api, shop, raw, kind, status, code):
    picking(shop, "A1")
    is_problem(api.post("/orders/A1/steps/pack/", raw=raw, kind=kind), status, code)
    assert api.get("/orders/A1/").data["state"] == "picking"


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v1/",
        "/api/v2/orders/",
        "/api/v1/nope/",
        "/api/v1/orders",
        "/api/v1/orders/%0a/",
        "/api/x" + "y" * 300,
        "/hooks/",
        "/hooks/mine/more/",
    ],
)
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_an_unknown_address_is_a_problem_too(db, path, method):
    is_problem(getattr(Client(), method)(path), 404)


@pytest.mark.parametrize("error", [ZeroDivisionError("13800138000"), RecursionError(), KeyError("13800138000")])
def test_a_bug_says_nothing_but_its_own_id(api, shop, monkeypatch, error):
    def broken(*_args, **_kwargs):
        raise error

    monkeypatch.setattr("flows.api.subjects.running", broken)
    start_order(shop, "A1")
    told = api.get("/orders/A1/")
    problem = is_problem(told, 500, "internal")
    assert problem["request_id"]
    assert "13800138000" not in told.content.decode()
    assert "Traceback" not in told.content.decode()


def test_the_database_away_is_unavailable_and_worth_another_try(api, shop, monkeypatch):
    def away(*_args, **_kwargs):
        raise OperationalError("connection refused at 10.0.0.1")

    monkeypatch.setattr("flows.api.subjects.running", away)
    start_order(shop, "A1")
    told = api.get("/orders/A1/")
    is_problem(told, 503, "unavailable")
    assert told["Retry-After"] == "5"
    assert "10.0.0.1" not in told.content.decode()


def test_another_host_is_refused_without_echo(db):
    for path in ("/api/v1/orders/", "/hooks/mine/"):
        told = Client(HTTP_HOST="evil.example").get(path)
        is_problem(told, 400, "bad-request")
        assert "evil" not in told.content.decode()


@pytest.mark.parametrize("path", ["/api/schema/", "/api/docs/"])
def test_what_is_only_read_is_only_read(db, path):
    told = Client(enforce_csrf_checks=True).post(path)
    is_problem(told, 405)
    assert "GET" in told["Allow"]


def test_chunked_bodies_are_asked_for_their_length(api, shop):
    picking(shop, "A1")
    told = api.client.generic(
        "POST", "/api/v1/orders/A1/steps/pack/", b"", headers={**api.headers, "transfer-encoding": "chunked"},
        CONTENT_LENGTH="",
    )  # fmt: skip
    assert json.loads(told.content)["code"] == "length-required"
