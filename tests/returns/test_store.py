"""Evidence: what is taken, what becomes of it, what is refused and leaves nothing behind."""

import hashlib
import io
import os
import re
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from PIL import Image

from flows.effects import Refused
from returns import store
from returns.models import Evidence
from returns.store import files, limits, photos
from shops import policy
from tests.returns.files import (
    MOV,
    MP4,
    NO_PHOTO,
    PDF,
    SECRET,
    WEBM,
    bomb,
    hidden_in_a_chunk,
    image,
    polyglot,
    upload,
    with_gps,
)


@pytest.fixture
def ret(hands):
    hands.signed()
    return hands.ask()


@pytest.fixture(autouse=True)
def media(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def keep(ret, body, name="IMG_0001.jpg", kind="image/jpeg", **how):
    how = {"giver": "customer", "by": "page", "at": timezone.now(), **how}
    return store.keep(ret, upload(body, name, kind), **how)


def stored(media):
    return sorted(p.relative_to(media).as_posix() for p in media.rglob("*") if p.is_file())


def refused(ret, body, media, code="not-an-image", **how):
    before = (list(Evidence.objects.values_list("pk", flat=True)), stored(media))
    with pytest.raises(store.NotKept) as no:
        keep(ret, body, **how)
    assert no.value.code == code
    assert re.search(r"[\u4e00-\u9fff]", no.value.why)
    assert (list(Evidence.objects.values_list("pk", flat=True)), stored(media)) == before
    return no.value


# ---- what is taken
@pytest.mark.parametrize(
    ("kind", "ending", "mime"),
    [("JPEG", "jpg", "image/jpeg"), ("PNG", "png", "image/png"), ("WEBP", "webp", "image/webp")],
)
def test_a_photo_is_redrawn_and_kept_under_a_name_that_nobody_guesses(ret, media, kind, ending, mime):
    body = image(kind)
    e = keep(ret, body, words=" 盒子破了 ", stage="application")
    assert (e.kind, e.mime, e.width, e.height, e.words, e.giver, e.by) == (
        "photo", mime, 64, 48, "盒子破了", "customer", "page",
    )  # fmt: skip
    assert e.sha256 == hashlib.sha256(body).hexdigest()
    assert re.fullmatch(rf"([0-9a-f]{{2}})/\1[0-9a-f]{{30}}\.{ending}", e.file)
    written = files.path_of(e.file).read_bytes()
    assert (len(written), hashlib.sha256(written).hexdigest()) == (e.size, e.stored_sha256)
    assert stored(media) == sorted([f"evidence/{e.file}", f"evidence/{files.small_of(e.file)}"])
    assert files.path_of(e.file).stat().st_mode & 0o077 == 0


def test_where_a_photo_was_taken_and_by_whom_goes_and_it_stands_upright(ret):
    body = with_gps(size=(80, 60), orientation=6)
    assert SECRET in body
    e = keep(ret, body)
    assert (e.width, e.height) == (60, 80)
    for name in (e.file, files.small_of(e.file)):
        raw = files.path_of(name).read_bytes()
        assert SECRET not in raw
        assert b"KefuPhone" not in raw
        assert b"Exif" not in raw
        assert not Image.open(io.BytesIO(raw)).getexif()


@pytest.mark.parametrize("body", [polyglot(), hidden_in_a_chunk()])
def test_what_hides_in_a_photo_does_not_come_through(ret, body):
    e = keep(ret, body)
    raw = files.path_of(e.file).read_bytes()
    assert b"<script" not in raw
    assert SECRET not in raw
    assert Image.open(io.BytesIO(raw)).format == "PNG"


def test_neither_name_nor_said_type_decides(ret):
    e = keep(ret, image("PNG"), name="../../etc/page.html\x00\u202egpj.exe", kind="text/html")
    assert (e.kind, e.mime, e.file.rpartition(".")[2]) == ("photo", "image/png", "png")
    assert e.name == "page.htmlgpj.exe"


def test_a_broken_exif_spoils_no_photo(ret):
    body = image()
    broken = body[:2] + b"\xff\xe1\x00\x10Exif\x00\x00" + b"\xff" * 8 + body[2:]
    assert keep(ret, broken).width == 64


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16", "CMYK"])
def test_every_kind_of_pixel_becomes_a_photo(ret, mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert keep(ret, image(kind, mode=mode)).width == 64


def test_a_large_photo_is_kept_smaller(ret):
    e = keep(ret, image(size=(6000, 3000)))
    assert (e.width, e.height) == (4096, 2048)


# ---- what is none
@pytest.mark.parametrize("what", NO_PHOTO)
def test_what_does_not_decode_as_a_photo_is_refused(ret, media, what):
    assert refused(ret, NO_PHOTO[what], media).status == 400


def test_a_bomb_is_not_unpacked(ret, media):
    body = bomb()
    assert len(body) < 100_000
    begun = time.thread_time()
    assert "像素" in refused(ret, body, media).why
    assert time.thread_time() - begun < 1


def test_a_decoder_that_breaks_is_the_files_fault(ret, media, monkeypatch):
    def breaks(*args, **kwargs):
        raise RecursionError

    monkeypatch.setattr(photos.Image, "open", breaks)
    refused(ret, image(), media)


def test_more_than_10_mb_is_refused(ret, media):
    assert refused(ret, image() + b"\0" * limits.MOST_BYTES, media, "too-large").status == 413


# ---- videos and documents
@pytest.mark.parametrize(
    ("body", "kind", "mime"),
    [
        (MP4, "video", "video/mp4"),
        (MOV, "video", "video/quicktime"),
        (WEBM, "video", "video/webm"),
        (PDF, "document", "application/pdf"),
    ],
)
def test_videos_and_documents_are_kept_as_they_came_where_the_shop_takes_them(hands, ret, media, body, kind, mime):
    assert "PDF" not in refused(ret, body, media).why
    policy.edit(hands.shop, {"after_sales": {"files_taken": [kind]}}, "lily", timezone.now())
    e = keep(ret, body, name="a.jpg")
    assert (e.kind, e.mime, e.size) == (kind, mime, len(body))
    assert files.path_of(e.file).read_bytes() == body
    assert stored(media) == [f"evidence/{e.file}"]


def test_a_shop_cannot_take_what_nobody_knows(hands):
    with pytest.raises(policy.PolicyError):
        policy.edit(hands.shop, {"after_sales": {"files_taken": ["executable"]}}, "lily", timezone.now())


# ---- how many, when
def test_the_same_photo_again_is_the_one_that_is_there(ret, media):
    one = keep(ret, image())
    before = stored(media)
    assert keep(ret, image()).pk == one.pk
    assert stored(media) == before
    assert keep(ret, image(), giver="agent").pk != one.pk


def test_a_return_takes_so_much_and_no_more(ret, media, monkeypatch):
    monkeypatch.setattr("returns.store.kept.MOST_PIECES", 2)
    keep(ret, image(size=(10, 10)))
    keep(ret, image(size=(11, 11)))
    assert refused(ret, image(size=(12, 12)), media, "quota").status == 400


def test_a_return_holds_so_many_bytes_and_no_more(ret, media, monkeypatch):
    monkeypatch.setattr("returns.store.kept.MOST_KEPT", 1000)
    keep(ret, image(size=(10, 10)))
    refused(ret, image(size=(300, 300), mode="RGB"), media, "quota")


def test_a_closed_return_takes_nothing(hands, ret, media):
    hands.take(ret, "withdraw", "customer")
    assert refused(ret, image(), media, "closed").status == 409
    with pytest.raises(store.NotKept):
        store.keep_words(hands.ret(ret.number), "还有话说", giver="customer", by="page", at=timezone.now())
    assert not Evidence.objects.exists()


def test_one_that_closes_meanwhile_takes_nothing_either(hands, ret, media):
    seen = hands.ret(ret.number)
    hands.take(ret, "withdraw", "customer")
    assert seen.state == "requested"
    refused(seen, image(), media, "closed")


def test_words_alone_are_evidence_too(ret):
    e = store.keep_words(ret, " 收到就是坏的 ", giver="customer", by="page", at=timezone.now())
    assert (e.kind, e.words, e.file) == ("words", "收到就是坏的", "")
    for bad in ("  ", "a" * 2001, "a\0b", "\ud800"):
        with pytest.raises(store.NotKept):
            store.keep_words(ret, bad, giver="customer", by="page", at=timezone.now())
    assert Evidence.objects.count() == 1


def test_all_of_a_request_or_none(ret, media):
    some = [upload(image(size=(10, 10))), upload(b"no photo"), upload(image(size=(12, 12)))]
    with pytest.raises(store.NotKept):
        store.keep_all(ret, some, giver="agent", by="amy", at=timezone.now())
    assert not Evidence.objects.exists()
    assert stored(media) == []
    with pytest.raises(store.NotKept) as many:
        store.keep_all(ret, [upload(image())] * 10, giver="agent", by="amy", at=timezone.now())
    assert many.value.code == "too-many-files"


def test_none_of_a_request_takes_nothing_of_an_earlier_one(ret, media):
    one = keep(ret, image(), giver="agent")
    with pytest.raises(store.NotKept):
        store.keep_all(ret, [upload(image()), upload(b"no")], giver="agent", by="amy", at=timezone.now())
    assert files.path_of(one.file).exists()


def test_a_full_disk_is_said_and_leaves_nothing(ret, media, monkeypatch):
    def full(_fd):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert refused(ret, image(), media, "unavailable").status == 503


# ---- orphans
def test_files_that_no_row_names_go_after_a_day_and_no_others(ret, media):
    named = keep(ret, image())
    lost, fresh = files.fresh_name("jpg"), files.fresh_name("png")
    for name in (lost, files.small_of(lost), fresh):
        files.write(name, b"x")
    aside = files.path_of("aa/" + "a" * 32 + ".jpg.part")
    aside.parent.mkdir(parents=True, exist_ok=True)
    aside.write_bytes(b"half")
    old = (timezone.now() - timedelta(days=2)).timestamp()
    for path in (*map(files.path_of, (lost, files.small_of(lost), named.file, files.small_of(named.file))), aside):
        os.utime(path, (old, old))
    assert store.sweep(timezone.now()) == 3
    assert stored(media) == sorted(f"evidence/{n}" for n in (named.file, files.small_of(named.file), fresh))


# ---- what a step may name
def test_a_step_names_evidence_of_its_own_return_only(hands, ret):
    hands.signed("A2")
    other = hands.ask("A2")
    mine, theirs = keep(ret, image()), keep(other, image())
    assert [e.pk for e in store.checked(ret, [mine.pk, mine.pk])] == [mine.pk]
    assert store.checked(ret, []) == []
    for keys, stage in (([theirs.pk], None), ([mine.pk, 10**9], None), ([mine.pk], "inspection")):
        with pytest.raises(Refused) as no:
            store.checked(ret, keys, stage)
        assert no.value.code == "input"


def test_a_name_never_leads_out_of_the_folder():
    for name in ("../../kefu.sqlite3", "/etc/passwd", "aa/../../../secret-key"):
        with pytest.raises(ValueError, match=r"secret|passwd|sqlite"):
            files.path_of(name)
    assert files.folder().is_relative_to(settings.MEDIA_ROOT)
