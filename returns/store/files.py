"""The media folder: random names, readable by its owner alone, written whole or not at all."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from .limits import NotKept

logger = logging.getLogger(__name__)
FOLDER = "evidence"
SMALL = ".small.jpg"  # beside the photo of the same name
ASIDE = ".part"
ENDINGS = ("jpg", "png", "webp", "mp4", "mov", "webm", "pdf")


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER


def fresh_name(ending: str) -> str:
    """128 random bits; the first two letters are its folder, so that none grows too large."""
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name}.{ending}"


def path_of(name: str) -> Path:
    """Raises ValueError for a name that would lead out of the folder."""
    found = (folder() / name).resolve()
    if not found.is_relative_to(folder().resolve()):
        raise ValueError(name)
    return found


def stem_of(name: str) -> str:
    """What a photo, its thumbnail and what was left aside of either have in common."""
    return name.partition(".")[0]


def small_of(name: str) -> str:
    return stem_of(name) + SMALL


def write(name: str, body: bytes) -> None:
    """Down to the disk before it returns. Raises NotKept "unavailable" where the disk does not take it."""
    path = path_of(name)
    aside = path.with_name(path.name + ASIDE)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    except OSError as error:
        logger.error("evidence was not written: %s", error)
        aside.unlink(missing_ok=True)
        raise NotKept("unavailable", _("文件暂时保存不了，请稍后再试")) from None


def remove(name: str) -> None:
    """With its thumbnail, if it has one."""
    for one in (name, small_of(name)):
        path_of(one).unlink(missing_ok=True)


def names(since: float, before: float) -> Iterator[str]:
    """Files that were last written then (seconds since 1970): photos, their thumbnails, what was left aside."""
    root = folder()
    for path in sorted(root.glob("??/*")):
        if path.is_file() and since <= path.stat().st_mtime < before:
            yield path.relative_to(root).as_posix()
