"""What a customer reads of a reply beside its words: the names of files, and what their addresses say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from .saying import FilesSaid

_DAY = r"20\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])[\d_]{0,12}"
MADE_UP = re.compile(
    rf"^(?:(?:微信|QQ)(?:图片|截图|视频)?|wx|weixin|wechat)_?{_DAY}\.|^mmexport\d{{10,13}}\.", re.IGNORECASE
)
NAMES_A_FILE = re.compile(r"\.(?!x?html?$|php$|aspx?$|jsp$)[a-z0-9]{2,5}$", re.IGNORECASE)  # a page is none
QUERY = re.compile(r"[?#]")
SAYS_NOTHING = re.compile(r"[\x00-\x7f]*")  # how a store is to scale a picture: imageMogr2, x-oss-process
PARTS = re.compile(r"[/?&#;]+")
DEEPEST = 3  # times that an address may be escaped


def of(words: str, files: FilesSaid) -> str:
    """A line for each part. The names that a messenger has made up are left out: they say nothing."""
    return "\n".join(line for line in [words, *_beside(files)] if line).strip()


def _beside(files: FilesSaid) -> Iterator[str]:
    for f in files or ():
        yield MADE_UP.sub("", str(f.get("name") or ""))
        yield from said_by(str(f.get("url") or ""))


def said_by(address: str) -> list[str]:
    """The parts of an address, as a reader sees them. Whose it is says something where it leads elsewhere
    (weixin.qq.com/r/…); where it names a file its host is a store, whatever that is called (weixin.cdn.example), and of
    what follows the name only words are heard."""
    for _time in range(DEEPEST):
        address = unquote(address)
    host, _slash, path = address.rpartition("://")[2].partition("/")
    name, *queries = QUERY.split(path, maxsplit=1)
    parts = [MADE_UP.sub("", part) for part in PARTS.split(name)]
    asked = [part for query in queries for part in PARTS.split(query)]
    if NAMES_A_FILE.search(name):
        return [*parts, *(part for part in asked if not SAYS_NOTHING.fullmatch(part))]
    return [f"{host}/{path}", *parts, *asked]
