"""The conversations that we wrote and labelled by hand: those rules were tuned on, those held back, and fresh ones."""

from functools import cache
from pathlib import Path

from tickets.quality import corpus
from tickets.quality.corpus import Labelled

FOLDER = Path(__file__).parent / "corpus"
PARTS = ("tune", "held")


@cache
def part(name: str) -> list[Labelled]:
    return corpus.read(FOLDER.glob(f"{name}_*.txt"))


def everything() -> list[Labelled]:
    return [labelled for name in (*PARTS, "fresh") for labelled in part(name)]
