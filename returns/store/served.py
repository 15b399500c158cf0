"""A file on its way out. Who may see it was asked before; here it is made harmless to whoever opens it."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from . import files

WITHIN = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


def answer(evidence: Any, request: HttpRequest) -> FileResponse:
    """The file, `?size=small` a photo's thumbnail. A photo is shown in place, everything else is only saved.
    evidence: Evidence, or another row that holds a file.

    Raises Http404 where there is no file (any more).
    """
    small = evidence.kind == "photo" and request.GET.get("size") == "small"
    if not evidence.file or evidence.erased_at is not None:
        raise Http404(_("没有这个对象"))
    try:
        body = files.path_of(files.small_of(evidence.file) if small else evidence.file).open("rb")
    except FileNotFoundError:
        raise Http404(_("没有这个对象")) from None
    kind = "image/jpeg" if small else evidence.mime
    response = FileResponse(body, content_type=kind, headers=WITHIN)
    response.headers["Content-Disposition"] = disposition(evidence, small=small)
    return response


def disposition(evidence: Any, *, small: bool) -> str:
    """A photo inline; the ending is always that of what it really is."""
    header: str | None = content_disposition_header(evidence.kind != "photo", file_name(evidence, small=small))
    assert header is not None
    return header


def file_name(evidence: Any, *, small: bool = False) -> str:
    stem = evidence.name.rpartition(".")[0] or evidence.name or f"evidence-{evidence.pk}"
    ending = "jpg" if small else evidence.file.rpartition(".")[2]
    return f"{stem}.{ending}"
