"""The rules of quality: what they say of a sentence, and how right they are on conversations labelled by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tickets.quality import Scene, check, rules
from tickets.quality.report import report

CORPUS = Path("tests/tickets/quality/corpus")


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument(
            "--report", metavar="FILE", type=Path, help="write precision and recall as a page (docs/quality.md)"
        )
        ways.add_argument("--check", metavar="WORDS", help="what the rules say of these words of an agent")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["report"]:
            self.write(options["report"])
        elif options["check"] is not None:
            for finding in check(options["check"], Scene()):
                self.stdout.write(f"{finding.severity} {finding.rule} {finding.passage} -> {finding.better}")
        else:
            for rule in rules():
                self.stdout.write(f"{rule.name:14} {rule.severity:6} {rule.label} · {rule.source}")

    def write(self, path: Path) -> None:
        folder = Path(settings.BASE_DIR) / CORPUS
        if not folder.is_dir():
            raise CommandError(f"no conversations in {folder}: they come with the checkout")
        path.write_text(report(folder), "utf-8")
        self.stdout.write(str(path))
