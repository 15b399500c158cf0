"""Count a shop's running clocks anew, by its newest policy or by its calendar; every change is logged."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from flows import recount
from shops.models import Shop


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("shop", help="the shop's code")
        parser.add_argument("--by", choices=["policy", "calendar"], required=True)
        parser.add_argument("--why", required=True, help="is written beside every clock that changes")

    def handle(self, *args: Any, **options: Any) -> None:
        shop = Shop.objects.filter(code=options["shop"]).first()
        if shop is None:
            raise CommandError(f"no shop {options['shop']!r}")
        count = recount.by_policy if options["by"] == "policy" else recount.by_calendar
        changed = count(shop.pk, by="manage.py recount", why=options["why"], at=timezone.now())
        self.stdout.write(f"{changed} clocks changed")
