"""A batch of a queue's rows: which steps are offered, what was ticked, a page with a result per row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _

from shops.punctuation import labelled
from shops.scoped_admin import ScopedAdmin, caller_of

from . import batch, words
from .acting import STAFF
from .queues import QUEUES
from .table import Flow


class BatchPages(ScopedAdmin):
    """The part of a flow's pages that takes one step on many of its subjects."""

    flow: Flow

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
        caller = caller_of(request)
        subjects = list(self.get_queryset(request).filter(pk__in=asked[: batch.MOST]).order_by("pk"))
        strange = batch.forged(caller, self.flow, asked[: batch.MOST], subjects)
        versions = batch.versions_of(request.POST, asked)
        results = batch.take_batch(self.flow, step, subjects, caller=caller, at=timezone.now(), versions=versions)
        return self._told(request, step, results, strange, one=bool(one))

    def _told(
        self, request: HttpRequest, step: str, results: Sequence[batch.Result], strange: int, *, one: bool
    ) -> HttpResponse:
        """One row: back to the queue with its result; many: a page with a result per row."""
        label, queue = words.step_label(self.flow, step), request.POST.get("queue", "")
        back = self.address("changelist") + (f"?queue={queue}" if queue in QUEUES else "")
        if one and results:
            [r] = results
            said = _("%(number)s：已%(step)s") % {"number": r.subject.number, "step": label}
            refused = labelled(r.subject.number, r.why)
            self.message_user(request, said if r.moved else refused, messages.SUCCESS if r.moved else messages.WARNING)
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
