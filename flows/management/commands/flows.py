"""The flows as built: as data, as diagrams, as pages; and whether they are sound."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from flows.checks import check_flows
from flows.diagram import mermaid, page
from flows.printed import as_data
from flows.registry import FLOWS
from flows.table import Flow


class Command(BaseCommand):
    help = __doc__
    requires_system_checks: list[str] = []  # --check says what is wrong

    def add_arguments(self, parser: CommandParser) -> None:
        ways = parser.add_mutually_exclusive_group()
        ways.add_argument("--json", action="store_true", help="as data")
        ways.add_argument("--mermaid", action="store_true", help="as state diagrams")
        ways.add_argument("--check", action="store_true", help="exit 1 and say what is not sound")
        ways.add_argument("--docs", metavar="FOLDER", type=Path, help="write a page for each flow")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            self.check_all()
        elif options["docs"]:
            self.draw(options["docs"])
        elif options["json"]:
            said = {name: as_data(flow) for name, flow in FLOWS.items()}
            self.stdout.write(json.dumps(said, ensure_ascii=False, indent=1))
        elif options["mermaid"]:
            self.stdout.write("\n\n".join(f"%% {flow.label}\n{mermaid(flow)}" for flow in FLOWS.values()))
        else:
            for flow in FLOWS.values():
                self.stdout.write(_line(flow))

    def check_all(self) -> None:
        problems = check_flows()
        for problem in problems:
            self.stderr.write(str(problem.msg))
        if problems:
            raise CommandError(f"{len(problems)} problems")
        self.stdout.write(f"{len(FLOWS)} flows are sound")

    def draw(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in pages(folder).items():
            path.write_text(text, "utf-8")
            self.stdout.write(str(path))


def pages(folder: Path) -> dict[Path, str]:
    """The pages of the flows that the project ships, in Chinese."""
    with translation.override("zh-hans"):
        shipped = (flow for flow in FLOWS.values() if not flow.model.__module__.startswith("tests."))
        return {folder / f"{flow.name}.md": page(flow) for flow in shipped}


def _line(flow: Flow) -> str:
    return f"{flow.name} {flow.label}: {len(flow.states)} states, {len(flow.rows)} steps, {len(flow.clocks)} clocks"
