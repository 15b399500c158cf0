"""Quality: rules as data, checked while an agent writes and after the close. Pure; no database, no clock."""

from .checking import check, review
from .figures import Answer, Response, answers, response
from .reading import rules
from .rule import Finding, Rule, Severity
from .scene import Conversation, Line, Promise, Scene, Speaker
from .scoring import Lost, Score, score

__all__ = [
    "Answer",
    "Conversation",
    "Finding",
    "Line",
    "Lost",
    "Promise",
    "Response",
    "Rule",
    "Scene",
    "Score",
    "Severity",
    "Speaker",
    "answers",
    "check",
    "response",
    "review",
    "rules",
    "score",
]
