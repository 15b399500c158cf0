"""The process that measures: its settings name the run's own database (see management/commands/bench.py)."""

from __future__ import annotations

import sys
from importlib import import_module

from . import ALL
from .bench import Bench


def main(address: str, names: list[str], quick: bool) -> None:
    Bench.ready()
    from . import fill, machine
    from .report import Report, table

    report = Report(facts=machine.facts(address))
    bench = Bench(address, quick)
    print(f"filling {address} …", file=sys.stderr, flush=True)
    fill.everything(bench.size(1_000_000, 100_000))
    for name in sorted(names or ALL, key=ALL.index):
        fill.settle()
        report.add(import_module(f"kefu.bench.{name}").measure(bench))
    print(table(report.lines))
    print("\n".join(["", *report.facts]))


if __name__ == "__main__":
    main(sys.argv[1], [a for a in sys.argv[2:] if not a.startswith("-")], "--quick" in sys.argv)
