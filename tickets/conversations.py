"""Which ticket hears a conversation: its live one, or the one that it was merged into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db.models import Max, QuerySet

from .models import Ticket
from .states import LIVE

Name = tuple[int, str]  # a shop's key, the conversation's own id at its source
DEEPEST = 20  # merges one after the other


def hearing(names: Iterable[Name]) -> dict[Name, int]:
    """{conversation: the key of the ticket that hears it}; one that nobody hears is left out.

    Two statements; one more for each step of a merge.
    """
    wanted = {name for name in names if name[1]}
    if not wanted:
        return {}
    live = _of(wanted).filter(state__in=LIVE)
    found = {(shop, name): pk for shop, name, pk in live.values_list("shop_id", "conversation", "pk")}
    heard = {name: pk for name, pk in found.items() if name in wanted}
    rest = wanted - heard.keys()
    return {**heard, **_followed(_merged(rest))} if rest else heard


def _of(names: Iterable[Name]) -> QuerySet[Ticket]:
    shops, talks = {shop for shop, _ in names}, {name for _, name in names}
    return Ticket.objects.filter(shop__in=shops, conversation__in=talks).exclude(conversation="")


def _merged(names: set[Name]) -> dict[Name, int]:
    """Of these conversations, those whose newest ticket was merged: into which."""
    last = _of(names).values("shop", "conversation").annotate(last=Max("pk")).values("last")
    rows = Ticket.objects.filter(pk__in=last, merged_into__isnull=False)
    found = rows.values_list("shop_id", "conversation", "merged_into")
    return {(shop, name): into for shop, name, into in found if (shop, name) in names and into}


def _followed(merged: Mapping[Name, int]) -> dict[Name, int]:
    """Along the merges to the ticket that lives; none where the last one was closed."""
    heard: dict[Name, int] = {}
    for _deep in range(DEEPEST):
        if not merged:
            break
        rows = Ticket.objects.filter(pk__in=set(merged.values())).values_list("pk", "state", "merged_into")
        there = {pk: (state, into) for pk, state, into in rows}
        heard |= {name: pk for name, pk in merged.items() if there[pk][0] in LIVE}
        merged = {name: into for name, pk in merged.items() if name not in heard and (into := there[pk][1])}
    return heard


def taken_in(ticket: int) -> list[int]:
    """The keys of the tickets that were merged into this one, and into those: one statement, and one for each step of a
    merge."""
    found: list[int] = []
    into = [ticket]
    while into:
        into = list(Ticket.objects.filter(merged_into__in=into).exclude(pk__in=found).values_list("pk", flat=True))
        found += into
    return found


def reaching(customers: Iterable[int]) -> dict[int, tuple[str, str]]:
    """{customer: (channel, conversation)} by which we last spoke with them, where no live ticket has it: who opens a
    ticket of ours answers there. One statement, two where somebody has spoken before."""
    last = Ticket.objects.filter(customer__in=set(customers)).exclude(conversation="")
    newest = last.values("customer").annotate(last=Max("pk")).values_list("last", flat=True)
    rows = list(Ticket.objects.filter(pk__in=list(newest)).values_list("customer", "shop", "channel", "conversation"))
    taken = hearing((shop, name) for _c, shop, _ch, name in rows)
    return {c: (channel, name) for c, shop, channel, name in rows if (shop, name) not in taken}
