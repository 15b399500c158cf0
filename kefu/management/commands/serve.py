"""`manage.py serve [--host H] [--port P]`: web, worker and clock in one go, without any server beside."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kefu import embedded


class Command(BaseCommand):
    help = "Migrates and runs web, worker and clock on this machine until Ctrl-C; a child that dies is started again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="where to listen; this machine alone by default")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            embedded.serve(options["host"], options["port"], self.say)
        except embedded.CannotServe as error:
            raise CommandError(str(error)) from error

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
