"""Evidence becomes a row: looked at, redrawn, written to the disk, and only then known to the database."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from ..models import Dispute, Evidence, Return
from ..states import S
from ..tables import DISPUTE, RETURN
from . import files, kinds, orphans, photos
from .limits import (
    MOST_BYTES,
    MOST_KEPT,
    MOST_PIECES,
    MOST_WORDS,
    NotKept,
    broken,
    closed,
    few_enough,
    quota,
    too_large,
)

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")  # and what turns text around


def keep(
    ret: Return, upload: Any, *, giver: str, by: str, at: datetime, stage: str = "application", words: str = ""
) -> Evidence:
    """One file (an UploadedFile, anything with `read` and `name`). giver: the role's word. Raises NotKept.

    The same file given again by the same role at the same stage is the one that is there: a phone that tries again
    after a bad connection leaves no double.
    """
    raw = upload.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise too_large()
    digest, said = hashlib.sha256(raw).hexdigest(), spoken(words)
    accepting(ret, stage)
    if (known := _again(ret, digest, giver, stage, said)) is not None:
        return known
    row = Evidence(
        shop_id=ret.shop_id, of_id=ret.pk, stage=stage, name=named(upload.name), sha256=digest, words=said,
        giver=giver, by=by[:80], at=at,
    )  # fmt: skip
    with on_disk(row, raw):
        _insert(ret, row)
    return row


def keep_all(ret: Return, uploads: Sequence[Any], **how: Any) -> list[Evidence]:
    """All files of one request, as `keep` takes them, or none. Raises NotKept."""
    few_enough(uploads)
    kept: list[Evidence] = []
    try:
        with transaction.atomic():
            for upload in uploads:
                kept.append(keep(ret, upload, **how))
    except BaseException:
        orphans.remove([e.file for e in kept])
        raise
    return kept


def keep_words(ret: Return, words: str, *, giver: str, by: str, at: datetime, stage: str = "application") -> Evidence:
    """Words alone. Raises NotKept."""
    if not (said := spoken(words)):
        raise NotKept("words", _("请上传凭证或写下说明"))
    accepting(ret, stage)
    row = Evidence(
        shop_id=ret.shop_id, of_id=ret.pk, kind="words", stage=stage, words=said, giver=giver, by=by[:80], at=at
    )
    _insert(ret, row)
    return row


def spoken(words: str) -> str:
    """Raises NotKept for words that are too long or that no database takes."""
    text = words.strip()
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise NotKept("words", _("文字里有不能保存的字符"))
    if len(text) > MOST_WORDS:
        raise NotKept("words", _("说明最多 %(most)s 字") % {"most": MOST_WORDS})
    return text


def named(name: str | None) -> str:
    """What its giver calls it, fit for a header and a page; it decides nothing."""
    last = (name or "").replace("\\", "/").rpartition("/")[2]
    return CONTROL.sub("", last).strip()[-100:]


def accepting(ret: Return, stage: str) -> None:
    """An ended return takes evidence only while the platform looks at it; a completed one the proof of freight, which
    the customer may ask back even then. Raises NotKept "closed"."""
    ended = ret.state in RETURN.final and not (ret.state == S.COMPLETED and stage == "freight")
    if ended and not Dispute.objects.filter(of=ret.pk).exclude(state__in=DISPUTE.final).exists():
        raise closed()


def _again(ret: Return, digest: str, giver: str, stage: str, words: str) -> Evidence | None:
    known = Evidence.objects.filter(of=ret.pk, sha256=digest, giver=giver, stage=stage, erased_at=None)
    return known.filter(words=words).order_by("pk").first()


@contextmanager
def on_disk(row: Any, raw: bytes) -> Iterator[None]:
    """The row's file is there before the row; without a row it goes again. What dies in between is an orphan, which
    orphans.sweep removes. row: Evidence, or another that holds a file in its fields (orphans.HOLDERS)."""
    row.kind, ending, row.mime = kinds.kind_of(raw, row.shop_id)
    body, small = raw, b""
    if row.kind == "photo":
        photo = photos.redrawn(raw)
        body, small, ending, row.mime = photo.body, photo.small, photo.ending, photo.mime
        row.width, row.height = photo.width, photo.height
    if not body:
        raise broken()
    row.file, row.size = files.fresh_name(ending), len(body)
    row.stored_sha256 = hashlib.sha256(body).hexdigest()
    try:
        files.write(row.file, body)
        if small:
            files.write(files.small_of(row.file), small)
        yield
    except BaseException:
        files.remove(row.file)
        raise


def _insert(ret: Return, row: Evidence) -> None:
    """The return is locked: two uploads at once count each other, and none slips in behind its end."""
    with transaction.atomic():
        locked = Return.objects.select_for_update().only("pk", "state").get(pk=ret.pk)
        accepting(locked, row.stage)
        kept = Evidence.objects.filter(of=ret.pk, erased_at=None).aggregate(pieces=Count("pk"), size=Sum("size"))
        if kept["pieces"] >= MOST_PIECES or (kept["size"] or 0) + row.size > MOST_KEPT:
            raise quota()
        row.save(force_insert=True)
