"""`manage.py demo [--pace N] [--port P] [--reset]`: sample shops with live traffic on this machine."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kefu import embedded
from kefu.demo.run import Demo, Options
from kefu.demo.show import Show


class Command(BaseCommand):
    help = "Three sample shops with live traffic through signed hooks; prints where to look and the sample logins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--pace", type=float, default=1.0, help="1: an order about every 3 s; 0: no traffic")
        parser.add_argument("--port", type=int, help="the first free one from 8000 by default")
        parser.add_argument("--reset", action="store_true", help="forget the demo's data and begin anew")
        parser.add_argument("--seed", type=int, default=7, help="another seed, other orders (on a first start)")
        parser.add_argument(
            "--hurry", type=int, default=1, help="how many times shorter deadlines and waits are (on a first start)"
        )
        parser.add_argument("--no-staff", action="store_true", help="no simulated colleagues: every step is yours")
        parser.add_argument("--all", action="store_true", help="show also what goes its usual way")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["pace"] < 0 or options["hurry"] < 1:
            raise CommandError("--pace must not be negative, --hurry at least 1")
        for stream in (sys.stdout, sys.stderr):  # a terminal that knows no Chinese shows ?, and nothing breaks
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]
        asked = Options(
            pace=options["pace"], port=options["port"], seed=options["seed"], hurry=options["hurry"],
            reset=options["reset"], staff=not options["no_staff"], everything=options["all"],
        )  # fmt: skip
        try:
            Demo(asked, Show(sys.stdout, asked.seed, everything=asked.everything)).run()
        except embedded.CannotServe as error:
            raise CommandError(str(error)) from error
