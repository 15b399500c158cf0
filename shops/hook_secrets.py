"""A shop's hook secrets: made, rotated, and which of them may verify a hook now."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from .models import HookSecret, Shop

SCHEME, BYTES = "whsec_", 32
OVERLAP = timedelta(days=1)  # how long the other side has to change over


def live_secrets(shop: Shop | int, at: datetime) -> list[HookSecret]:
    """Those that may sign at `at`, newest first; one query. An outbound signer takes the first."""
    live = Q(retired_at=None) | Q(retired_at__gt=at)
    shop_id = shop if isinstance(shop, int) else shop.pk
    return list(HookSecret.objects.filter(live, shop_id=shop_id).order_by("-created_at", "-pk"))


def add_secret(shop: Shop, at: datetime) -> HookSecret:
    """A new secret beside the others."""
    secret = SCHEME + base64.b64encode(secrets.token_bytes(BYTES)).decode()
    return HookSecret.objects.create(shop=shop, secret=secret, created_at=at)


@transaction.atomic
def rotate(shop: Shop, at: datetime, overlap: timedelta = OVERLAP) -> HookSecret:
    """A new secret; the others go on for `overlap` at most and then end. overlap 0: a leaked one ends at once."""
    HookSecret.objects.filter(shop=shop).filter(Q(retired_at=None) | Q(retired_at__gt=at + overlap)).update(
        retired_at=at + overlap
    )
    return add_secret(shop, at)
