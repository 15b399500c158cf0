"""The desk's pages of returns and disputes: the same case as the order's, entered by two further doors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from flows.acting import acting
from flows.forms import Given
from orders.admin import CaseAdmin
from orders.case import Case
from orders.models import Order
from shops.punctuation import labelled
from shops.scoped_admin import caller_of

from . import belongings, given, opening, queues, store  # noqa: F401 (queues: they register themselves)
from .api.evidence import packed
from .case import Here, may_open, of
from .consequences import consequences
from .models import Dispute, Evidence, Return, ReturnLine
from .page import links
from .states import S
from .tables import DISPUTE, RETURN

AT_THE_WAREHOUSE = (S.AWAITING_RETURN, S.RETURNING, S.RECEIVED, S.INSPECTED, S.REPAIRING, S.HANDING_BACK)
STAGES = {"refuse": "refusal", "refuse_receipt": "inspection", "inspect": "inspection", "give_evidence": "application"}


class ComesBack(CaseAdmin):
    """What the pages of a return and of its dispute share."""

    facts_template = "desk/return_facts.html"
    row_template = "desk/return_row.html"

    def return_of(self, subject: Any) -> Return:
        ret: Return = subject.of if isinstance(subject, Dispute) else subject
        return ret

    def bring(self, request: HttpRequest, subject: Any) -> Case:
        case = super().bring(request, subject)
        kept = of(case)
        if isinstance(subject, Dispute):
            kept.stands_for_dispute(subject)
        else:
            kept.stands_for(subject)
        case.page = self._here(request, case, subject)
        return case

    def _here(self, request: HttpRequest, case: Case, subject: Any) -> Here:
        caller, ret = caller_of(request), self.return_of(subject)
        roles, works = caller.roles_in(subject.shop_id), may_open(caller, subject.shop_id)
        unpacks = ret.state in AT_THE_WAREHOUSE and bool({"warehouse", "lead"} & set(roles))
        return Here(
            of(case).papers(subject),
            may_work=works,
            may_dispute=works and not ret.in_dispute,
            may_keep=bool(roles) and (ret.state not in RETURN.final or ret.in_dispute),
            warehouse=reverse("admin:warehouse_return", args=[ret.pk]) if unpacks else "",
            pack=reverse("admin:returns_return_pack", args=[ret.pk]) if roles else "",
        )

    def given(self, subject: Any, case: Case, step: str) -> Given:
        return given.given(subject, case, step)

    def preview(self, subject: Any, case: Case, step: str) -> list[str]:
        return consequences(subject, step)

    # ---- files that come with a step
    def posted(self, request: HttpRequest, subject: Any, step: str) -> tuple[Any, Mapping[str, Sequence[str]]]:
        """Each file is kept first and its key added to what was ticked; one that is none is said beside its field."""
        values, wrong = request.POST.copy(), dict[str, list[str]]()
        who = acting(self.flow, step, subject.state, caller_of(request).roles_in(subject.shop_id))
        for field in request.FILES:
            name = field.removesuffix("-files")
            stage = "dispute" if isinstance(subject, Dispute) else STAGES.get(step, "application")
            kept, wrong[name] = self.keep(request, self.return_of(subject), field, who.word, stage)
            values.setlist(name, [*values.getlist(name), *kept])
        return values, {name: errors for name, errors in wrong.items() if errors}

    def keep(
        self, request: HttpRequest, ret: Return, field: str, role: str, stage: str, words: str = ""
    ) -> tuple[list[str], list[str]]:
        """-> keys of what was kept, and what was not, in words."""
        files, kept, wrong = request.FILES.getlist(field), list[str](), list[str]()
        by, at = caller_of(request).by, timezone.now()
        try:
            store.few_enough(files)
        except store.NotKept as refused:
            return [], [refused.why]
        for file in files:
            try:
                row = store.keep(ret, file, giver=role, by=by, at=at, stage=stage, words=words)
            except store.NotKept as refused:
                wrong.append(labelled(file.name, refused.why))
            else:
                kept.append(str(row.pk))
        return kept, wrong

    # ---- rows
    def decorate(self, subjects: Sequence[Any]) -> None:
        """Each row's return with its own lines: the lines of the order are not what it is about."""
        returns = {r.pk: r for r in map(self.return_of, subjects)}
        lines: dict[int, list[ReturnLine]] = {}
        for line in ReturnLine.objects.filter(of__in=list(returns)).select_related("line").order_by("pk"):
            lines.setdefault(line.of_id, []).append(line)
        super().decorate(subjects)
        for s in subjects:
            ret = s.row_return = returns[self.return_of(s).pk]
            own = lines.get(ret.pk, [])
            s.row_lines, s.row_more = own[:2], max(0, len(own) - 2)
            s.row_standing = given.standing(ret)


@admin.register(Return)
class ReturnAdmin(ComesBack):
    flow = RETURN
    related = ("shop", "order", "order__replaces", "order__merged_into")

    def further(self) -> list[tuple[str, Any]]:
        return [
            *super().further(),
            ("open/<int:order>/", self.open),
            ("<int:pk>/dispute/", self.dispute),
            ("<int:pk>/upload/", self.upload),
            ("<int:pk>/pack/", self.pack),
            ("<int:pk>/link/", self.link),
        ]

    def get_urls(self) -> list[URLPattern]:
        """A file's address tells nobody that it exists: without a session it is no page to log in for."""
        own = path("<int:pk>/evidence/<int:key>/", self.evidence, name="returns_return_evidence")
        return [own, *super().get_urls()]

    def decorate(self, subjects: Sequence[Any]) -> None:
        super().decorate(subjects)
        belongings.bring(subjects)

    # ---- opening
    def open(self, request: HttpRequest, order: int) -> HttpResponse:
        """A return of this order: its form, and its start."""
        found = Order.objects.filter(shop__in=sorted(caller_of(request).shops), pk=order).select_related("shop").first()
        if found is None:
            raise Http404(_("没有这个对象"))
        return opening.of_return(self, request, found)

    def dispute(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The platform's officer has stepped in: recorded by hand."""
        return opening.of_dispute(self, request, self.seen(request, pk))

    # ---- evidence
    def upload(self, request: HttpRequest, pk: int) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        ret = self.seen(request, pk)
        roles = caller_of(request).roles_in(ret.shop_id)
        if not roles:
            raise PermissionDenied
        words = request.POST.get("words", "").strip()
        kept, wrong = self.keep(request, ret, "files", roles[0], self._stage(request), words)
        if words and not request.FILES:
            kept, wrong = self._keep_words(request, ret, words, roles[0])
        if not kept and not wrong:
            wrong = [_("请选择文件或写下说明")]
        for why in wrong:
            self.message_user(request, why, messages.WARNING)
        if kept:
            self.message_user(request, _("已保存 %s 件凭证") % len(kept), messages.SUCCESS)
        return HttpResponseRedirect(self.address("change", pk))

    def _stage(self, request: HttpRequest) -> str:
        asked = request.POST.get("stage", "")
        return asked if asked in dict(Evidence.STAGES) else "application"

    def _keep_words(self, request: HttpRequest, ret: Return, words: str, role: str) -> tuple[list[str], list[str]]:
        by, at = caller_of(request).by, timezone.now()
        try:
            row = store.keep_words(ret, words, giver=role, by=by, at=at, stage=self._stage(request))
        except store.NotKept as refused:
            return [], [refused.why]
        return [str(row.pk)], []

    def evidence(self, request: HttpRequest, pk: int, key: int) -> HttpResponseBase:
        """A file of it, served to who may see the case; to anybody else it is not there."""
        if not (self.admin_site.has_permission(request) and self.has_view_permission(request)):
            raise Http404(_("没有这个对象"))
        ret = self.seen(request, pk)
        found = Evidence.objects.filter(of=ret.pk, pk=key).first()
        if found is None:
            raise Http404(_("没有这个对象"))
        return store.answer(found, request)

    def pack(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The evidence pack, for the platform; who took it stands in the story."""
        ret, caller = self.seen(request, pk), caller_of(request)
        if not caller.roles_in(ret.shop_id):
            raise PermissionDenied
        return packed(ret, clear=caller.may_unmask(ret.shop_id), by=caller.by)

    # ---- the customer's page
    def link(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST make: the address to send to the customer, shown once, to copy; revoke: what was sent opens no more."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        ret = self.seen(request, pk)
        if not may_open(caller_of(request), ret.shop_id):
            raise PermissionDenied
        now = timezone.now()
        if request.POST.get("do") == "revoke":
            links.revoke(ret, by=caller_of(request).by, at=now)
            self.message_user(request, _("已吊销：之前发出的链接都打不开了"), messages.SUCCESS)
            return HttpResponseRedirect(self.address("change", pk))
        context = {"link": links.make(ret, now), "until": links.expires(now), "subject": ret,
                   "here": self.address("change", pk)}  # fmt: skip
        response = self.page(request, "desk/customer_link.html", _("客户页面链接"), context)
        response["Cache-Control"] = "no-store"
        return response


@admin.register(Dispute)
class DisputeAdmin(ComesBack):
    flow = DISPUTE
    related = ("shop", "order", "of", "order__replaces", "order__merged_into")
