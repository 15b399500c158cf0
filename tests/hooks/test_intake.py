"""What a hook's address answers, and what stays behind: every row of the table of bad inputs."""

import gzip
import hashlib
import io
import json
import threading
import time
from datetime import timedelta
from decimal import Decimal
from unittest import mock

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from django.utils import timezone

from hooks.buckets import Buckets
from hooks.endpoints import ENDPOINTS
from hooks.models import Inbox
from hooks.platform import Secret
from hooks.platforms.native import signature
from hooks.platforms.native.signature import sign, verify
from hooks.views import MOST_BYTES, receive
from shops import hook_secrets
from tests.factories import AT, hook_body, make_shop, placed, post_hook

from .conftest import problem

PLACED = hook_body("order.placed", **placed("A1"))


def the_row():
    return Inbox.objects.get()


# --- taken ----------------------------------------------------------------------------------------------------------
def test_a_new_message_is_stored_as_it_came_and_queued(post, shop):
    response = post(PLACED, id="msg_1")
    row = the_row()
    assert (response.status_code, response.json()) == (202, {"event": row.pk, "outcome": "accepted"})
    assert response.headers["Cache-Control"] == "no-store"
    assert bytes(row.body) == PLACED
    assert row.body_hash == hashlib.sha256(PLACED).hexdigest()
    assert (row.shop_id, row.source, row.key, row.type, row.number) == (
        shop.pk,
        "native",
        "msg_1",
        "order.placed",
        "A1",
    )
    assert (row.outcome, row.why, row.flag, row.attempts, row.failure, row.flow) == ("", "", "", 0, "", "")
    assert row.occurred_at == AT
    assert row.rings_at == row.received_at
    assert abs((timezone.now() - row.received_at).total_seconds()) < 60


def test_what_is_stored_can_be_verified_again_years_later(post, shop):
    post(PLACED)
    row = the_row()
    secret = shop.hook_secrets.get(pk=row.signed_with)
    then = int(row.headers["webhook-timestamp"])
    assert verify(bytes(row.body), row.headers, [Secret(secret.pk, secret.secret)], then).id == secret.pk


def test_the_same_again_is_a_duplicate_and_changes_nothing(post):
    first = post(PLACED, id="m")
    again = post(PLACED, id="m")
    assert (again.status_code, again.json()) == (200, {"event": first.json()["event"], "outcome": "duplicate"})
    assert the_row().received_at <= timezone.now()


def test_the_same_again_a_second_later_has_another_timestamp_and_is_still_a_duplicate(post):
    post(PLACED, id="m", now=time.time() - 60)
    kept = the_row().headers
    assert post(PLACED, id="m").status_code == 200
    assert the_row().headers == kept


def test_the_same_id_with_another_body_is_a_conflict_and_the_first_stays(post):
    post(PLACED, id="m")
    response = post(hook_body("order.paid", number="A1"), id="m")
    assert (response.status_code, problem(response)["code"]) == (409, "conflict")
    assert bytes(the_row().body) == PLACED


def test_the_same_id_in_another_shop_is_another_message(post, client):
    post(PLACED, id="m")
    assert post_hook(client, make_shop(secret=True, preset=False), PLACED, id="m").status_code == 202


def test_an_id_longer_than_its_column_is_known_again(post):
    assert post(PLACED, id="x" * 500).status_code == 202
    assert post(PLACED, id="x" * 500).status_code == 200
    assert post(PLACED, id="x" * 501).status_code == 202


def test_an_address_without_its_slash_takes_it_as_well(client, shop):
    headers = sign(shop.hook_secrets.get().secret, "m", int(time.time()), PLACED)
    url = f"/hooks/{shop.code}"
    assert client.post(url, PLACED, content_type="application/json", headers=headers).status_code == 202


def test_an_unknown_event_is_kept_ignored_and_flagged(post):
    assert post(hook_body("order.teleported", number="A1")).json()["outcome"] == "accepted"
    row = the_row()
    assert (row.outcome, row.rings_at, row.type, row.flag) == ("ignored", None, "order.teleported", "order.teleported")


def test_unknown_fields_are_accepted_and_kept_as_they_came(post):
    body = hook_body("order.placed", **placed("A1", state="closed", id=7, is_superuser=True))
    assert post(body).status_code == 202
    assert (the_row().outcome, bytes(the_row().body)) == ("", body)


# --- signatures -----------------------------------------------------------------------------------------------------
def signed(shop, body=PLACED, *, secret="", name="m", now=None, **changes):
    headers = sign(secret or shop.hook_secrets.get().secret, name, int(now or time.time()), body)
    headers |= {header.replace("_", "-"): value for header, value in changes.items()}
    return {header: value for header, value in headers.items() if value is not None}


def send(client, code, headers, body=PLACED, kind="application/json"):
    return client.post(f"/hooks/{code}/", body, kind, headers=headers, CONTENT_TYPE=kind)


def flipped(body, at=20):
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


BAD = {
    "no id": lambda shop: (signed(shop, webhook_id=None), PLACED),
    "no timestamp": lambda shop: (signed(shop, webhook_timestamp=None), PLACED),
    "no signature": lambda shop: (signed(shop, webhook_signature=None), PLACED),
    "no header": lambda shop: ({}, PLACED),
    "an empty signature": lambda shop: (signed(shop, webhook_signature=""), PLACED),
    "another id": lambda shop: (signed(shop, webhook_id="n"), PLACED),
    "another timestamp": lambda shop: (signed(shop, webhook_timestamp=str(int(time.time()) - 7)), PLACED),
    "one bit of the body": lambda shop: (signed(shop), flipped(PLACED)),
    "one bit of the signature": lambda shop: (
        signed(shop, webhook_signature=flipped(signed(shop)["webhook-signature"].encode(), 9).decode()),
        PLACED,
    ),
    "an unknown version": lambda shop: (
        signed(shop, webhook_signature=signed(shop)["webhook-signature"].replace("v1,", "v9,")),
        PLACED,
    ),
    "the asymmetric version": lambda shop: (
        signed(shop, webhook_signature=signed(shop)["webhook-signature"].replace("v1,", "v1a,")),
        PLACED,
    ),
    "301 seconds old": lambda shop: (signed(shop, now=time.time() - 301), PLACED),
    "301 seconds ahead": lambda shop: (signed(shop, now=time.time() + 302), PLACED),
    "replayed after six minutes": lambda shop: (signed(shop, now=time.time() - 360), PLACED),
    "a timestamp that is no number": lambda shop: (signed(shop, webhook_timestamp="soon"), PLACED),
    "a timestamp in other digits": lambda shop: (signed(shop, webhook_timestamp="１７"), PLACED),
    "a timestamp of a thousand digits": lambda shop: (signed(shop, webhook_timestamp="9" * 1000), PLACED),
    "latin letters in the signature": lambda shop: (signed(shop, webhook_signature="v1,äöü é"), PLACED),
    "the secret of another shop": lambda shop: (signed(shop, secret=other_secret()), PLACED),
    "the eleventh signature": lambda shop: (
        signed(shop, webhook_signature="v1,x " * 10 + signed(shop)["webhook-signature"]),
        PLACED,
    ),
    "two hundred signatures": lambda shop: (signed(shop, webhook_signature="v1,x " * 200), PLACED),
    "an empty body with an old signature": lambda shop: (signed(shop), b""),
    "not even JSON": lambda shop: (signed(shop), b"\xff["),
}


def other_secret():
    return make_shop(secret=True, preset=False).hook_secrets.get().secret


@pytest.mark.parametrize("case", BAD)
@pytest.mark.usefixtures("nothing_stored")
def test_a_bad_signature_gets_one_same_answer_and_leaves_nothing(case, shop, client):
    with mock.patch("hooks.views.read", side_effect=AssertionError("parsed before it was proved")):
        response = send(client, shop.code, *BAD[case](shop))
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"]
    assert problem(response) == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "The signature does not prove this message.",
        "instance": f"/hooks/{shop.code}/",
        "code": "signature",
    }


@pytest.mark.usefixtures("nothing_stored")
def test_no_shop_a_closed_shop_and_a_bad_signature_cannot_be_told_apart(client, shop):
    closed = make_shop(secret=True, preset=False, active=False)
    silent = make_shop(preset=False)  # no secret at all
    codes = [shop.code, closed.code, silent.code, "nobody", "没有这家店"]
    secret = closed.hook_secrets.get().secret
    answers = [send(client, code, signed(shop, secret=secret)) for code in codes]
    assert {a.status_code for a in answers} == {401}
    bodies = [{k: v for k, v in problem(a).items() if k != "instance"} for a in answers]
    assert all(body == bodies[0] for body in bodies)
    assert len({tuple(sorted(a.headers)) for a in answers}) == 1


def test_where_no_shop_answers_the_same_work_is_done(client, shop, monkeypatch):
    calls = []
    plain = signature._signature
    monkeypatch.setattr(signature, "_signature", lambda *a: calls.append(1) or plain(*a))
    ENDPOINTS.get("warm")
    headers = signed(shop, secret=other_secret())
    ENDPOINTS.get("warm")
    calls.clear()
    send(client, "nobody", headers)
    nobody = len(calls)
    calls.clear()
    send(client, shop.code, headers)
    assert len(calls) == nobody >= 1


def test_of_two_signatures_the_second_may_be_ours(client, shop):
    both = "v1,bm90IG91cnM= " + signed(shop)["webhook-signature"]
    assert send(client, shop.code, signed(shop, webhook_signature=both)).status_code == 202


def test_while_a_secret_is_rotated_both_sign(client, shop):
    old = shop.hook_secrets.get()
    new = hook_secrets.rotate(shop, timezone.now())
    assert send(client, shop.code, signed(shop, secret=old.secret, name="a")).status_code == 202
    assert send(client, shop.code, signed(shop, secret=new.secret, name="b")).status_code == 202
    assert sorted(Inbox.objects.values_list("signed_with", flat=True)) == sorted([old.pk, new.pk])


def test_a_retired_secret_signs_no_more(client, shop):
    old = shop.hook_secrets.get().secret
    hook_secrets.rotate(shop, timezone.now(), overlap=timedelta())
    assert send(client, shop.code, signed(shop, secret=old)).status_code == 401


def test_a_shop_made_a_moment_ago_is_known_at_once(client, shop, monkeypatch):
    assert send(client, "late", signed(shop)).status_code == 401
    late = make_shop("late", secret=True, preset=False)
    monkeypatch.setattr("hooks.endpoints.AGAIN", 0.0)
    assert send(client, "late", signed(late)).status_code == 202


def test_guessing_addresses_costs_few_reads(client, shop, django_assert_max_num_queries):
    headers = signed(shop, secret=other_secret())
    ENDPOINTS.forget()
    with django_assert_max_num_queries(6):  # two queries a read
        for i in range(20):
            send(client, f"guess-{i}", headers)


@pytest.mark.parametrize("seconds", [-299, 299])
def test_within_five_minutes_a_timestamp_is_fresh(client, shop, seconds):
    assert send(client, shop.code, signed(shop, now=time.time() + seconds)).status_code == 202


# --- what is sent -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head", "options", "trace"])
@pytest.mark.usefixtures("nothing_stored")
def test_only_post_is_allowed(client, shop, method):
    response = getattr(client, method)(f"/hooks/{shop.code}/")
    assert response.status_code == 405
    assert response.headers["Allow"] == "POST"


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml",
     "application/json; charset=gbk", "text/json"],
)  # fmt: skip
@pytest.mark.usefixtures("nothing_stored")
def test_another_media_type_is_refused(client, shop, kind):
    response = send(client, shop.code, signed(shop), kind=kind)
    assert (response.status_code, problem(response)["code"]) == (415, "media-type")


def test_the_charset_may_be_said(client, shop):
    assert send(client, shop.code, signed(shop), kind='application/json; charset="UTF-8"').status_code == 202


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "zstd"])
@pytest.mark.usefixtures("nothing_stored")
def test_a_compressed_body_is_refused_unopened(client, shop, encoding):
    body = gzip.compress(PLACED)
    response = send(client, shop.code, {**signed(shop, body), "content-encoding": encoding}, body)
    assert (response.status_code, problem(response)["code"]) == (415, "content-encoding")


@pytest.mark.usefixtures("nothing_stored")
def test_more_than_256_kib_is_refused(client, shop):
    body = b'{"type": "' + b"x" * MOST_BYTES + b'"}'
    response = send(client, shop.code, signed(shop, body), body)
    assert (response.status_code, problem(response)["code"]) == (413, "too-large")


def test_exactly_256_kib_are_read(post):
    data = placed("A1")
    spare = MOST_BYTES - len(hook_body("order.placed", **data, more=""))
    body = hook_body("order.placed", **data, more="x" * spare)
    assert len(body) == MOST_BYTES
    assert post(body).status_code == 202


class Endless:
    """A chunked body without an end; counts what was read of it."""

    def __init__(self):
        self.given = 0

    def read(self, size=-1):
        assert size > 0, "would never end"
        self.given += size
        return b"[" * size


@pytest.mark.usefixtures("nothing_stored")
def test_an_endless_body_is_read_to_the_limit_only(shop, rf):
    request = rf.post("/hooks/x/", b"", content_type="application/json", headers={"transfer-encoding": "chunked"})
    request.META["wsgi.input"] = endless = Endless()
    request.META.pop("CONTENT_LENGTH", None)
    assert receive(request, shop.code).status_code == 413
    assert endless.given == MOST_BYTES + 1


def test_a_chunked_body_is_taken(shop, rf):
    headers = {**signed(shop), "transfer-encoding": "chunked"}
    request = rf.post("/hooks/x/", b"x", content_type="application/json", headers=headers)
    request.META["wsgi.input"] = io.BytesIO(PLACED)
    request.META.pop("CONTENT_LENGTH", None)
    assert receive(request, shop.code).status_code == 202


@pytest.mark.parametrize("length", ["-1", "x", "", "99999999999999999999", str(len(PLACED) - 1)])
@pytest.mark.usefixtures("nothing_stored")
def test_a_content_length_that_lies_is_no_error_of_ours(client, shop, length):
    response = client.post(
        f"/hooks/{shop.code}/", PLACED, content_type="application/json", headers=signed(shop), CONTENT_LENGTH=length
    )
    assert response.status_code in (400, 401, 413)
    problem(response)


# --- broken JSON: nothing is kept -------------------------------------------------------------------------------------
BROKEN = {
    "empty": (b"", "malformed-json"),
    "no JSON": (b"hello", "malformed-json"),
    "cut off": (PLACED[:-1], "malformed-json"),
    "something behind": (PLACED + b"x", "malformed-json"),
    "a byte order mark": (b"\xef\xbb\xbf" + PLACED, "malformed-json"),
    "UTF-16": (PLACED.decode().encode("utf-16"), "malformed-json"),
    "GBK": (PLACED.decode().encode("gbk"), "malformed-json"),
    "an overlong slash": (b'{"type": "\xc0\xaf"}', "malformed-json"),
    "a raw surrogate": (b'{"type": "\xed\xa0\x80"}', "malformed-json"),
    "a raw control character": (b'{"type": "\x01"}', "malformed-json"),
    "NaN": (b'{"type": NaN}', "malformed-json"),
    "Infinity": (b'{"type": -Infinity}', "malformed-json"),
    "1e400": (b'{"type": 1e400}', "malformed-json"),
    "-1e400 in an unknown field": (PLACED[:-1] + b', "x": -1e400}', "malformed-json"),
    "an integer of 5000 digits": (b'{"type": ' + b"9" * 5000 + b"}", "malformed-json"),
    "single quotes": (b"{'type': 1}", "malformed-json"),
    "a comment": (b'{"type": 1} // x', "malformed-json"),
    "a trailing comma": (b'{"type": 1,}', "malformed-json"),
    "33 levels": (b'{"a":' + b"[" * 32 + b"]" * 32 + b"}", "too-deep"),
    "100 000 open brackets": (b"[" * 100_000, "too-deep"),
    "100 000 objects": (b'{"a":' * 50_000, "too-deep"),
    "100 000 levels, closed": (b"[" * 100_000 + b"]" * 100_000, "too-deep"),
    "NUL in a text": (PLACED.replace(b"b-1", b"b\\u0000"), "bad-text"),
    "half a pair": (PLACED.replace(b"b-1", b"\\ud83d"), "bad-text"),
    "the other half": (PLACED.replace(b"b-1", b"\\uDE00x"), "bad-text"),
    "half a pair in a key": (PLACED[:-1] + b', "\\ud83d": 1}', "bad-text"),
    "NUL in an unknown field": (PLACED[:-1] + b', "x": ["\\u0000"]}', "bad-text"),
    "a key twice": (PLACED[:-1] + b', "type": "order.paid"}', "duplicate-key"),
    "a key twice, escaped": (PLACED[:-1] + b', "typ\\u0065": "order.paid"}', "duplicate-key"),
}


@pytest.mark.parametrize("case", BROKEN)
@pytest.mark.usefixtures("nothing_stored")
def test_what_is_no_json_of_one_meaning_is_refused(post, case):
    body, code = BROKEN[case]
    response = post(body)
    assert (response.status_code, problem(response)["code"]) == (400, code)


def test_a_key_said_twice_is_pointed_at(post):
    body = hook_body("order.placed", **placed()).replace(b'"sku": "S-2"', b'"sku": "S-2", "sku": "S-3"')
    errors = problem(post(body))["errors"]
    assert [e["pointer"] for e in errors] == ["/data/lines/1/sku"]


@pytest.mark.parametrize("text", ["\\u0000 spelt out", "pairs 😀", "a bracket [ { in a text", '"quoted \\" ["', "汉字"])
def test_texts_that_only_look_bad_are_taken(post, text):
    assert post(hook_body("order.placed", **placed(buyer_note=text))).status_code == 202
    escaped = json.dumps(
        {"type": "order.placed", "timestamp": AT.isoformat(), "data": placed(buyer_note=text)}
    ).encode()
    assert post(escaped).status_code == 202


def test_32_levels_are_read(post):
    assert post(PLACED[:-1] + b', "x":' + b"[" * 31 + b"]" * 31 + b"}").status_code == 202


# --- not the event that it says: kept as rejected ---------------------------------------------------------------------
def data(**changes):
    return hook_body("order.placed", **placed("A1", **changes))


def line(**changes):
    base = placed()["lines"]
    return data(lines=[{**base[0], **changes}, base[1]])


def without(name):
    return hook_body("order.placed", **{k: v for k, v in placed("A1").items() if k != name})


REJECTED = {
    "an array": (b"[]", "validation", None),
    "a text": (b'"order.placed"', "validation", None),
    "null": (b"null", "validation", None),
    "no type": (b'{"timestamp": "2026-11-20T10:00:00Z", "data": {}}', "validation", "/type"),
    "a type that is a number": (b'{"type": 1, "timestamp": "2026-11-20T10:00:00Z", "data": {}}', "validation", "/type"),
    "no timestamp": (b'{"type": "order.paid", "data": {"number": "A1"}}', "validation", "/timestamp"),
    "data is a list": (hook_body("order.paid").replace(b"{}", b"[]"), "validation", "/data"),
    "no number": (without("number"), "validation", "/data/number"),
    "no lines": (without("lines"), "validation", "/data/lines"),
    "no total": (without("total"), "validation", "/data/total"),
    "empty lines": (data(lines=[], total="10.00"), "validation", "/data/lines"),
    "a number of another type": (data(number=5), "validation", "/data/number"),
    "a number of two lines": (data(number="A\r\nX-Evil: 1"), "validation", "/data/number"),
    "a number without end": (data(number="9" * 65), "validation", "/data/number"),
    "a payment of another kind": (data(payment="shells"), "validation", "/data/payment"),
    "a time without offset": (data(placed_at="2026-11-20T10:00:00"), "validation", "/data/placed_at"),
    "a time of another century": (data(placed_at="0001-01-01T00:00:00+14:00"), "validation", "/data/placed_at"),
    "a time that is a number": (data(placed_at=1763632800), "validation", "/data/placed_at"),
    "occurred_at without offset": (data(occurred_at="2026-11-20 10:00"), "validation", "/data/occurred_at"),
    "a version below zero": (data(version=-1), "validation", "/data/version"),
    "quantity 0": (line(quantity=0), "validation", "/data/lines/0/quantity"),
    "quantity 1.5": (line(quantity=1.5), "validation", "/data/lines/0/quantity"),
    "quantity true": (line(quantity=True), "validation", "/data/lines/0/quantity"),
    "quantity as a text": (line(quantity="1"), "validation", "/data/lines/0/quantity"),
    "a gift that is a text": (line(gift="yes"), "validation", "/data/lines/0/gift"),
    "one line twice": (line(line="2"), "validation", "/data/lines"),
    "another currency": (data(currency="USD"), "currency", "/data/currency"),
    "sums that do not add up": (data(total="259.01"), "inconsistent", "/data/total"),
    "cash on delivery that does not add up": (data(payment="cod", total="0.00"), "inconsistent", "/data/total"),
    "another shop": (data(shop_id="other"), "shop-mismatch", "/data/shop_id"),
    "another shop in the envelope": (
        json.dumps({**json.loads(PLACED), "shop_id": "other"}).encode(),
        "shop-mismatch",
        "/shop_id",
    ),
    "shipped without a parcel": (hook_body("order.shipped", number="A1", parcels=[]), "validation", "/data/parcels"),
    "shipped without a carrier": (
        hook_body("order.shipped", number="A1", parcels=[{"tracking_number": "SF1"}]),
        "validation",
        "/data/parcels/0/carrier",
    ),
    "closed for no known reason": (hook_body("order.closed", number="A1", reason="whim"), "validation", "/data/reason"),
    "tracked to nowhere": (
        hook_body("parcel.tracked", carrier="SF", tracking_number="SF1", state="moon"),
        "validation",
        "/data/state",
    ),
    "a refund of 0": (hook_body("refund.succeeded", key="RF1", amount="0.00"), "validation", "/data/amount"),
    "a deadline at no time": (
        hook_body("deadline.changed", flow="order", number="A1", clock="ship"),
        "validation",
        "/data/due_at",
    ),
} | {
    f"an amount {amount!r}": (data(freight=amount), "validation", "/data/freight")
    for amount in ["-1", "-0.00", "1.234", "1e3", "１.００", "1,00", "", " 1", "1 ", ".5", "1.", "+1", "0x1", "01",
                   "1000000000000.01", "9999999999999", "NaN", 10, 10.5, None, True, ["1"], "1\n"]
}  # fmt: skip


@pytest.mark.parametrize("case", REJECTED)
def test_a_good_signature_over_the_wrong_content_is_kept_as_rejected(post, case):
    body, code, pointer = REJECTED[case]
    response = post(body, id="m")
    told = problem(response)
    assert (response.status_code, told["code"]) == (422, code)
    assert [e["pointer"] for e in told.get("errors", [])] == ([pointer] if pointer else [])
    row = the_row()
    assert (row.outcome, row.rings_at, bytes(row.body)) == ("rejected", None, body)
    assert row.why.startswith(code)
    again = post(body, id="m")
    assert (again.status_code, problem(again)) == (422, told)
    assert the_row().pk == row.pk


def test_a_rejection_repeats_no_value(post):
    secretly = "13912345678"
    for body in (
        data(payment=secretly),
        data(number=f"{secretly}\n"),
        data(freight=secretly + "x"),
        data(currency="139"),
    ):
        response = post(body)
        assert response.status_code == 422
        assert secretly not in response.content.decode()
    assert not [row for row in Inbox.objects.all() if secretly in row.why]


def test_a_rejected_id_with_another_body_is_a_conflict(post):
    post(data(total="1.00"), id="m")
    assert post(PLACED, id="m").status_code == 409
    assert the_row().outcome == "rejected"


def test_a_known_id_with_an_invalid_body_is_a_conflict(post):
    post(PLACED, id="m")
    assert post(data(total="1.00"), id="m").status_code == 409
    assert the_row().outcome == ""


@pytest.mark.parametrize("amount", ["0", "0.0", "0.00", "9.9", "1000000000000.00"])
def test_an_amount_of_at_most_two_places_up_to_a_trillion_is_taken(post, amount):
    total = str(Decimal("249.00") + Decimal(amount))
    limit = (
        {"freight": "10.00", "total": "259.00", "ship_by": None}
        if len(amount) > 9
        else {"freight": amount, "total": total}
    )
    assert post(data(**limit)).status_code == 202
    assert post(hook_body("order.paid", number="A1", amount=amount)).status_code == 202


def test_its_own_shop_may_be_named(post, shop):
    assert post(data(shop_id=shop.code, currency="CNY")).status_code == 202


# --- the database, the rate -------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("nothing_stored")
def test_while_the_database_is_away_the_sender_is_asked_to_come_back(post, shop):
    ENDPOINTS.get(shop.code)
    with mock.patch("hooks.views.store", side_effect=OperationalError("gone")):
        response = post(PLACED)
    assert (response.status_code, problem(response)["code"]) == (503, "unavailable")
    assert int(response.headers["Retry-After"]) > 0


@pytest.mark.usefixtures("nothing_stored")
def test_while_the_database_is_away_nobody_is_told_that_a_signature_is_bad(post):
    with mock.patch.object(ENDPOINTS, "_load", side_effect=OperationalError("gone")):
        assert post(PLACED).status_code == 503


@pytest.mark.usefixtures("nothing_stored")
def test_even_a_bug_is_no_500_and_says_nothing(post, caplog):
    with mock.patch("hooks.platforms.native.translate.convert", side_effect=RecursionError("13912345678")):
        response = post(PLACED)
    assert (response.status_code, problem(response)["code"]) == (503, "unavailable")
    assert "13912345678" not in response.content.decode()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_in_the_pause_loses_no_message():
    shop = make_shop(secret=True, preset=False)
    headers = signed(shop)
    assert ENDPOINTS.get(shop.code).shop == shop.pk
    with psycopg.connect(**connection.get_connection_params() | {"autocommit": True}) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    request = RequestFactory().post("/hooks/x/", PLACED, "application/json", headers=headers)
    assert receive(request, shop.code).status_code == 202
    assert Inbox.objects.count() == 1


def test_a_refusal_writes_nothing_into_the_log(client, shop, caplog):
    for headers in ({}, signed(shop, webhook_timestamp="1")):
        assert send(client, shop.code, headers).status_code == 401
    assert client.get(f"/hooks/{shop.code}/").status_code == 405
    assert not caplog.records


def test_above_the_shops_rate_messages_wait_and_other_shops_do_not(post, client, monkeypatch):
    monkeypatch.setattr("hooks.views.GOOD", Buckets(rate=0.01, burst=3))
    assert [post().status_code for _ in range(3)] == [202] * 3
    response = post()
    assert (response.status_code, problem(response)["code"]) == (429, "rate-limited")
    assert 0 < int(response.headers["Retry-After"]) <= 100
    assert Inbox.objects.count() == 3
    assert post_hook(client, make_shop(secret=True, preset=False), PLACED).status_code == 202


def test_many_bad_signatures_are_slowed_down_and_good_ones_are_not(post, client, shop, monkeypatch):
    monkeypatch.setattr("hooks.views.BAD", Buckets(rate=0.01, burst=3))
    assert [send(client, shop.code, {}).status_code for _ in range(5)] == [401] * 3 + [429] * 2
    assert send(client, "nobody", {}).status_code == 429
    assert post().status_code == 202


def test_a_bucket_fills_again_and_its_memory_is_bounded(monkeypatch):
    now = [0.0]
    monkeypatch.setattr("hooks.buckets.time.monotonic", lambda: now[0])
    bucket = Buckets(rate=2, burst=2, most=3)
    assert [bucket.take("a") for _ in range(3)] == [0, 0, 0.5]
    now[0] = 0.5
    assert [bucket.take("a") for _ in range(2)] == [0, 0.5]
    for key in range(100):
        bucket.take(key)
    assert len(bucket._left) <= 3


def test_the_bell_is_rung_after_a_new_message_and_not_after_a_known_one(post, django_capture_on_commit_callbacks):
    with mock.patch("hooks.tasks.BELL.ring") as ring:
        for _ in range(2):
            with django_capture_on_commit_callbacks(execute=True):
                post(PLACED, id="m")
    ring.assert_called_once()


# --- concurrency ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_of_the_same_id_at_once_one_is_new_and_the_others_are_duplicates():
    shop = make_shop(secret=True, preset=False)
    headers = sign(shop.hook_secrets.get().secret, "m", int(time.time()), PLACED)
    answers, barrier = [], threading.Barrier(8)

    def one():
        try:
            barrier.wait()
            answers.append(send(Client(), shop.code, headers).status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200] * 7 + [202]
    assert Inbox.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_message_is_stored_by_one_statement(django_assert_num_queries):
    shop = make_shop(secret=True, preset=False)
    headers = signed(shop)
    ENDPOINTS.get(shop.code)
    with django_assert_num_queries(1):
        assert send(Client(), shop.code, headers).status_code == 202
    with django_assert_num_queries(2):
        assert send(Client(), shop.code, headers).status_code == 200
