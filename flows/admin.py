"""The desk's pages of any flow: its queues, its case page, its steps. A flow's own admin says what a row and a case
hold; buttons, forms, clocks and history follow from the table.

Nothing is edited here: a state changes by its steps, which go through the one door; every other address is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from deadlines.models import Deadline
from shops.punctuation import clauses
from shops.scoped_admin import caller_of

from . import late_admin, lists, story, words  # noqa: F401 (late_admin: registers what is late)
from .acting import acting, asks_something, buttons, main_of, refusal
from .batch_admin import BatchPages
from .due import dues
from .effects import Refused
from .engine import take
from .forms import Given, StepForm
from .models import Move
from .queues import QUEUES, Queue
from .shown import roles_of, shops_shown
from .table import Flow, Who


class SubjectAdmin(BatchPages):
    """flow: the table; facts_template: the left column; row_template: the cells of a queue's row."""

    flow: Flow
    related: tuple[str, ...] = ("shop",)
    facts_template = "desk/facts.html"
    row_template = "desk/row.html"
    case_template = "desk/case.html"
    facets: Mapping[str, Any] = {}  # {column: (words, its choices)} by which a list may be narrowed beside its queue
    heads = (gettext_lazy("单号 · 店铺 · 买家"), gettext_lazy("商品 · 金额"))  # of the columns of row_template
    pace = 10  # seconds after which a list asks again
    actions = None

    # ---- what a flow's own admin says
    def decorate(self, subjects: Sequence[Any]) -> None:
        """Load what the rows of a list show, for all of them at once."""

    def bring(self, request: HttpRequest, subject: Any) -> Any:
        """Load the case: whatever `facts_template`, `happenings`, `given` and `preview` look at."""

    def family(self, subject: Any, case: Any) -> Mapping[str, Sequence[Any]]:
        """{flow: subjects} whose steps belong in this story."""
        return {self.flow.name: [subject]}

    def clocks_of(self, subject: Any, family: Mapping[str, Sequence[Any]]) -> list[Deadline]:
        """The clocks of this story: of the whole case, or of what belongs to none."""
        whole = Q(case=subject.order_pk) if subject.order_pk else Q(subject=subject.pk)
        return list(Deadline.objects.filter(whole, flow__in=list(family)).order_by("pk"))

    def happenings(self, request: HttpRequest, case: Any) -> Iterable[story.Happening]:
        """What the story holds beside steps and clocks."""
        return ()

    def given(self, subject: Any, case: Any, step: str) -> Given:
        return Given()

    def posted(self, request: HttpRequest, subject: Any, step: str) -> tuple[Any, Mapping[str, Sequence[str]]]:
        """-> what was sent, and what is wrong with it already, by field. Files are kept here, before the step."""
        return request.POST, {}

    def preview(self, subject: Any, case: Any, step: str) -> list[str]:
        """What will happen if the step is taken, in words."""
        return []

    # ---- permissions
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        shops = sorted(caller_of(request).shops)
        found: QuerySet[Any] = self.model._default_manager.filter(shop__in=shops)
        return found.select_related(*self.related)

    def seen(self, request: HttpRequest, pk: int) -> Any:
        """The subject, if it is the caller's to see."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        found = self.get_queryset(request).filter(pk=pk).first()
        if found is None:
            raise Http404(words.gone())
        return found

    # ---- addresses
    def get_urls(self) -> list[URLPattern]:
        wrap, name = self.admin_site.admin_view, f"{self.opts.app_label}_{self.opts.model_name}"
        return [
            path("", wrap(self.list_view), name=f"{name}_changelist"),
            path("batch/", wrap(self.batch_view), name=f"{name}_batch"),
            path("<int:pk>/change/", wrap(self.case_view), name=f"{name}_change"),
            path("<int:pk>/moved/", wrap(self.moved_view), name=f"{name}_moved"),
            path("<int:pk>/step/<slug:step>/", wrap(self.step_view), name=f"{name}_step"),
            *(path(route, wrap(view), name=f"{name}_{view.__name__}") for route, view in self.further()),
        ]

    def further(self) -> list[tuple[str, Any]]:
        """[(route, view)] of a flow's own further pages, named by the view."""
        return []

    def address(self, view: str, *args: Any) -> str:
        return reverse(f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{view}", args=args)

    # ---- queues
    def list_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        now, caller, shops = timezone.now(), caller_of(request), shops_shown(request)
        page, subjects = lists.listing(
            self.flow, self.get_queryset(request), request, shops=shops, now=now, by=caller.by, facets=self.facets
        )
        self.decorate(subjects)
        fast, press = (page.queue.fast, page.queue.press) if page.queue else ((), "")
        page.rows = lists.worded(self.flow, subjects, caller=caller, now=now, fast=fast, press=press)
        alone, stamp = request.headers.get("HX-Target") == "queue", lists.stamp(page)
        if alone and request.GET.get("stamp") == stamp:
            return HttpResponse(status=204)
        context = {
            "page": page, "batch": self.batch_steps(request, fast), "row_template": self.row_template, "alone": alone,
            "chips": self.chips(request), "states": self.flow.states.choices,
            "heads": self.heads, "base": self.address("changelist"), "batch_address": self.address("batch"),
            "pace": self.pace, "opens": self.opens(request),
            "facets": lists.narrowings(page, self.facets), "again": lists.again(request, stamp),
        }  # fmt: skip
        title = page.queue.label if page.queue else self.opts.verbose_name_plural
        return self.page(request, "desk/rows.html" if alone else "desk/list.html", str(title), context)

    def opens(self, request: HttpRequest) -> list[tuple[str, str]]:
        """(words, address) of what may be begun from the list."""
        return []

    def chips(self, request: HttpRequest) -> list[Queue]:
        """The flow's queues that the caller's roles see; all of them for who has none."""
        mine = [Who[role.upper()] for role in roles_of(request)]
        own = [q for q in QUEUES.values() if q.flow == self.flow.name]
        return [q for q in own if not mine or any(who & q.who for who in mine)]

    # ---- the case
    def case_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.case_page(request, self.seen(request, pk))

    def case_page(
        self, request: HttpRequest, subject: Any, *, form: StepForm | None = None, step: str = "", status: int = 200
    ) -> HttpResponse:
        context = self.case_context(request, subject, form=form, step=step)
        title = f"{self.flow.label} {subject.number}"
        response = self.page(request, self.case_template, title, context, status=status)
        response["Cache-Control"] = "no-store"
        return response

    def case_context(
        self, request: HttpRequest, subject: Any, *, form: StepForm | None = None, step: str = ""
    ) -> dict[str, Any]:
        """Everything that the case page shows."""
        now, caller = timezone.now(), caller_of(request)
        case = self.bring(request, subject)
        family = self.family(subject, case)
        clocks = self.clocks_of(subject, family)
        told = story.told(story.steps(family), story.clocks(clocks), self.happenings(request, case))
        kind = request.GET.get("kind", "")
        roles = caller.roles_in(subject.shop_id)
        tone, waits = lists.standing(self.flow, subject.state, roles)
        offered = buttons(self.flow, subject, roles)
        beside = lists.beside(subject, family, roles)
        running = dues([d for d in clocks if d.ended_at is None], now)
        return {
            "dues": lists.owned(running, beside),
            "subject": subject, "case": case, "state": words.label_of(self.flow, subject.state), "tone": tone,
            "waits": waits, "beside": beside, "kinds": dict.fromkeys(h.kind for h in told), "kind": kind, "now": now,
            "story": [h for h in told if h.kind == kind] if kind else told, "facts_template": self.facts_template,
            "main": main_of(self.flow, subject.state, offered), "buttons": offered,
            **self._form_context(subject, case, form, step),
            "base": self.address("changelist"), "here": self.address("change", subject.pk),
            "moved_address": self.address("moved", subject.pk), "caller": caller, "opts": self.opts,
        }  # fmt: skip

    def _form_context(self, subject: Any, case: Any, form: StepForm | None, step: str) -> dict[str, Any]:
        if not step:
            return {"form": None, "step": ""}
        head = self.flow.head(step)
        return {
            "form": form, "step": step, "step_label": str(head.label), "step_tone": head.tone,
            "preview": self.preview(subject, case, step), "step_address": self.address("step", subject.pk, step),
        }  # fmt: skip

    def moved_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """For the live notice: what has happened since the version that the page shows; empty where nothing has."""
        subject = self.seen(request, pk)
        seen = request.GET.get("version", "")
        since = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else subject.version
        context = {"news": self.since(subject, since), "subject": subject, "here": self.address("change", pk)}
        context |= {"moved_address": self.address("moved", pk), "version": since}
        return TemplateResponse(request, "desk/moved.html", context)

    def since(self, subject: Any, version: int) -> list[story.Happening]:
        if version >= subject.version:
            return []
        moves = Move.objects.filter(flow=self.flow.name, subject=subject.pk, seq__gt=version).order_by("seq")
        return [story.step(self.flow, m) for m in moves]

    # ---- steps
    def step_view(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """GET: the case with the step's form open. POST: takes it, through the one door."""
        subject = self.seen(request, pk)
        if step not in self.flow.rows:
            raise Http404
        if request.method not in ("GET", "HEAD", "POST"):
            return HttpResponseNotAllowed(["GET", "POST"])
        asked = request.method != "POST"
        roles = caller_of(request).roles_in(subject.shop_id)
        if not asked and (stale := self._stale(request, subject)):
            return stale
        if refused := refusal(self.flow, subject, step, roles):
            return self._refused(request, subject, refused)
        posted, wrong = (None, {}) if asked else self.posted(request, subject, step)
        case = self.bring(request, subject)
        given = replace(self.given(subject, case, step), wrong=wrong)
        form = StepForm(self.flow.head(step).asks, subject, given, posted)
        if asked:
            return self.case_page(request, subject, form=form, step=step)
        if not form.is_valid() or wrong:
            return self.case_page(request, subject, form=form, step=step, status=400)
        return self._take(request, subject, step, form)

    def _stale(self, request: HttpRequest, subject: Any) -> HttpResponse | None:
        """The case has moved since the caller saw it: it says what happened, and nothing is done."""
        seen = request.POST.get("version", "")
        if not (seen.isascii() and seen.isdigit() and len(seen) < 10) or int(seen) == subject.version:
            return None
        return self._what_happened(request, subject, int(seen))

    def _what_happened(self, request: HttpRequest, subject: Any, seen: int) -> HttpResponse:
        told = clauses(f"{h.by or h.role} {h.title}" for h in self.since(subject, seen))
        said = _("您没有动它：在您看的时候，%s。下面是最新情况。") % told if told else words.moved(subject)
        self.message_user(request, said, messages.WARNING)
        return HttpResponseRedirect(self.address("change", subject.pk))

    def _refused(self, request: HttpRequest, subject: Any, refused: Refused) -> HttpResponse:
        if refused.code == "role" and request.method == "POST":
            raise PermissionDenied(refused.why)
        self.message_user(request, refused.why, messages.WARNING)
        return HttpResponseRedirect(self.address("change", subject.pk))

    def _take(self, request: HttpRequest, subject: Any, step: str, form: StepForm) -> HttpResponse:
        caller, at = caller_of(request), self.moment(request)
        who = acting(self.flow, step, subject.state, caller.roles_in(subject.shop_id))
        why = str(form.inputs.get("why", ""))
        seen = subject.version
        try:
            take(subject, step, who=who, by=caller.by, at=at, why=why, version=seen, inputs=form.inputs)
        except Refused as refused:
            if refused.code in ("moved", "state"):
                return self._what_happened(request, self.seen(request, subject.pk), seen)
            form.errors.append(refused.why)
            return self.case_page(request, self.seen(request, subject.pk), form=form, step=step, status=409)
        self.message_user(request, words.done(self.flow, step), messages.SUCCESS)
        return HttpResponseRedirect(self.after(request, subject))

    def after(self, request: HttpRequest, subject: Any) -> str:
        return self.address("change", subject.pk)

    def moment(self, request: HttpRequest) -> datetime:
        return timezone.now()

    def page(
        self, request: HttpRequest, template: str, title: str, context: Mapping[str, Any], status: int = 200
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        whole = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **context}
        return TemplateResponse(request, template, whole, status=status)


__all__ = ["SubjectAdmin", "asks_something"]
