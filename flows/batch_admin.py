"""A batch of a queue's rows: which steps are offered, what was ticked, a page with a result per row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from shops.punctuation import clauses, labelled
from shops.scoped_admin import ScopedAdmin, caller_of

from . import batch, words
from .acting import STAFF, asks_something
from .forms import Given, StepForm
from .queues import QUEUES
from .table import Flow


class BatchPages(ScopedAdmin):
    """The part of a flow's pages that takes one step on many of its subjects. asked_at_once: steps whose form a batch
    asks once; of the others it takes what needs no word."""

    flow: Flow
    asked_at_once: tuple[str, ...] = ()

    def batch_steps(self, request: HttpRequest, fast: Sequence[str]) -> list[tuple[str, str]]:
        """The steps that a batch offers this caller."""
        held = {role for roles in caller_of(request).roles.values() for role in roles}
        mine = [s for s in fast if any(held & set((r.who & STAFF).words) for r in self.flow.rows[s])]
        return [(s, str(self.flow.head(s).label)) for s in mine]

    def batch_view(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_view_permission(request):
            raise PermissionDenied
        step, _colon, one = request.POST.get("step", "").partition(":")
        fast = {s for q in QUEUES.values() if q.flow == self.flow.name for s in q.fast}
        if step not in fast:
            raise Http404
        asked = [int(one)] if one.isascii() and one.isdigit() and len(one) < 19 else batch.picked(request.POST)
        subjects = list(self.get_queryset(request).filter(pk__in=asked[: batch.MOST]).order_by("pk"))
        strange = batch.forged(caller_of(request), self.flow, asked[: batch.MOST], subjects)
        forms = self._forms(request, step, subjects)
        first = next(iter(forms.values()), None)
        if first is not None and ("given" not in request.POST or not first.is_valid()):
            return self._asked(request, step, subjects, first)
        return self._told(request, step, self._taken(request, step, subjects, forms), strange, one=bool(one))

    def batch_given(self, subject: Any, step: str) -> Given:
        """What the form of a batch knows, of the first of its rows."""
        return Given()

    def _forms(self, request: HttpRequest, step: str, subjects: Sequence[Any]) -> dict[int, StepForm]:
        """{key: the step's form}, where it asks for anything: said once, and asked of each row by its own shop."""
        if not subjects or step not in self.asked_at_once or not asks_something(self.flow, step):
            return {}
        asks, posted = self.flow.head(step).asks, request.POST if "given" in request.POST else None
        first = self.batch_given(subjects[0], step)
        return {s.pk: StepForm(asks, s, first, posted) for s in subjects}

    def _taken(
        self, request: HttpRequest, step: str, subjects: Sequence[Any], forms: Mapping[int, StepForm]
    ) -> list[batch.Result]:
        versions = batch.versions_of(request.POST, [s.pk for s in subjects])
        fit = [s for s in subjects if s.pk not in forms or forms[s.pk].is_valid()]
        told = {s.pk: forms[s.pk].inputs for s in fit if s.pk in forms}
        caller, at = caller_of(request), timezone.now()
        results = batch.take_batch(self.flow, step, fit, caller=caller, at=at, versions=versions, inputs=told)
        return [*results, *(batch.Result(s, clauses(forms[s.pk].told_wrong())) for s in subjects if s not in fit)]

    def _asked(self, request: HttpRequest, step: str, subjects: Sequence[Any], form: StepForm) -> HttpResponse:
        """The step's form, once for all the rows that were ticked."""
        queue = request.POST.get("queue", "")
        back = self.address("changelist") + (f"?queue={queue}" if queue in QUEUES else "")
        seen = batch.versions_of(request.POST, [s.pk for s in subjects])
        context = {
            "form": form, "rows": [(s, seen.get(s.pk, "")) for s in subjects], "back": back, "queue": queue,
            "step": step, "step_label": words.step_label(self.flow, step), "batch_address": self.address("batch"),
        }  # fmt: skip
        title = _("批量%s") % words.step_label(self.flow, step)
        return self.page(request, "desk/batch_form.html", title, context, status=400 if form.wrong else 200)

    def _told(
        self, request: HttpRequest, step: str, results: Sequence[batch.Result], strange: int, *, one: bool
    ) -> HttpResponse:
        """One row: back to the queue with its result; many: a page with a result per row."""
        label, queue = words.step_label(self.flow, step), request.POST.get("queue", "")
        back = self.address("changelist") + (f"?queue={queue}" if queue in QUEUES else "")
        if one and results:
            [r] = results
            said = labelled(r.subject.number, words.done(self.flow, step) if r.moved else r.why)
            self.message_user(request, said, messages.SUCCESS if r.moved else messages.WARNING)
            return HttpResponseRedirect(back)
        if not results:
            self.message_user(request, _("没有选中任何一行"), messages.WARNING)
            return HttpResponseRedirect(back)
        context = {"results": results, "strange": strange, "back": back, "done": sum(r.moved for r in results)}
        return self.page(request, "desk/batch.html", _("批量%s的结果") % label, context)

    # ---- the page's own, said by SubjectAdmin
    def address(self, view: str, *args: Any) -> str:
        raise NotImplementedError

    def page(
        self, request: HttpRequest, template: str, title: str, context: Mapping[str, Any], status: int = 200
    ) -> HttpResponse:
        raise NotImplementedError
