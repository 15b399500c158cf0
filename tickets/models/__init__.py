"""Who speaks, about what, and what was said; who answers, when, how much of it, and with which prepared words."""

from .account import AccountEntry
from .attachment import Attachment
from .compensation import Compensation
from .customer import Customer
from .looking import Looking, Mention
from .matter import Matter
from .message import Message
from .quality import QualityFinding, QualityReview, QualityRule, QualityShare, QualityVerdict, ShopPromise
from .queue import QueuePolicy
from .quick_reply import QuickReply, ReplyUse
from .review import Review
from .rollup import Counted, Read, Rollup
from .satisfaction import Satisfaction
from .seat import Seat, SeatChange, Skill, Status
from .shift import Shift
from .ticket import Ticket

__all__ = [
    "AccountEntry",
    "Attachment",
    "Compensation",
    "Counted",
    "Customer",
    "Looking",
    "Matter",
    "Mention",
    "Message",
    "QualityFinding",
    "QualityReview",
    "QualityRule",
    "QualityShare",
    "QualityVerdict",
    "QueuePolicy",
    "QuickReply",
    "Read",
    "ReplyUse",
    "Review",
    "Rollup",
    "Satisfaction",
    "Seat",
    "SeatChange",
    "Shift",
    "ShopPromise",
    "Skill",
    "Status",
    "Ticket",
]
