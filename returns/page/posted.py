"""What a form of the customer's page brings: read within limits, cleaned, and proved to come from the page itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from ..store import MOST_BYTES, MOST_FILES

MOST = MOST_FILES * MOST_BYTES + 1024 * 1024  # of a whole form, with its photos
MOST_TEXT = 5000  # characters of one field that are looked at; no question takes as many
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Wrong(Exception):
    """The form is not taken: {field: [words]}, "" for what is of no field. status: of the answer."""

    def __init__(self, errors: Mapping[str, list[str]], status: int = 400) -> None:
        super().__init__("wrong")
        self.errors, self.status = dict(errors), status


def wrong(words: str, status: int = 400) -> Wrong:
    return Wrong({"": [words]}, status)


@dataclass(frozen=True)
class Posted:
    """fields: what was written, the last of each name. evidence: keys that were uploaded before."""

    fields: Mapping[str, str]
    photos: list[Any]  # UploadedFile
    evidence: list[int]

    @property
    def version(self) -> int:
        """Of the subject as the page showed it; -1 where none is said."""
        return number(self.fields.get("version", ""))


def proof(token: str) -> str:
    """What a form carries to show that it was drawn here, for this link."""
    return salted_hmac("returns.page.form", token, algorithm="sha256").hexdigest()[:32]


def read(request: HttpRequest, token: str) -> Posted:
    """Raises Wrong."""
    declared = request.META.get("CONTENT_LENGTH") or ""
    if number(declared) > MOST:
        raise wrong(_("内容太大了：一次最多 9 张照片，每张不超过 10 MB"), 413)
    try:
        said, files = request.POST, request.FILES
    except (RequestDataTooBig, SuspiciousOperation, MultiPartParserError, UnreadablePostError, OSError):
        raise wrong(_("内容没有收全，请检查网络后重新提交")) from None
    if not constant_time_compare(said.get("form", ""), proof(token)):
        raise wrong(_("页面已过时，请重新提交一次"), 403)
    fields = {name: clean(said[name]) for name in said if isinstance(said[name], str)}
    keys = [key for text in said.getlist("evidence")[:100] if (key := number(text)) > 0]
    return Posted(fields, [f for f in files.getlist("photos") if f.name], keys)


def clean(text: str) -> str:
    """Without what no keyboard types and what turns text around."""
    return CONTROL.sub("", text[:MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n")).strip()


def number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else -1


def asked(asks: type[Any], data: Mapping[str, Any], subject: Any) -> dict[str, Any]:
    """The inputs of a step, by the questions that it asks everywhere. Raises Wrong."""
    serializer = asks(data={k: v for k, v in data.items() if v not in ("", None)}, context={"subject": subject})
    if serializer.is_valid():
        return dict(serializer.validated_data)
    own = {name: flat(errors) for name, errors in serializer.errors.items()}
    raise Wrong({"" if name == "non_field_errors" else name: words for name, words in own.items()})


def flat(errors: Any) -> list[str]:
    if isinstance(errors, Mapping):
        return [words for inner in errors.values() for words in flat(inner)]
    if isinstance(errors, list):
        return [words for inner in errors for words in flat(inner)]
    return [str(errors)]
