"""Files in a request to the API: multipart, within limits, named by what is in them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from flows.api.bodies import refused_field, storable
from flows.api.problems import Problem
from flows.api.views import AlwaysJSON

from .. import store
from ..store.limits import MOST_BYTES, MOST_FILES, NotKept, few_enough, too_large, too_many

KIND = "multipart/form-data"
MOST_BODY = MOST_FILES * MOST_BYTES + 256 * 1024  # all files at their largest, and what is said with them


class Form(dict[str, Any]):
    """The fields, and under "files" what each file is: so that a repeated request is known by its content.

    uploads: the files themselves, in their order.
    """

    uploads: list[UploadedFile[Any]]


class Multipart(MultiPartParser):
    """Raises Problem 400 malformed-form, too-many-files, bad-text, duplicate-key; 413 too-large."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        try:
            found = super().parse(stream, media_type, parser_context)
        except TooManyFilesSent:
            raise problem(too_many()) from None
        except ParseError:
            raise Problem(400, "malformed-form", _("内容不是完整的 multipart/form-data")) from None
        form = Form({name: _one(name, values) for name, values in found.data.lists()})
        form.uploads = [file for _name, files in found.files.lists() for file in files]
        try:
            few_enough(form.uploads)
        except NotKept as refused:
            raise problem(refused) from None
        if any((file.size or 0) > MOST_BYTES for file in form.uploads):
            raise problem(too_large())
        form["files"] = [_digest(file) for file in form.uploads]
        return form


def _one(name: str, values: list[str]) -> str:
    if len(values) != 1:
        raise Problem(400, "duplicate-key", _("同一对象里有重复的键"))
    if not storable(name) or not storable(values[0]):
        raise Problem(400, "bad-text", _("文字里有不能保存的字符"))
    return values[0]


def _digest(file: UploadedFile[Any]) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


class TakesFiles(AlwaysJSON):
    """A body must be multipart; answers are JSON as everywhere."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        if kind != KIND:
            raise Problem(415, "media-type", _("文件须以 %(kind)s 上传") % {"kind": KIND})
        return next(iter(parsers))


def only(form: Any, names: Iterable[str]) -> Form:
    """Raises Problem 400 for a field that nobody asks for."""
    known = {*names, "files"}
    if not isinstance(form, Form):
        raise Problem(400, "malformed-form", _("请上传凭证或写下说明"))
    errors = [refused_field(name, f"/{name}") for name in form if name not in known]
    if errors:
        raise Problem(400, "validation", _("输入有误"), errors=errors)
    return form


def problem(refused: store.NotKept) -> Problem:
    return Problem(refused.status, refused.code, refused.why)
