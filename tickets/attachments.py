"""Files that people put into a conversation: taken in clean, as evidence is, and served to who may see the ticket."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from returns.store import NotKept, few_enough, kept, orphans
from returns.store.limits import MOST_BYTES, MOST_KEPT, MOST_PIECES, too_large

from .conversations import taken_in
from .models import Attachment, Ticket
from .states import LIVE

orphans.HOLDERS.append(Attachment)


def keep_all(ticket: Ticket, uploads: Sequence[Any], *, by: str, at: datetime, ended: bool = False) -> list[Attachment]:
    """All files of one request, or none: photos redrawn without their metadata, what else the shop takes as it came.
    ended: also into a ticket that is closed, for a note. Raises NotKept."""
    few_enough(uploads)
    found: list[Attachment] = []
    try:
        with transaction.atomic():
            for upload in uploads:
                found.append(_keep(ticket, upload, by=by, at=at, ended=ended))
    except BaseException:
        orphans.remove([a.file for a in found])
        raise
    return found


def _keep(ticket: Ticket, upload: Any, *, by: str, at: datetime, ended: bool) -> Attachment:
    """The same file again in the same ticket is the one that is there."""
    raw = upload.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise too_large()
    digest = hashlib.sha256(raw).hexdigest()
    if known := of(ticket).filter(sha256=digest, by=by[:150]).first():
        return known
    row = Attachment(
        shop_id=ticket.shop_id, ticket_id=ticket.pk, name=kept.named(upload.name), sha256=digest, by=by[:150], at=at
    )
    with kept.on_disk(row, raw):
        _insert(ticket, row, ended)
    return row


def _insert(ticket: Ticket, row: Attachment, ended: bool) -> None:
    """The ticket is locked: two uploads at once count each other, and none slips in behind its end."""
    with transaction.atomic():
        locked = Ticket.objects.select_for_update(no_key=True).only("pk", "state").get(pk=ticket.pk)
        if locked.state not in LIVE and not ended:
            raise NotKept("closed", _("工单已关闭，不能再上传文件"))
        there = of(ticket).aggregate(pieces=Count("pk"), size=Sum("size"))
        if there["pieces"] >= MOST_PIECES or (there["size"] or 0) + row.size > MOST_KEPT:
            raise NotKept("quota", _("这张工单的文件已满，不能再上传"))
        row.save(force_insert=True)


def of(ticket: Ticket) -> QuerySet[Attachment]:
    return Attachment.objects.filter(ticket=ticket.pk, erased_at=None).order_by("pk")


def of_case(ticket: Ticket) -> QuerySet[Attachment]:
    """Those of this ticket, of what was merged into it, and of every ticket of its order."""
    case = Q(ticket__in=[ticket.pk, *taken_in(ticket.pk)])
    if ticket.order_id:
        case |= Q(ticket__order=ticket.order_id)
    return Attachment.objects.filter(case, shop=ticket.shop_id, erased_at=None)


def among(kept: Callable[[Ticket], QuerySet[Attachment]], ticket: Ticket, files: Iterable[Mapping[str, Any]]) -> bool:
    """Are all files that lie here among those kept for this ticket? Asked only where one does lie here."""
    wanted = {int(f["file"]) for f in files if f.get("file")}
    return not wanted or set(kept(ticket).filter(pk__in=wanted).values_list("pk", flat=True)) == wanted


def outwards(ticket: Ticket, files: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """As the shop's channel fetches them: by their address at the platform, or by ours with its key."""
    at = f"{settings.PUBLIC_URL}/api/v1/tickets/{quote(ticket.number, safe='')}/files"
    return [{**f, "url": f"{at}/{f['file']}/"} if f.get("file") else dict(f) for f in files]
