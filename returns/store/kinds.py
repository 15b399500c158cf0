"""What a file is, by its bytes alone: neither its name nor the type that its sender says is believed."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shops import policy
from shops.punctuation import listed

from . import photos
from .limits import NotKept, broken

# Brands of ISO media files that hold a film; HEIC and AVIF photos are of this family too, under other brands.
FILMS = re.compile(rb"(isom|iso[2-9]|mp4[12]|mp71|avc1|hvc1|M4V |M4VH|MSNV|dash|3gp[4-7])")
OTHERS = {"video": gettext_lazy("视频（MP4、MOV、WebM）"), "document": gettext_lazy("PDF 文件")}  # if the shop says so
PDF_END = 2048  # how far from the end its end mark may stand


def other_kind(raw: bytes) -> tuple[str, str, str] | None:
    """-> (kind, ending, type) of what is stored as it came and never rendered; None for anything else."""
    if raw[4:8] == b"ftyp":
        if raw[8:12] == b"qt  ":
            return "video", "mov", "video/quicktime"
        return ("video", "mp4", "video/mp4") if FILMS.fullmatch(raw[8:12]) else None
    if raw[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in raw[:64]:
        return "video", "webm", "video/webm"
    if raw[:5] == b"%PDF-" and b"%%EOF" in raw[-PDF_END:]:
        return "document", "pdf", "application/pdf"
    return None


def taken(shop_id: int) -> frozenset[str]:
    """The kinds of files that the shop takes."""
    return frozenset({"photo", *policy.of(shop_id).after_sales.files_taken})


def kind_of(raw: bytes, shop_id: int) -> tuple[str, str, str]:
    """-> (kind, ending, type); of a photo they follow from its decoding. Raises NotKept for what the shop does not
    take."""
    if photos.looks_like_one(raw):
        return "photo", "", ""
    if not raw:
        raise broken()
    found, allowed = other_kind(raw), taken(shop_id)
    if found is None or found[0] not in allowed:
        raise not_taken(allowed)
    return found


def not_taken(allowed: frozenset[str]) -> NotKept:
    words = {"photo": _("照片（JPEG、PNG、WebP）"), **OTHERS}
    known = listed(str(words[kind]) for kind in words if kind in allowed)
    return NotKept("not-an-image", _("不支持这种文件，请上传%(kinds)s") % {"kinds": known})
