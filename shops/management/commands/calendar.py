"""`manage.py calendar seed | status`: the holidays that working time is counted by."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from shops import seed


class Command(BaseCommand):
    help = "seed: writes the official years that the table has not; status: says which years are official."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["seed", "status"])
        parser.add_argument(
            "--refresh", metavar="YEAR", type=int, action="append", default=[], help="write a year anew"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "seed":
            self.seed(options["refresh"])
        self.status()

    def seed(self, refresh: list[int]) -> None:
        if unknown := sorted(set(refresh) - set(seed.known_years())):
            raise CommandError(_("没有这些年份的正式放假安排：%s") % ", ".join(map(str, unknown)))
        years = seed.seed(timezone.now(), refresh=refresh)
        self.stdout.write(_("已写入：%s") % (", ".join(map(str, years)) or _("无，均已存在")))

    def status(self) -> None:
        years, this = seed.confirmed_years(), timezone.localdate().year
        self.stdout.write(_("有正式放假安排的年份：%s") % (", ".join(map(str, years)) or _("无")))
        for year in (this, this + 1):
            if year not in years:
                self.stdout.write(_("%s 年尚未确认：暂按周末和法定节日计算") % year)
