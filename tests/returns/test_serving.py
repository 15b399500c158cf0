"""Files of a case go to who may see it, harmless to whoever opens them; to anybody else they are not there."""

import pytest
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from returns import store
from returns.models import Evidence
from returns.store import files
from shops import policy
from tests.factories import make_member, make_shop
from tests.returns.files import PDF, image, upload


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def photo(hands):
    hands.signed()
    ret = hands.ask()
    return store.keep(
        ret, upload(image(size=(900, 600)), '照片"一\r\n.jpg'), giver="customer", by="page", at=timezone.now()
    )


def desk(shop=None, *roles):
    client = Client()
    if shop is not None:
        client.force_login(make_member(shop, *roles).user)
    return client


def address(e, **query):
    found = reverse("admin:returns_return_evidence", args=[e.of_id, e.pk])
    return found + ("?size=small" if query else "")


def is_locked_up(response):
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    policies = [part.strip() for part in response["Content-Security-Policy"].split(",")]
    assert "sandbox" in policies
    assert any("default-src 'none'" in part for part in policies)


@pytest.mark.parametrize("role", ["agent", "auditor", "warehouse", "lead"])
def test_a_photo_is_shown_in_place_to_everybody_of_the_shop(hands, photo, role):
    response = desk(hands.shop, role).get(address(photo))
    assert (response.status_code, response["Content-Type"]) == (200, "image/jpeg")
    assert b"".join(response.streaming_content) == files.path_of(photo.file).read_bytes()
    is_locked_up(response)
    assert response["Content-Disposition"].startswith("inline; filename")
    assert "\r" not in response["Content-Disposition"]


def test_its_thumbnail_is_small(hands, photo):
    response = desk(hands.shop).get(address(photo, size="small"))
    body = b"".join(response.streaming_content)
    assert response["Content-Type"] == "image/jpeg"
    assert len(body) < photo.size
    is_locked_up(response)


def test_a_document_is_saved_and_never_shown(hands, photo):
    policy.edit(hands.shop, {"after_sales": {"files_taken": ["document"]}}, "lily", timezone.now())
    e = store.keep(photo.of, upload(PDF, "page.html"), giver="agent", by="amy", at=timezone.now())
    response = desk(hands.shop).get(address(e))
    assert (response["Content-Type"], response["Content-Disposition"]) == (
        "application/pdf", 'attachment; filename="page.pdf"',
    )  # fmt: skip
    is_locked_up(response)


def test_to_anybody_else_it_is_not_there(hands, photo):
    stranger = make_member(make_shop()).user
    client = Client()
    assert client.get(address(photo)).status_code == 404
    client.force_login(stranger)
    assert client.get(address(photo)).status_code == 404
    customer = Client()
    customer.force_login(make_member(hands.shop).user.__class__.objects.create_user("nobody", password="x"))
    assert customer.get(address(photo)).status_code == 404
    for path in (f"/media/evidence/{photo.file}", f"/static/{photo.file}", f"/{photo.file}", f"/evidence/{photo.file}"):
        assert desk(hands.shop).get(path).status_code == 404


def test_another_returns_address_does_not_find_it(hands, photo):
    hands.signed("A2")
    other = hands.ask("A2")
    url = reverse("admin:returns_return_evidence", args=[other.pk, photo.pk])
    assert desk(hands.shop).get(url).status_code == 404


def test_after_erasure_and_without_its_file_it_is_not_there(hands, photo):
    request = RequestFactory().get("/")
    files.remove(photo.file)
    with pytest.raises(Http404):
        store.answer(photo, request)
    photo.erased_at = timezone.now()
    with pytest.raises(Http404):
        store.answer(photo, request)
    Evidence.objects.filter(pk=photo.pk).update(erased_at=timezone.now())
    assert desk(hands.shop).get(address(photo)).status_code == 404


def test_words_have_no_file(hands, photo):
    words = store.keep_words(photo.of, "坏了", giver="customer", by="page", at=timezone.now())
    assert desk(hands.shop).get(address(words)).status_code == 404
