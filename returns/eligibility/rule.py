"""What a rule of eligibility is, and what it answers."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from ..models import Return

ELIGIBLE, PERSON, NO = "eligible", "person", "no"
WORST = (NO, PERSON, ELIGIBLE)


@dataclass(frozen=True)
class Verdict:
    """rule: its name. verdict: eligible, no, or person (a person must decide). why: for us. say: for the customer.

    source: the law's article, the platform's rule or the procedure that it rests on.
    """

    rule: str
    verdict: str
    why: str
    say: str = ""
    source: str = ""

    def as_data(self) -> dict[str, str]:
        return asdict(self)


class Rule:
    """One reason why a return may or may not be. A subclass in a file of this folder is found by being there.

    It looks at the return with its belongings; `judge` answers None where it has nothing to say. In a deployment's own
    rule all that matters is the same: a name that no other rule has, a label, a source.
    """

    name: ClassVar[str]
    label: ClassVar[Any]
    source: ClassVar[Any]

    def judge(self, ret: Return, at: datetime) -> Verdict | None:
        raise NotImplementedError

    def answer(self, verdict: str, why: Any, say: Any = "") -> Verdict:
        return Verdict(self.name, verdict, str(why), str(say), str(self.source))

    def eligible(self, why: Any) -> Verdict:
        return self.answer(ELIGIBLE, why)

    def person(self, why: Any, say: Any = "") -> Verdict:
        return self.answer(PERSON, why, say)

    def no(self, why: Any, say: Any) -> Verdict:
        return self.answer(NO, why, say)
