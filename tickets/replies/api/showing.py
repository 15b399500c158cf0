"""A quick reply as the API shows it, and what it asks for where one is written."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from flows.api.openapi import COMPONENTS, FLAG, MOMENT, TEXT, WHOLE, an_object, many, nullable
from flows.api.problems import not_found
from flows.api.subjects import when
from flows.asks import Asks
from shops import presets
from shops.access import Caller
from tickets.models import QuickReply
from tickets.models.quick_reply import Scope
from tickets.states import Desk

from ..offered import Offered
from ..rights import seen
from ..scenes import Scene
from ..template import MOST, variables

KEY = {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}
SCENES = {"type": "string", "enum": [str(s) for s in Scene.values]}
COMPONENTS["QuickReply"] = an_object(
    {
        "id": WHOLE, "scope": {"type": "string", "enum": [str(s) for s in Scope.values]}, "shop": nullable(TEXT),
        "desk": TEXT, "scene": SCENES, "scene_label": TEXT, "platform": TEXT, "title": TEXT, "words": TEXT,
        "shortcut": TEXT, "variables": {**many(TEXT), "description": "The case fills them."}, "active": FLAG,
        "version": {**WHOLE, "description": "Counts its edits; the ETag."}, "updated_by": TEXT, "updated_at": MOMENT,
    }
)  # fmt: skip
COMPONENTS["OfferedReply"] = an_object(
    {
        "id": WHOLE, "title": TEXT, "scene": SCENES, "shortcut": TEXT,
        "words": {**TEXT, "description": "Filled from the case; an empty variable still stands in its braces."},
        "empty": {**many(TEXT), "description": "Variables that the case leaves empty."},
        "uses": {**WHOLE, "description": "By everybody in the shop, in 30 days."},
        "why": {**TEXT, "description": "Of a suggestion: what speaks for it."},
    }
)  # fmt: skip


class Writes(Asks):
    """All that can be said of one. shop: a code; where the caller has one shop it need not be said."""

    title = serializers.CharField(label=_("标题"), max_length=40)
    words = serializers.CharField(label=_("内容"), max_length=MOST)
    scene = serializers.ChoiceField(label=_("场景"), choices=Scene.choices)
    scope = serializers.ChoiceField(label=_("范围"), choices=Scope.choices, default=Scope.SHOP.value)
    shop = serializers.CharField(label=_("店铺"), max_length=50, required=False)
    desk = serializers.ChoiceField(label=_("队列"), choices=Desk.choices, required=False)
    platform = serializers.ChoiceField(label=_("平台"), choices=list(presets.PLATFORM_LABELS.items()), required=False)
    shortcut = serializers.RegexField(r"^[A-Za-z0-9]{0,20}$", label=_("快捷码"), required=False, allow_blank=True)
    active = serializers.BooleanField(label=_("启用"), required=False)


class Changes(Writes):
    """Some of it; its scope and its shop stay."""

    scope = shop = desk = None  # type: ignore[assignment]
    title = serializers.CharField(label=_("标题"), max_length=40, required=False)
    words = serializers.CharField(label=_("内容"), max_length=MOST, required=False)
    scene = serializers.ChoiceField(label=_("场景"), choices=Scene.choices, required=False)


def body_of(reply: QuickReply) -> dict[str, Any]:
    return {
        "id": reply.pk, "scope": reply.scope, "shop": reply.shop.code if reply.shop else None, "desk": reply.desk,
        "scene": reply.scene, "scene_label": reply.scene_label, "platform": reply.platform, "title": reply.title,
        "words": reply.words, "shortcut": reply.shortcut, "variables": list(variables(reply.words)),
        "active": reply.active, "version": reply.version, "updated_by": reply.updated_by,
        "updated_at": when(reply.updated_at),
    }  # fmt: skip


def offered_body(offered: Offered) -> dict[str, Any]:
    reply = offered.reply
    return {
        "id": reply.pk, "title": reply.title, "scene": reply.scene, "shortcut": reply.shortcut,
        "words": offered.filled.words, "empty": list(offered.filled.empty), "uses": reply.uses, "why": offered.why,
    }  # fmt: skip


def located(caller: Caller, pk: int, *, lock: bool = False) -> QuickReply:
    """Raises Problem 404 for what is not there, another shop's, or a colleague's own."""
    rows = seen(caller).select_related("shop")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    found = rows.filter(pk=pk).first() if pk < 2**63 else None
    if found is None:
        raise not_found()
    return found
