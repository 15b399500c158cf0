"""Who has taken a pack out of the house: kept, and told in the story of the case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from flows.story import Happening, person
from flows.writing import insert_all

from ..models import PackTaken, Return

if TYPE_CHECKING:
    from .archive import Pack


def take(pack: Pack, *, by: str, at: datetime) -> None:
    """Kept before the first byte leaves."""
    case = pack.case
    insert_all([PackTaken(of_id=case.ret.pk, sha256=pack.sha256, clear=case.clear, by=by[:80], at=at)])


def last(ret: Return) -> str:
    found = PackTaken.objects.filter(of=ret.pk).order_by("-pk").values_list("sha256", flat=True).first()
    return found or ""


def happenings(ret: Return) -> Iterator[Happening]:
    """For the story of the case."""
    for p in PackTaken.objects.filter(of=ret.pk).order_by("pk"):
        seen = _("含买家姓名、电话和地址") if p.clear else _("买家信息已隐去")
        details = [seen, _("清单指纹 %s") % p.sha256[:16]]
        yield Happening(p.at, "seen", "eye", _("下载了证据包"), person(p.by), details=details)
