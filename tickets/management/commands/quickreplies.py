"""`manage.py quickreplies --load [--shop CODE …]`: the default set for shops that lack it; `--check`: what is wrong."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from shops.models import Shop
from tickets.models import QuickReply
from tickets.replies.loading import load
from tickets.replies.template import faults

BY = "quickreplies"


class Command(BaseCommand):
    help = "Adds the default quick replies that a shop lacks, or names the ones whose variables are not known."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--shop", action="append", metavar="CODE", help="only this shop; may be given repeatedly")
        parser.add_argument("--load", action="store_true", help="add what is missing; what a shop edited stays")
        parser.add_argument("--check", action="store_true", help="exit 1 and name what could not be saved today")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["load"] == options["check"]:
            raise CommandError("Say either --load or --check.")
        shops = self._shops(options["shop"])
        if options["load"]:
            for shop in shops:
                self.stdout.write(_("%(shop)s：新增 %(n)s 条") % {"shop": shop, "n": load(shop, BY, timezone.now())})
        else:
            self._check(shops)

    def _shops(self, codes: list[str] | None) -> list[Shop]:
        found = list(Shop.objects.filter(code__in=codes) if codes else Shop.objects.all())
        if missing := sorted(set(codes or ()) - {shop.code for shop in found}):
            raise CommandError(f"No such shop: {', '.join(missing)}")
        return found

    def _check(self, shops: list[Shop]) -> None:
        bad = [(r, f) for r in QuickReply.objects.filter(shop__in=shops).order_by("pk") for f in faults(r.words)]
        for reply, fault in bad:
            self.stdout.write(f"{reply.pk} {reply.title}: {fault.said}")
        if bad:
            raise SystemExit(1)
