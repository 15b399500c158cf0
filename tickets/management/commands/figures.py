"""`manage.py figures [--recount [--from DAY] [--shop CODE]]`: bring the figures up to now, or count them anew."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from shops.models import Shop
from tickets.figures import counting


class Command(BaseCommand):
    help = "Brings the figures up to now; with --recount counts every day anew (after a shop's zone was changed)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--recount", action="store_true", help="every day, whatever has changed")
        parser.add_argument("--from", dest="since", metavar="DAY", help="2026-11-01: from this day on")
        parser.add_argument("--shop", metavar="CODE", help="of this shop alone")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["recount"]:
            if options["since"] or options["shop"]:
                raise CommandError("--from and --shop go with --recount")
            self.stdout.write(f"days {counting.count(at=timezone.now())}")
            return
        since = day(options["since"]) if options["since"] else None
        done = counting.recount(shops(options["shop"]), since, at=timezone.now())
        self.stdout.write(f"days {done}")


def day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is no day such as 2026-11-01") from None
    if not 2000 <= found.year < 2200:
        raise CommandError(f"{text} lies too far away")
    return found


def shops(code: str | None) -> list[Shop]:
    found = list(Shop.objects.filter(code=code) if code else Shop.objects.all())
    if code and not found:
        raise CommandError(f"no shop {code!r}")
    return found
