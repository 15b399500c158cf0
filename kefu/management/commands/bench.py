"""`manage.py bench [NAME …] [--quick]`: what a hook, a step, a sweep and a page cost here, beside plain SQL."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kefu.bench import ALL, database


class Command(BaseCommand):
    help = "Measures on a PostgreSQL database of its own (KEFU_BENCH_DATABASE_URL), in turns with plain SQL."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(ALL)}; all by default")
        parser.add_argument("--quick", action="store_true", help="a tenth of the data: to look at, not to quote")

    def handle(self, *args: Any, **options: Any) -> None:
        if unknown := set(options["names"]) - set(ALL):
            raise CommandError(f"There is no measurement {', '.join(sorted(unknown))}; there are {', '.join(ALL)}.")
        try:
            with database.made(database.url()) as address:
                self._measure(address, options["names"], options["quick"])
        except database.NoDatabase as error:
            raise CommandError(str(error)) from None

    def _measure(self, address: str, names: list[str], quick: bool) -> None:
        """In a process whose settings name that database, with a broker and files of its own."""
        with tempfile.TemporaryDirectory(prefix="kefu-bench-") as folder:
            environment = {**os.environ, "DATABASE_URL": address, "KEFU_DATA_DIR": folder, "REDIS_URL": ""}
            command = [sys.executable, "-m", "kefu.bench", address, *names, *(["--quick"] if quick else [])]
            done = subprocess.run(command, env=environment)  # noqa: S603
        if done.returncode:
            raise CommandError("The measurement broke off.")
