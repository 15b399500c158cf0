"""The desk's pages of tickets: their queues, the conversation with its composer, live."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deadlines.models import Deadline
from flows.acting import Button
from flows.forms import Given
from flows.shown import shops_shown
from flows.story import Happening
from orders import personal
from orders.admin import CaseAdmin
from orders.annexes import ANNEXES, Annex
from orders.models import Order
from shops.scoped_admin import caller_of

from . import by_hand, composing, conversation, files, given, live, presence, queues, slots  # noqa: F401 (queues)
from . import case as cases
from .listed import decorate
from .models import Mention, Ticket
from .replies import admin as replies_admin  # noqa: F401 (it registers)
from .replies import slot as replies_slot  # noqa: F401 (so does it)
from .states import Desk, Kind, Side
from .tables import TICKET

HARMLESS = ("ticket.hear", "ticket.note")
ENDS = ("resolve", "close", "merge")
IN_THE_COMPOSER = ("reply", "note")


@admin.register(Ticket)
class TicketAdmin(CaseAdmin):
    flow = TICKET
    related = ("shop", "customer", "order", "order__replaces", "order__merged_into", "merged_into")
    facts_template = "desk/ticket_facts.html"
    heads = (gettext_lazy("工单 · 店铺 · 客户"), gettext_lazy("问什么"))
    row_template = "desk/ticket_row.html"
    case_template = "desk/ticket.html"
    facets = {"desk": (gettext_lazy("队列"), Desk), "kind": (gettext_lazy("按类型"), Kind)}
    pace = 5
    asked_at_once = ("assign", "classify", "resolve")

    def further(self) -> list[tuple[str, Any]]:
        return [
            *super().further(),
            ("open/", self.open),
            ("open/<int:order>/", self.open),
            ("<int:pk>/say/", self.say),
            ("<int:pk>/live/", self.live),
            ("<int:pk>/file/<int:key>/", self.file),
        ]

    # ---- the case
    def bring(self, request: HttpRequest, subject: Any) -> Any:
        ticket: Ticket = subject
        if ticket.order is None:
            case: Any = cases.Loose()
        else:
            ticket.order.shop = ticket.shop
            case = super().bring(request, ticket)
        ticket.actor = caller_of(request).by  # what one may do depends on whose it is
        case.page = cases.beside(request, ticket, timezone.now())
        return case

    def annexes(self) -> Sequence[Annex]:
        """The order's other tickets stay theirs: only what belongs to this conversation is told."""
        return [annex for annex in ANNEXES if annex.name != cases.TicketsAnnex.name]

    def family(self, subject: Any, case: Any) -> Mapping[str, Sequence[Any]]:
        return {**(super().family(subject, case) if case.order else {}), "ticket": case.page.talk.tickets}

    def clocks_of(self, subject: Any, family: Mapping[str, Sequence[Any]]) -> list[Deadline]:
        own = {t.pk for t in family["ticket"]}
        found = super().clocks_of(subject, family)
        return [d for d in found if d.flow != self.flow.name or d.subject in own]

    def happenings(self, request: HttpRequest, case: Any) -> Iterable[Happening]:
        talk, customer = case.page.talk, case.page.known.customer
        yield from conversation.bubbles(talk.tickets, talk.said, talk.clear)
        if case.order is not None:
            yield from super().happenings(request, case)
        elif customer is not None:
            yield from cases.looks(customer)

    def case_context(self, request: HttpRequest, subject: Any, **shown: Any) -> dict[str, Any]:
        context = super().case_context(request, subject, **shown)
        now, user = timezone.now(), request.user.pk or 0
        here = presence.others(subject.pk, user, now)
        context["buttons"] = [b for b in context["buttons"] if b.step not in IN_THE_COMPOSER]
        return {
            **context, "here_too": here, "seen": live.seen(subject, here, context["kind"]),
            "live_address": self.address("live", subject.pk), "say_address": self.address("say", subject.pk),
            "composer": self.composer(request, subject, context["case"]), "answers": self._answers(context["main"]),
        }  # fmt: skip

    def _answers(self, main: Button | None) -> bool:
        """Whether what moves it on are words: then the composer is where they are said."""
        return main is not None and main.step in IN_THE_COMPOSER

    def composer(self, request: HttpRequest, ticket: Ticket, case: Any) -> composing.Composer:
        found = composing.composer(ticket, caller_of(request))
        if found.may_reply or found.may_note:
            found.slots = slots.filled(request, ticket, case)
            found.draft = slots.draft(found.slots)
        return found

    def case_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Who opens it is seen by the others; what mentioned them is read."""
        ticket, now, user = self.seen(request, pk), timezone.now(), request.user.pk or 0
        presence.forget(user, now)
        presence.look(pk, user, now)
        Mention.objects.filter(ticket=pk, name=caller_of(request).by, seen_at=None).update(seen_at=now)
        return self.case_page(request, ticket)

    # ---- live
    def live(self, request: HttpRequest, pk: int) -> HttpResponse:
        """204 while nothing has happened: the page stays as it is."""
        ticket, now, user = self.seen(request, pk), timezone.now(), request.user.pk or 0
        presence.look(pk, user, now, typing=request.GET.get("typing") == "1")
        here, was = presence.others(pk, user, now), live.Seen.of(request)
        is_now = live.seen(ticket, here, was.kind)
        if was == is_now:
            return HttpResponse(status=204)
        context: dict[str, Any] = {"subject": ticket, "here_too": here, "seen": is_now, "opts": self.opts,
                                   "live_address": self.address("live", pk)}  # fmt: skip
        if replace(is_now, here="") != replace(was, here=""):
            context |= self.case_context(request, ticket) | {"moved": True}
            context["news"] = live.news(context["story"], was, is_now, ticket)
        response = TemplateResponse(request, "desk/ticket_live.html", context)
        if any(h.side == Side.CUSTOMER for h in context.get("news") or ()):
            response["HX-Trigger"] = "kefu:heard"
        response["Cache-Control"] = "no-store"
        return response

    # ---- the composer
    def say(self, request: HttpRequest, pk: int) -> HttpResponse:
        """An answer, or a note. What does not go through is said beside the words, which stay."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        ticket, posted = self.seen(request, pk), request.POST
        mode = composing.NOTE if posted.get("mode") == composing.NOTE else composing.REPLY
        known = posted.get("seen", "")
        outcome = composing.say(
            ticket, mode, given.spoken(request, ticket), caller=caller_of(request), at=timezone.now(),
            seen=int(known) if known.isascii() and known.isdigit() and len(known) < 10 else ticket.version,
            anyway="anyway" in posted, uploads=request.FILES.getlist("files"), once=posted.get("once", ""),
        )  # fmt: skip
        if outcome.code == "role":
            raise PermissionDenied(outcome.errors[0])
        if request.headers.get("HX-Request"):
            return self._beside(request, outcome)
        if outcome.said:
            self.message_user(request, _("已发送") if mode == composing.REPLY else _("已备注"), messages.SUCCESS)
            return HttpResponseRedirect(f"{self.address('change', pk)}#composer")
        return self._again(request, self.seen(request, pk), outcome, mode)

    def _beside(self, request: HttpRequest, outcome: composing.Outcome) -> HttpResponse:
        status = 200 if outcome.said else 409 if outcome.answered or outcome.code != "input" else 400
        response = TemplateResponse(request, "desk/composer_told.html", {"told": outcome}, status=status)
        if outcome.said:
            response["HX-Trigger"] = "kefu:said"
        return response

    def _again(self, request: HttpRequest, ticket: Ticket, outcome: composing.Outcome, mode: str) -> HttpResponse:
        context = self.case_context(request, ticket)
        composer = context["composer"]
        composer.draft, composer.mode = request.POST.get("words", ""), mode
        context["told"] = outcome
        status = 400 if outcome.code == "input" else 409
        return self.page(request, self.case_template, f"{self.flow.label} {ticket.number}", context, status=status)

    def file(self, request: HttpRequest, pk: int, key: int) -> HttpResponseBase:
        return files.serve(request, self.seen(request, pk), key)

    # ---- steps
    def step_view(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """Words are said in the composer."""
        if step in IN_THE_COMPOSER:
            self.seen(request, pk)
            return HttpResponseRedirect(f"{self.address('change', pk)}#composer")
        return super().step_view(request, pk, step)

    def _stale(self, request: HttpRequest, subject: Any) -> HttpResponse | None:
        """What the customer says, and what colleagues note, moves nothing from under a hand; but who ends a
        conversation must have read it."""
        known = request.POST.get("version", "")
        since = self.since(subject, int(known)) if known.isascii() and known.isdigit() and len(known) < 10 else []
        if since and all(h.step in HARMLESS for h in since) and self._step(request) not in ENDS:
            return None
        return super()._stale(request, subject)

    def _step(self, request: HttpRequest) -> str:
        match = request.resolver_match
        return str(match.kwargs.get("step", "")) if match else ""

    def given(self, subject: Any, case: Any, step: str) -> Given:
        return given.given(subject, case, step)

    def batch_given(self, subject: Any, step: str) -> Given:
        return Given() if step == "classify" else given.given(subject, None, step)

    def preview(self, subject: Any, case: Any, step: str) -> list[str]:
        return given.preview(subject, step)

    # ---- the customer, unmasked
    def personal(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: show the customer, and where the order goes, for ten minutes; who, when and why stand in the story."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        ticket: Ticket = self.seen(request, pk)
        if not caller_of(request).may_unmask(ticket.shop_id):
            raise PermissionDenied
        why = request.POST.get("why", "").strip() or personal.reasons()[0]
        for of in (ticket.order, ticket.customer):
            if of is not None:
                personal.show(request, of, why, timezone.now())
        then = request.POST.get("next", "")
        safe = url_has_allowed_host_and_scheme(then, allowed_hosts=None)
        return HttpResponseRedirect(then if safe else self.address("change", pk))

    def slip(self, request: HttpRequest, pk: int) -> HttpResponse:
        if self.seen(request, pk).order is None:
            raise Http404
        return super().slip(request, pk)

    # ---- opening, rows
    def open(self, request: HttpRequest, order: int = 0) -> HttpResponse:
        """A ticket that somebody at the desk opens, about this order or about none."""
        mine = Order.objects.filter(shop__in=sorted(caller_of(request).shops)).select_related("shop")
        found = mine.filter(pk=order).first() if order else None
        if order and found is None:
            raise Http404(_("没有这个对象"))
        return by_hand.opened(self, request, found)

    def opens(self, request: HttpRequest) -> list[tuple[str, str]]:
        caller = caller_of(request)
        may = any(cases.may_open(caller, shop) for shop in shops_shown(request))
        return [(_("新开工单"), self.address("open"))] if may else []

    def decorate(self, subjects: Sequence[Any]) -> None:
        decorate(subjects)
