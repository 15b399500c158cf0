"""Which evidence a return has, and which of it a step may name."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from flows.effects import Refused

from ..models import Evidence, Return


def of(ret: Return) -> QuerySet[Evidence]:
    """All that was given for it and is not erased, oldest first."""
    return Evidence.objects.filter(of=ret.pk, erased_at=None).order_by("at", "pk")


def checked(ret: Return, keys: Iterable[int], stage: str | None = None) -> list[Evidence]:
    """The evidence of these keys, each once, in their order. Raises Refused "input" for what is not this return's."""
    wanted = list(dict.fromkeys(keys))
    found = {e.pk: e for e in of(ret).filter(pk__in=wanted)} if wanted else {}
    if any(pk not in found or (stage and found[pk].stage != stage) for pk in wanted):
        raise Refused(_("所选凭证不属于这张售后单，请重新上传"), "input", ret)
    return [found[pk] for pk in wanted]
