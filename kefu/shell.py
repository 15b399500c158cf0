"""What stands around every page of the desk: the queues of the caller's roles, live; shops; the clock's pulse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from flows import queues
from flows.due import watched
from flows.queues import QUEUES, Entry, Queue, capped
from flows.registry import FLOWS
from flows.shown import SWITCH, own_shops, roles_of, shops_shown
from flows.table import Who
from hooks.admin import stranded
from returns.warehouse import strays
from shops.scoped_admin import caller_of

from .models import is_silent, last_beat

EVERYBODY = Who.AGENT | Who.AUDITOR | Who.WAREHOUSE | Who.LEAD
WAREHOUSE = Who.WAREHOUSE | Who.LEAD
ORDER = (
    "to_confirm", "to_audit", "to_pack", "to_ship", "stock_outs", "to_swap", "to_handle", "to_inspect", "to_decide",
    "disputes", "to_reship", "to_repair", "to_hand_back", "intercepting", "awaiting_customer", "bounced",
    "cancel_asked",
)  # fmt: skip


@dataclass(frozen=True)
class Link:
    """A queue in the shell: how many wait there, and whether it is the page that is shown."""

    entry: Entry
    address: str
    count: str
    none: bool
    here: bool


def entries() -> list[Entry]:
    """All lines of the shell, in their order."""
    return [
        *(_entry(QUEUES[name]) for name in ORDER if name in QUEUES),
        *(_entry(q) for q in QUEUES.values() if q.name not in ORDER),
        Entry("warehouse", _("收退货"), "scan-line", WAREHOUSE, _warehouse, _count_strays, "soon"),
        Entry("soon", _("即将到期"), "hourglass", EVERYBODY, lambda: _late("soon"), _count_soon, "soon"),
        Entry("late", _("已超时"), "timer", EVERYBODY, lambda: _late("late"), _count_late, "late"),
        Entry("inbox", _("收件箱异常"), "inbox", Who.LEAD, _inbox, _count_inbox, "late"),
    ]


def _entry(queue: Queue) -> Entry:
    opts = FLOWS[queue.flow].model._meta
    name = f"admin:{opts.app_label}_{opts.model_name}_changelist"
    return Entry(
        queue.name,
        queue.label,
        queue.icon,
        queue.who,
        lambda: f"{reverse(name)}?queue={queue.name}",
        queue.count,
        queue.tone,
    )


def _late(show: str) -> str:
    return f"{reverse('admin:deadlines_deadline_changelist')}?show={show}"


def _inbox() -> str:
    return f"{reverse('admin:hooks_inbox_changelist')}?outcome=stranded"


def _warehouse() -> str:
    return reverse("admin:warehouse")


def _count_strays(shops: Iterable[int], now: datetime) -> int:
    """Parcels that lie there and belong to nobody."""
    return capped(strays.waiting(shops))


def _count_soon(shops: Iterable[int], now: datetime) -> int:
    return capped(queues.soon(shops, now, watched()))


def _count_late(shops: Iterable[int], now: datetime) -> int:
    return capped(queues.late(shops, now, watched()))


def _count_inbox(shops: Iterable[int], now: datetime) -> int:
    return capped(stranded(sorted(shops)))


class Shell:
    """Looked up where a page shows it, once: one statement a queue, whatever their length."""

    def __init__(self, request: HttpRequest, here: str = "") -> None:
        self.request, self.now = request, timezone.now()
        self.here = here or request.get_full_path()
        self._links: list[Link] | None = None

    @property
    def caller(self) -> Any:
        return caller_of(self.request)

    @property
    def links(self) -> list[Link]:
        if self._links is None:
            self._links = [self._link(e) for e in entries() if self._sees(e)]
        return self._links

    def _sees(self, entry: Entry) -> bool:
        return self.caller.superuser or any(Who[role.upper()] & entry.who for role in roles_of(self.request))

    def _link(self, entry: Entry) -> Link:
        count, address = entry.count(shops_shown(self.request), self.now), entry.address()
        here = self.here == address or self.here.startswith(f"{address}&")
        return Link(entry, address, queues.shown(count), not count, here)

    @property
    def shops(self) -> list[Any]:
        return own_shops(self.request)

    @property
    def chosen(self) -> Any:
        return self.request.session.get(SWITCH)

    @property
    def lists(self) -> list[tuple[str, str, bool]]:
        """Everything of each flow, not only what waits."""
        found = []
        known = [f for f in FLOWS.values() if admin.site.is_registered(f.model)]
        for flow in sorted(known, key=lambda f: f.model.root):  # orders first
            opts = flow.model._meta
            address = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
            found.append((str(opts.verbose_name_plural), address, self.here == address))
        return found

    @property
    def silent(self) -> bool:
        """The clock has not been heard: what falls due would not be noticed."""
        return is_silent(self.last, self.now)

    @property
    def last(self) -> datetime | None:
        if not hasattr(self, "_last"):
            self._last = last_beat()
        return self._last
