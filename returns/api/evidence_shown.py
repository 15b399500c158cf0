"""What the API shows of one piece of evidence."""

from __future__ import annotations

from typing import Any

from flows.api.openapi import COMPONENTS, MOMENT, TEXT, WHOLE, an_object
from flows.api.subjects import when
from orders.phones import masked_words

from ..models import Evidence

STAGES = tuple(name for name, _label in Evidence.STAGES)
STORED = {
    "name": TEXT,
    "type": TEXT,
    "size": WHOLE,
    "width": WHOLE,
    "height": WHOLE,
    "sha256": {**TEXT, "description": "Of the original; what is stored of a photo is redrawn."},
}
COMPONENTS["Evidence"] = an_object(
    {
        "id": WHOLE,
        "kind": {"type": "string", "enum": [k for k, _label in Evidence.KINDS]},
        "stage": {"type": "string", "enum": list(STAGES)},
        **STORED,
        "words": TEXT,
        "url": {**TEXT, "description": "Where it lies, if not here; never fetched by us."},
        "giver": TEXT,
        "by": TEXT,
        "at": MOMENT,
    }
)


def body(e: Evidence, unmasked: bool) -> dict[str, Any]:
    return {
        "id": e.pk, "kind": e.kind, "stage": e.stage, "name": e.name, "type": e.mime, "size": e.size,
        "width": e.width, "height": e.height, "sha256": e.sha256,
        "words": e.words if unmasked else masked_words(e.words), "url": e.url, "giver": e.giver, "by": e.by,
        "at": when(e.at),
    }  # fmt: skip
