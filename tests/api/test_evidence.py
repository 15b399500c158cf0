"""Evidence and packs through the API: every upload of the list of bad inputs, and who sees what."""

import hashlib
import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from flows import engine
from flows.table import Who
from returns.models import Evidence, PackTaken
from returns.starting import begin
from returns.store import files
from tests.api.callers import V1, Api, is_problem, picking, take
from tests.factories import make_key, make_shop
from tests.returns.files import MP4, NO_PHOTO, SECRET, image, polyglot, upload, with_gps


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def ret(shop):
    order = picking(shop, "A1")
    take(order, "ship", "warehouse", parcels=[{"carrier": "顺丰", "tracking_number": "SF1", "lines": None}])
    made, inputs = begin(order, kind="return_refund", reason="quality", lines=[{"line": "1"}], number="A1-R1")
    return engine.start(made, who=Who.AGENT, by="amy", at=timezone.now(), inputs=inputs)


def give(api, *uploads, number="A1-R1", headers=None, **fields):
    sent = {"files": list(uploads), **fields}
    path = f"{V1}/returns/{number}/evidence/"
    return Api._told(api.client.post(path, sent, headers={**api.headers, **(headers or {})}))


def stored(media):
    return [p for p in media.rglob("*") if p.is_file()]


def refused(api, media, status, code, *uploads, **how):
    before = (Evidence.objects.count(), len(stored(media)))
    told = is_problem(give(api, *uploads, **how), status, code)
    assert (Evidence.objects.count(), len(stored(media))) == before
    return told


def test_photos_are_given_listed_and_looked_at(api, ret):
    told = give(api, upload(image()), upload(image("PNG", size=(9, 9)), "b.png"), stage="inspection", words="外箱破损")
    assert told.status_code == 201
    one, two = told.data["results"]
    assert (one["kind"], one["stage"], one["type"], one["words"], one["giver"]) == (
        "photo", "inspection", "image/jpeg", "外箱破损", "agent",
    )  # fmt: skip
    assert one["sha256"] == hashlib.sha256(image()).hexdigest()
    assert api.get("/returns/A1-R1/evidence/").data == told.data
    assert api.get("/returns/A1-R1/evidence/", {"stage": "refusal"}).data == {"results": []}
    found = api.client.get(f"{V1}/returns/A1-R1/evidence/{two['id']}/", headers=api.headers)
    assert (found.status_code, found["Content-Type"], found["Cache-Control"]) == (200, "image/png", "private, no-store")
    assert "sandbox" in found["Content-Security-Policy"]
    assert b"".join(found.streaming_content).startswith(b"\x89PNG")
    small = api.client.get(f"{V1}/returns/A1-R1/evidence/{two['id']}/?size=small", headers=api.headers)
    assert small["Content-Type"] == "image/jpeg"
    is_problem(api.get(f"/returns/A1-R1/evidence/{two['id']}/", {"size": "huge"}), 400)


@pytest.mark.parametrize("what", NO_PHOTO)
def test_what_is_no_photo_is_400(api, ret, media, what):
    refused(api, media, 400, "not-an-image", upload(NO_PHOTO[what]))


def test_too_large_is_413_too_many_and_too_much_are_400(api, ret, media, monkeypatch):
    refused(api, media, 413, "too-large", upload(image() + b"\0" * (10 * 1024 * 1024)))
    refused(api, media, 400, "too-many-files", *(upload(image(size=(n, 9))) for n in range(9, 19)))
    refused(api, media, 400, "too-many-files", *(upload(b"x") for _n in range(150)))
    monkeypatch.setattr("returns.store.kept.MOST_PIECES", 1)
    assert give(api, upload(image())).status_code == 201
    refused(api, media, 400, "quota", upload(image(size=(9, 9))))


def test_a_body_that_says_it_is_larger_than_everything_is_not_read(api, ret):
    sent = api.client.generic(
        "POST", f"{V1}/returns/A1-R1/evidence/", b"x", "multipart/form-data; boundary=b",
        headers=api.headers, CONTENT_LENGTH=str(10**9),
    )  # fmt: skip
    is_problem(sent, 413, "too-large")


def test_type_and_name_lie_and_nothing_of_the_phone_stays(api, ret):
    lying = SimpleUploadedFile("x.html", with_gps(), "text/html")
    told = give(api, lying, upload(polyglot(), "p.svg", "image/svg+xml"))
    assert [e["type"] for e in told.data["results"]] == ["image/jpeg", "image/png"]
    for e in Evidence.objects.all():
        body = files.path_of(e.file).read_bytes()
        assert SECRET not in body
        assert b"<script" not in body


def test_a_closed_return_is_409_another_shops_404(api, ret, media, other):
    strange = Api(make_key(other, roles=("agent",))[1])
    refused(strange, media, 404, "not-found", upload(image()))
    engine.take(ret, "withdraw", who=Who.CUSTOMER, by="page", at=timezone.now())
    refused(api, media, 409, "closed", upload(image()))


def test_all_of_a_request_or_nothing(api, ret, media):
    refused(api, media, 400, "not-an-image", upload(image()), upload(MP4, "film.mp4", "video/mp4"))


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"stage": "gossip"}, "validation"),
        ({"state": "closed"}, "validation"),
        ({"giver": "lead"}, "validation"),
        ({"words": "a" * 2001}, "words"),
        ({"words": "a\0b"}, "bad-text"),
    ],
)
def test_what_is_said_with_it_is_looked_at(api, ret, media, fields, code):
    refused(api, media, 400, code, upload(image()), **fields)


def test_nothing_at_all_is_400_and_json_415(api, ret, media):
    refused(api, media, 400, "words")
    is_problem(api.post("/returns/A1-R1/evidence/", {"words": "x"}), 415, "media-type")
    is_problem(api.post("/returns/A1-R1/evidence/", raw=b"--b\r\nno", kind="multipart/form-data; boundary="), 400)


def test_words_alone_are_evidence(as_role, ret):
    told = give(as_role("agent"), words="客户电话 13800138000 说是坏的")
    assert (told.status_code, told.data["results"][0]["kind"]) == (201, "words")
    assert "13800138000" not in json.dumps(told.data, ensure_ascii=False)


def test_the_same_request_again_is_the_same_answer_and_another_file_under_its_key_is_not(api, ret):
    key = {"idempotency-key": "photo-1"}
    one = give(api, upload(image()), headers=key)
    again = give(api, upload(image()), headers=key)
    assert (one.status_code, again.data, again["Idempotency-Replayed"]) == (201, one.data, "true")
    assert Evidence.objects.count() == 1
    is_problem(give(api, upload(image(size=(9, 9))), headers=key), 422)
    assert Evidence.objects.count() == 1


def test_a_refused_upload_is_refused_again_under_its_key(api, ret, media):
    key = {"idempotency-key": "photo-2"}
    for _again in range(2):
        is_problem(give(api, upload(b"no photo"), headers=key), 400, "not-an-image")
    assert stored(media) == []


def test_without_a_key_nothing_is_given_or_seen(ret, media):
    nobody = Api()
    is_problem(give(nobody, upload(image())), 401)
    for path in ("evidence/", "evidence/1/", "pack/"):
        is_problem(nobody.get(f"/returns/A1-R1/{path}"), 401)
    assert stored(media) == []


def test_a_guess_is_404(api, ret, shop, other):
    given = give(api, upload(image())).data["results"][0]["id"]
    strange = Api(make_key(other, roles=("lead",), sees_personal=True)[1])
    is_problem(strange.get(f"/returns/A1-R1/evidence/{given}/"), 404)
    is_problem(strange.get("/returns/A1-R1/pack/"), 404)
    is_problem(api.get(f"/returns/A1-R1/evidence/{given + 1}/"), 404)
    is_problem(api.get(f"/returns/A1-R1/evidence/{2**70}/"), 404)
    is_problem(api.get(f"/returns/A1-R9/evidence/{given}/"), 404)


def test_a_number_of_two_shops_asks_which(ret, shop):
    more = make_shop("more")
    order = picking(more, "A1")
    take(order, "ship", "warehouse", parcels=[{"carrier": "顺丰", "tracking_number": "SF1", "lines": None}])
    made, inputs = begin(order, kind="return_refund", reason="quality", lines=[{"line": "1"}], number="A1-R1")
    engine.start(made, who=Who.AGENT, by="amy", at=timezone.now(), inputs=inputs)
    both = Api(make_key(shop, more, roles=("agent",))[1])
    assert is_problem(both.get("/returns/A1-R1/evidence/"), 409, "ambiguous")["shops"] == ["mine", "more"]
    assert both.get("/returns/A1-R1/evidence/", {"shop": "more"}).status_code == 200


def test_looking_at_a_list_costs_the_same_for_many(api, ret, django_assert_max_num_queries):
    for n in range(5):
        give(api, upload(image(size=(9 + n, 9))))
    with django_assert_max_num_queries(6):
        assert len(api.get("/returns/A1-R1/evidence/").data["results"]) == 5


# ---- the pack
def taken(api, **query):
    response = api.client.get(f"{V1}/returns/A1-R1/pack/", query, headers=api.headers)
    assert response.status_code == 200, response.content
    return response, zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def test_a_pack_is_one_file_whose_manifest_holds(api, ret):
    give(api, upload(image()), words="外箱破损")
    response, pack = taken(api)
    assert response["Content-Type"] == "application/zip"
    assert response["Content-Disposition"] == 'attachment; filename="evidence-A1-R1.zip"'
    assert pack.testzip() is None
    assert pack.namelist() == ["summary.html", "files/01-application.jpg", "manifest.json", "manifest.json.sha256"]
    manifest = pack.read("manifest.json")
    assert pack.read("manifest.json.sha256").decode().split()[0] == hashlib.sha256(manifest).hexdigest()
    for name, said in json.loads(manifest)["files"].items():
        assert hashlib.sha256(pack.read(name)).hexdigest() == said["sha256"]
        assert len(pack.read(name)) == said["size"]
    assert response["X-Manifest-SHA256"] == PackTaken.objects.get().sha256 == hashlib.sha256(manifest).hexdigest()


def test_who_may_not_see_the_buyer_gets_a_pack_without(api, as_role, ret):
    give(api, words="请打 13800138000")
    clear = taken(api)[1].read("summary.html").decode()
    masked = taken(as_role("agent"))[1].read("summary.html").decode()
    assert "13800138000" in clear
    assert "张三丰" in clear
    assert "文三路 1 号" in clear
    for secret in ("13800138000", "张三丰", "文三路 1 号"):
        assert secret not in masked
    assert "138****8000" in masked
    assert "浙江省" in masked
    assert list(PackTaken.objects.order_by("pk").values_list("clear", flat=True)) == [True, False]
