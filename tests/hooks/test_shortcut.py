"""Hooks pass by the middleware that is for people, and miss nothing of it."""

import pytest
from django.test import Client

from hooks.models import Inbox
from tests.factories import hook_body, make_shop, placed, post_hook

pytestmark = pytest.mark.django_db


def test_an_answer_says_its_length_so_that_the_connection_stays_open():
    response = post_hook(Client(), make_shop(secret=True), hook_body("order.placed", **placed()))
    assert response.status_code == 202
    assert response["Content-Length"] == str(len(response.content))


def test_an_answer_carries_the_headers_of_every_answer_and_no_session():
    response = post_hook(Client(), make_shop(secret=True), hook_body("order.placed", **placed()))
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "Content-Security-Policy" in response
    assert "Set-Cookie" not in response


def test_a_host_that_is_not_ours_is_refused_and_nothing_is_kept(settings):
    settings.ALLOWED_HOSTS = ["desk.example"]
    response = post_hook(Client(), make_shop(secret=True), hook_body("order.placed", **placed()), host="evil.example")
    assert response.status_code == 400
    assert not Inbox.objects.exists()
