"""The ZIP itself, written while it is sent. The same state of the case gives the same bytes."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..models import Return
from ..store import files
from . import taken
from .gathered import Gathered, gather
from .page import summary

CHUNK = 64 * 1024
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment that a ZIP knows
SUMMARY, MANIFEST, SEAL = "summary.html", "manifest.json", "manifest.json.sha256"


class Spoiled(Exception):
    """A file on the disk is not what was kept: a pack with it would lie, so it breaks off."""


@dataclass(frozen=True)
class Pack:
    """One case as it stands."""

    case: Gathered

    @cached_property
    def page(self) -> bytes:
        return summary(self.case)

    @cached_property
    def manifest(self) -> bytes:
        """{"return", "order", "shop", "masked", "files": {name: {"sha256", "size", …}}}; keys sorted."""
        told = {SUMMARY: {"sha256": _digest(self.page), "size": len(self.page)}}
        for name, e in self.case.files:
            told[name] = {
                "sha256": e.stored_sha256, "size": e.size, "type": e.mime, "original_sha256": e.sha256,
                "given_at": e.at.isoformat(), "given_as": e.giver, "stage": e.stage,
            }  # fmt: skip
        whole = {
            "return": self.case.ret.number, "order": self.case.order.number, "shop": self.case.shop.code,
            "masked": not self.case.clear, "files": told,
        }  # fmt: skip
        return json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"

    @property
    def sha256(self) -> str:
        """Of the manifest, and by it of everything."""
        return _digest(self.manifest)

    @property
    def name(self) -> str:
        return f"evidence-{self.case.ret.number}.zip"

    def stream(self) -> Iterator[bytes]:
        """The ZIP's bytes. Raises Spoiled midway where a file is not what it was."""
        sink = Sink()
        with zipfile.ZipFile(sink, "w") as archive:
            yield from _member(archive, sink, SUMMARY, self._whole(self.page))
            for name, e in self.case.files:
                yield from _member(archive, sink, name, _read(e.file, e.stored_sha256), packed=False)
            yield from _member(archive, sink, MANIFEST, self._whole(self.manifest))
            seal = f"{self.sha256}  {MANIFEST}\n".encode()
            yield from _member(archive, sink, SEAL, self._whole(seal))
        yield sink.taken()

    def _whole(self, body: bytes) -> Iterator[bytes]:
        yield body


class Sink:
    """Where the archive is written to: what has come since is taken and sent."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: Any, /) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """There is nothing to close."""

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _member(
    archive: zipfile.ZipFile, sink: Sink, name: str, body: Iterator[bytes], *, packed: bool = True
) -> Iterator[bytes]:
    """Photos and films are packed already."""
    info = zipfile.ZipInfo(name, EPOCH)
    info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
    info.create_system, info.external_attr = 3, 0o644 << 16
    with archive.open(info, "w") as member:
        for chunk in body:
            member.write(chunk)
            yield sink.taken()


def _read(name: str, sha256: str) -> Iterator[bytes]:
    digest = hashlib.sha256()
    with files.path_of(name).open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            yield chunk
    if digest.hexdigest() != sha256:
        raise Spoiled(name)


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def made(ret: Return, *, clear: bool) -> Pack:
    """clear: with the buyer's name, phone and address; whether the caller may see them was asked before."""
    return Pack(gather(ret, clear=clear))


def fingerprint(ret: Return) -> str:
    """sha256 of the manifest of the pack that was taken last; where nobody has taken one, of that of the masked one."""
    return taken.last(ret) or made(ret, clear=False).sha256
