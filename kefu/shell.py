"""What stands around every page of the desk: the queues of the caller's roles, live; shops; the clock's pulse."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from flows import queues
from flows.due import watched
from flows.queues import QUEUES, Entry, Queue
from flows.registry import FLOWS
from flows.shown import SWITCH, own_shops, roles_of, shops_shown
from flows.table import Who
from hooks.admin import stranded
from returns.warehouse import strays
from shops.scoped_admin import caller_of
from tickets.assign.bring import unassigned
from tickets.judging import verdicts
from tickets.load.switch import seat_shown
from tickets.models import QualityFinding

from .models import is_silent, last_beat

EVERYBODY = Who.AGENT | Who.AUDITOR | Who.WAREHOUSE | Who.LEAD
WAREHOUSE = Who.WAREHOUSE | Who.LEAD
ORDER = (
    "to_confirm", "to_audit", "to_pack", "to_ship", "stock_outs", "to_swap", "to_look_up", "tracing",
    "lost_parcels", "to_handle", "to_inspect", "to_decide",
    "disputes", "to_reship", "to_repair", "to_hand_back", "intercepting", "awaiting_customer", "bounced",
    "cancel_asked",
)  # fmt: skip
SECTIONS = {"tickets": _("客户在等"), "queue": _("单子")}


@dataclass(frozen=True)
class Link:
    """A queue in the shell: how many wait there, and whether it is the page that is shown."""

    entry: Entry
    address: str
    count: str
    waiting: int
    here: bool

    @property
    def none(self) -> bool:
        return not self.waiting


def entries() -> list[Entry]:
    """All lines of the shell, in their order."""
    return [
        *(_entry(q) for q in QUEUES.values() if q.section != "queue"),
        *(_entry(QUEUES[name]) for name in ORDER if name in QUEUES),
        *(_entry(q) for q in QUEUES.values() if q.name not in ORDER and q.section == "queue"),
        Entry("warehouse", _("收退货"), "scan-line", WAREHOUSE, _warehouse, _strays, "soon"),
        Entry("load", _("负载"), "layout-dashboard", Who.LEAD, _load, _unassigned, "soon"),
        Entry("soon", _("即将到期"), "hourglass", EVERYBODY, lambda: _late("soon"), _soon, "soon"),
        Entry("late", _("已超时"), "timer", EVERYBODY, lambda: _late("late"), _over, "late"),
        Entry("quality", _("质检复核"), "clipboard-check", Who.LEAD, _quality, _unjudged),
        Entry("inbox", _("收件箱异常"), "inbox", Who.LEAD, _inbox, _stranded, "late"),
    ]


def _entry(queue: Queue) -> Entry:
    opts = FLOWS[queue.flow].model._meta
    name = f"admin:{opts.app_label}_{opts.model_name}_changelist"
    return Entry(
        queue.name, queue.label, queue.icon, queue.who, lambda: f"{reverse(name)}?queue={queue.name}",
        lambda shops, by, _now: queue.rows(shops, by), queue.tone, queue.section,
    )  # fmt: skip


def _late(show: str) -> str:
    return f"{reverse('admin:deadlines_deadline_changelist')}?show={show}"


def _inbox() -> str:
    return f"{reverse('admin:hooks_inbox_changelist')}?outcome=stranded"


def _warehouse() -> str:
    return reverse("admin:warehouse")


def _load() -> str:
    return reverse("admin:load")


def _unassigned(shops: Iterable[int], by: str, now: datetime) -> QuerySet[Any]:
    """Tickets that nobody has."""
    return unassigned().filter(shop__in=sorted(shops))


def _strays(shops: Iterable[int], by: str, now: datetime) -> QuerySet[Any]:
    """Parcels that lie there and belong to nobody."""
    return strays.waiting(shops)


def _quality() -> str:
    return reverse("admin:tickets_qualityfinding_changelist")


def _unjudged(shops: Iterable[int], by: str, now: datetime) -> QuerySet[Any]:
    """What quality rules have found and no reviewer has judged."""
    return verdicts.waiting(QualityFinding.objects.filter(shop__in=sorted(shops)))


def _soon(shops: Iterable[int], by: str, now: datetime) -> QuerySet[Any]:
    return queues.soon(shops, now, watched())


def _over(shops: Iterable[int], by: str, now: datetime) -> QuerySet[Any]:
    return queues.late(shops, now, watched())


def _stranded(shops: Iterable[int], by: str, now: datetime) -> QuerySet[Any]:
    return stranded(sorted(shops))


class Shell:
    """Looked up where a page shows it, once: one statement for all queues, whatever their number and length."""

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
            mine, shops = [e for e in entries() if self._sees(e)], shops_shown(self.request)
            counted = queues.counts([e.rows(shops, self.caller.by, self.now) for e in mine])
            self._links = [self._link(e, n) for e, n in zip(mine, counted, strict=True)]
        return self._links

    @property
    def sections(self) -> list[tuple[str, list[Link]]]:
        """The lines under their headings; "" for those that need none."""
        found = dict[str, list[Link]]()
        for link in self.links:
            found.setdefault(str(SECTIONS.get(link.entry.section, "")), []).append(link)
        return list(found.items())

    @property
    def waiting(self) -> int:
        """For the tab's title: how many customers wait for this very person."""
        return sum(link.waiting for link in self.links if link.entry.name == "to_reply")

    def _sees(self, entry: Entry) -> bool:
        return self.caller.superuser or any(Who[role.upper()] & entry.who for role in roles_of(self.request))

    def _link(self, entry: Entry, count: int) -> Link:
        address = entry.address()
        here = self.here == address or self.here.startswith(f"{address}&")
        return Link(entry, address, queues.shown(count), count, here)

    @cached_property
    def seat(self) -> Any:
        """The caller's own switch; none for who answers nobody."""
        return seat_shown(self.request)

    @property
    def shops(self) -> list[Any]:
        return own_shops(self.request)

    @property
    def chosen(self) -> Any:
        return self.request.session.get(SWITCH)

    @property
    def reads_figures(self) -> bool:
        """A lead reads all of them, an agent their own."""
        return self.caller.superuser or bool({"lead", "agent"} & roles_of(self.request))

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
