"""A page that is not there, or not one's own, says so in words of the house."""

from django.template.loader import render_to_string
from django.test import Client


def test_what_the_role_does_not_have_is_told_in_words_with_a_way_back(sits):
    answer = sits("agent").get("/admin/shops/policy/add/")
    assert answer.status_code == 403
    assert "没有权限" in answer.content.decode()
    assert 'href="/admin/"' in answer.content.decode()


def test_an_address_that_is_not_there_is_told_in_words(db, settings):
    settings.DEBUG = False
    answer = Client().get("/nothing")
    assert answer.status_code == 404
    assert "没有这个页面" in answer.content.decode()


def test_the_page_of_an_error_needs_nothing_of_the_request():
    assert "出错了" in render_to_string("500.html")
