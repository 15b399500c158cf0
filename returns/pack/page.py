"""The summary as one page of its own: no script, no file that it needs; its style inside, since it is opened from a
disk, far from our Content-Security-Policy."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from ..models import Evidence
from ..store import files
from .gathered import Gathered
from .worded import Wording

STYLE = Path(__file__).with_name("print.css")
LANGUAGE = "zh-hans"  # the platform's officer reads it, whoever took it


def summary(case: Gathered) -> bytes:
    with override(LANGUAGE):
        wording = Wording(case)
        context = {
            "title": _("售后单 %s 证据包") % case.ret.number, "sections": [s for s in wording.sections() if s.rows],
            "pictures": [(name, e, caption, _small(e)) for name, e, caption in wording.pictures()],
            "style": style(), "clear": case.clear, "language": LANGUAGE,
        }  # fmt: skip
        return render_to_string("returns/pack.html", context).encode()


def style() -> SafeString:
    """Our own file: nothing of anybody's is in it."""
    return mark_safe(f"<style>{STYLE.read_text('utf-8')}</style>")  # noqa: S308


def _small(evidence: Evidence) -> str:
    """A photo's thumbnail inside the page; "" where it has none."""
    path: Any = files.path_of(files.small_of(evidence.file))
    if evidence.kind != "photo" or not path.exists():
        return ""
    return "data:image/jpeg;base64," + base64.b64encode(path.read_bytes()).decode()
