"""The link to the customer's page: signed, for one return, until a day; revoked by counting up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.urls import reverse

from ..models import LinkRevoked, Return

LIVES = timedelta(days=30)
LONGEST = 200  # characters of a token; ours have about 70
SIGNER = Signer(salt="returns.page", sep=".")


def expires(at: datetime) -> datetime:
    """Until when a link that is made now opens the page."""
    return at + LIVES


def make(ret: Return, at: datetime) -> str:
    """-> the page's absolute address. Nothing personal stands in it, not even the number of the order."""
    return settings.PUBLIC_URL + reverse("customer", args=[token_of(ret, at)])


def token_of(ret: Return, at: datetime) -> str:
    return SIGNER.sign_object([ret.pk, ret.link, int(expires(at).timestamp())])


def read(token: str, at: datetime) -> Return | None:
    """The return that this link opens; None where it is not ours, has expired or was revoked."""
    if len(token) > LONGEST:
        return None
    try:
        pk, link, until = SIGNER.unsign_object(token)
    except BadSignature:
        return None
    if at >= datetime.fromtimestamp(until, UTC):
        return None
    found: Return | None = Return.objects.select_related("shop").filter(pk=pk, link=link).first()
    return found


def revoke(ret: Return, *, by: str, at: datetime) -> None:
    """No link that was given out so far opens the page any more; a new one may be made. Logged with who and when."""
    with transaction.atomic():
        known = Return.objects.select_for_update().only("pk", "link").get(pk=ret.pk)
        LinkRevoked.objects.create(of_id=ret.pk, link=known.link, by=by[:80], at=at)
        Return.objects.filter(pk=ret.pk).update(link=known.link + 1)
    ret.link = known.link + 1
