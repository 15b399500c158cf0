"""A hook's raw bytes, no more than the limit; and what a form of them says."""

from __future__ import annotations

from urllib.parse import parse_qsl

from django.http import HttpRequest
from django.http.request import UnreadablePostError

from .answers import Problem

MOST_BYTES = 256 * 1024
MOST_FIELDS = 20  # of a form


def body_of(request: HttpRequest) -> bytes:
    """At most the limit and one byte more are ever read, whatever Content-Length says."""
    meta = request.META
    declared = meta.get("CONTENT_LENGTH") or ""
    if declared.isascii() and declared.isdigit() and int(declared[:18]) > MOST_BYTES:
        raise Problem(413, "too-large", f"More than {MOST_BYTES} bytes.")
    # Django's stream ends at Content-Length, which a chunked body has not
    chunked = not declared and "chunked" in meta.get("HTTP_TRANSFER_ENCODING", "").lower()
    try:
        raw: bytes = (meta["wsgi.input"] if chunked else request).read(MOST_BYTES + 1)
    except (UnreadablePostError, OSError):
        raise Problem(400, "malformed-json", "The body ended before its end.") from None
    if len(raw) > MOST_BYTES:
        raise Problem(413, "too-large", f"More than {MOST_BYTES} bytes.")
    return raw


def read_form(raw: bytes) -> dict[str, str]:
    """Each field once: two readers of one body must not see two different forms. Raises ValueError."""
    pairs = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    form = dict(pairs)
    if len(form) != len(pairs):
        raise ValueError("a field stands twice")
    return form
