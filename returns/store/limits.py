"""How much evidence is taken, and why some of it is not."""

from __future__ import annotations

from collections.abc import Sized

from django.utils.translation import gettext as _

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE  # of one file
MOST_FILES = 9  # in one request
MOST_PIECES = 60  # of one return
MOST_KEPT = 200 * MEGABYTE  # of one return, as stored
MOST_PIXELS = 64_000_000  # of a photo, before it is decoded; phones make 50 million
MOST_WORDS = 2000

STATUS = {"too-large": 413, "closed": 409, "unavailable": 503}


class NotKept(Exception):
    """This evidence is not taken; the words say why and what to do.

    code: "not-an-image" (of no kind that the shop takes, or broken), "too-large", "too-many-files", "quota", "closed",
    "words", "unavailable". status: of the HTTP answer.
    """

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code, self.why = code, why

    @property
    def status(self) -> int:
        return STATUS.get(self.code, 400)


def few_enough(files: Sized) -> None:
    """Raises NotKept for more files than one request may bring."""
    if len(files) > MOST_FILES:
        raise too_many()


def too_many() -> NotKept:
    return NotKept("too-many-files", _("一次最多上传 %(most)s 个文件，请分几次上传") % {"most": MOST_FILES})


def too_large() -> NotKept:
    return NotKept("too-large", _("单个文件不能超过 %(most)s MB，请压缩后再上传") % {"most": MOST_BYTES // MEGABYTE})


def broken() -> NotKept:
    return NotKept("not-an-image", _("这个文件打不开或不完整，请重新拍照后上传"))


def quota() -> NotKept:
    most = {"pieces": MOST_PIECES, "size": MOST_KEPT // MEGABYTE}
    return NotKept("quota", _("这张售后单的凭证已满（最多 %(pieces)s 件、%(size)s MB），不能再上传") % most)


def closed() -> NotKept:
    return NotKept("closed", _("售后单已结束，不能再上传凭证；需要时请先重新打开"))
