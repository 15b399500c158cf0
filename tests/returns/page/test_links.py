"""The link: it opens one return, until its day, unless it was revoked; everything else is one same friendly page."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.signing import Signer
from django.test import Client
from django.utils import timezone

from returns.models import LinkRevoked, Return, Visits
from returns.page import links, visits

from .scenes import Customer, Shop, photo, text

pytestmark = pytest.mark.django_db


def same_page(response):
    assert response.status_code == 404
    assert response["Cache-Control"] == "no-store" and response["Referrer-Policy"] == "no-referrer"
    assert "noindex" in response["X-Robots-Tag"]
    return response.content


def test_a_link_opens_its_return_and_names_nobody(shop):
    ret = shop.ret()
    url = links.make(ret, timezone.now())
    assert url.startswith(f"{settings.PUBLIC_URL}/c/")
    assert Client().get(url.removeprefix(settings.PUBLIC_URL)).status_code == 200
    for personal in (ret.number, ret.order.number, ret.order.buyer_phone, ret.order.buyer_id, shop.shop.code):
        assert personal not in url


def test_what_opens_nothing_gets_one_same_page(shop):
    ret, now = shop.ret(), timezone.now()
    good = links.token_of(ret, now)
    old = links.token_of(ret, now - links.LIVES - timedelta(seconds=1))
    links.revoke(ret, by="xiaomei", at=now)
    foreign = Signer(salt="other").sign_object([ret.pk, 0, 2**31])
    nobody = links.SIGNER.sign_object([ret.pk + 999, 0, int(now.timestamp()) + 900])
    tokens = [good, old, foreign, nobody, good[:-1], f"{good}x", "x", "x" * 5000, "%3Cscript%3E", "1.2.3"]
    pages = {same_page(Client().get(f"/c/{t}/")) for t in tokens}
    pages |= {same_page(Client().get(path)) for path in ("/c/", "/c/a/b/c/", f"/c/{good}/nothing/")}
    assert len(pages) == 1
    assert "再发一个新的链接" in pages.pop().decode()


def test_one_flipped_letter_anywhere_opens_nothing(shop):
    token = links.token_of(shop.ret(), timezone.now())
    for place in range(0, len(token), 5):
        other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert links.read(other, timezone.now()) is None


def test_a_link_expires_to_the_second(shop):
    now = timezone.now().replace(microsecond=0)
    ret = shop.ret()
    token = links.token_of(ret, now)
    assert links.read(token, links.expires(now) - timedelta(seconds=1)) == ret
    assert links.read(token, links.expires(now)) is None


def test_revoking_ends_all_links_so_far_is_logged_and_moves_nothing(shop):
    ret, now = shop.ret(), timezone.now()
    first = Customer(ret)
    links.revoke(ret, by="xiaomei", at=now)
    assert first.look().status_code == 404
    assert first.post(f"{first.address}do/withdraw/").status_code == 404
    assert Customer(ret).look().status_code == 200
    [row] = LinkRevoked.objects.all()
    assert (row.of_id, row.link, row.by, row.at) == (ret.pk, 0, "xiaomei", now)
    kept = Return.objects.get(pk=ret.pk)
    assert (kept.link, kept.version, kept.state) == (1, 1, "requested")


def test_another_returns_link_opens_only_that_one(shop):
    mine, theirs = Customer(shop.ret()), Customer(Shop(name="别家").ret())
    assert mine.ret.number not in text(theirs.look())
    photos = mine.post(f"{mine.address}photos/", {"form": proof_of(mine), "photos": photo()})
    assert photos.status_code == 201
    where = photos.json()["address"]
    assert mine.get(where).status_code == 200
    key = photos.json()["key"]
    for stranger in (theirs, Customer(shop.ret(order=mine.ret.order))):
        same_page(stranger.get(f"{stranger.address}evidence/{key}/"))
        same_page(stranger.get(f"{stranger.address}evidence/{key}/?size=small"))


def proof_of(customer):
    from returns.page.posted import proof

    return proof(customer.token)


def test_a_photo_is_served_harmlessly(shop):
    mine = Customer(shop.ret())
    where = mine.post(f"{mine.address}photos/", {"form": proof_of(mine), "photos": photo()}).json()["address"]
    answer = mine.get(where)
    assert answer["X-Content-Type-Options"] == "nosniff" and "no-store" in answer["Cache-Control"]
    assert answer["Content-Type"] == "image/jpeg" and answer["Referrer-Policy"] == "no-referrer"


def test_methods_of_other_kinds_are_refused(shop):
    mine = Customer(shop.ret())
    assert mine.put(mine.address).status_code == 405
    assert mine.post(mine.address).status_code == 405
    assert mine.get(f"{mine.address}photos/").status_code == 405
    assert mine.get(f"{mine.address}do/withdraw/").status_code == 302
    assert mine.state() == "requested"


# ---- not too often
def test_a_link_that_is_asked_for_too_often_waits(shop, monkeypatch):
    monkeypatch.setattr(visits, "MOST", {"link": 3, "address": 100, "wrong": 100})
    mine, other = Customer(shop.ret()), Customer(shop.ret())
    assert [mine.look().status_code for _ in range(5)] == [200, 200, 200, 429, 429]
    last = mine.look()
    assert 0 < int(last["Retry-After"]) <= 600 and "分钟后再试" in text(last)
    assert mine.post(f"{mine.address}do/withdraw/").status_code == 429 and mine.state() == "requested"
    assert other.look().status_code == 200


def test_an_address_that_tries_links_out_waits(shop, monkeypatch):
    monkeypatch.setattr(visits, "MOST", {"link": 100, "address": 100, "wrong": 3})
    stranger = Client()
    assert [stranger.get(f"/c/{n}/").status_code for n in range(5)] == [404, 404, 404, 429, 429]
    assert Customer(shop.ret()).look().status_code == 200  # a good link from there still opens
    assert Client(REMOTE_ADDR="203.0.113.9").get("/c/x/").status_code == 404


def test_an_address_as_a_whole_waits(shop, monkeypatch):
    monkeypatch.setattr(visits, "MOST", {"link": 100, "address": 2, "wrong": 100})
    mine = Customer(shop.ret())
    assert [mine.look().status_code for _ in range(3)] == [200, 200, 429]
    assert Customer(mine.ret, REMOTE_ADDR="2001:db8::1").look().status_code == 200


def test_a_household_of_ipv6_counts_as_one(shop, monkeypatch):
    monkeypatch.setattr(visits, "MOST", {"link": 100, "address": 2, "wrong": 100})
    ret = shop.ret()
    seen = [Customer(ret, REMOTE_ADDR=f"2001:db8::{n}").look().status_code for n in (1, 2, 3)]
    assert seen == [200, 200, 429]


def test_behind_a_proxy_the_callers_own_address_counts(shop, settings, monkeypatch):
    monkeypatch.setattr(visits, "MOST", {"link": 100, "address": 1, "wrong": 100})
    settings.BEHIND_PROXY = True
    mine = Customer(shop.ret())

    def look(told):
        return mine.get(mine.address, headers={"x-forwarded-for": told}).status_code

    assert [look("203.0.113.1"), look("203.0.113.2"), look("198.51.100.7, 203.0.113.1")] == [200, 200, 429]


def test_what_was_counted_is_forgotten_and_names_nobody(shop):
    mine = Customer(shop.ret(), REMOTE_ADDR="203.0.113.77")
    mine.look()
    assert not any(re.search(r"203|113", row.caller) and len(row.caller) < 40 for row in Visits.objects.all())
    Visits.objects.update(since=timezone.now() - timedelta(hours=1))
    mine.look()
    assert Visits.objects.filter(since__lt=timezone.now() - visits.WINDOW).count() == 0


def test_a_new_window_starts_from_nothing(db):
    at = timezone.now()
    for _n in range(visits.MOST["wrong"]):
        assert visits.too_many([("wrong", "a")], at) == 0
    assert visits.too_many([("wrong", "a")], at) > 0
    assert visits.too_many([("wrong", "a")], at + visits.WINDOW) == 0
