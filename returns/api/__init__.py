"""Returns and disputes in the REST API: what they show, how they are found and started, what a step would do."""

from __future__ import annotations

from django.urls import URLPattern

from flows.api.addresses import addresses

from .disputes import DISPUTES
from .evidence import evidence_addresses
from .link import link_addresses
from .payee import payee_addresses
from .preview import preview_addresses
from .returns import RETURNS
from .starting import DISPUTING, RETURNING


def return_addresses() -> list[URLPattern]:
    return [
        *evidence_addresses(),
        *link_addresses(),
        *preview_addresses(),
        *payee_addresses(),
        *addresses(RETURNS, RETURNING),
        *addresses(DISPUTES, DISPUTING),
    ]


__all__ = ["DISPUTES", "RETURNS", "return_addresses"]
