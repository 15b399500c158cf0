"""What a conversation is about, as far as the customer's words tell: a guess that a person may set right."""

from __future__ import annotations

from .replies.heard import hear
from .replies.scenes import Scene
from .states import Kind

OF = {
    Scene.STOCK: Kind.PRESALE,
    Scene.AUTHENTICITY: Kind.PRESALE,
    Scene.MATCHING: Kind.PRESALE,
    Scene.PROMOTION: Kind.PRESALE,
    Scene.SIZE: Kind.PRESALE,
    Scene.PRICE: Kind.PRESALE,
    Scene.ORDER_CHANGE: Kind.ORDER_CHANGE,
    Scene.COURIER: Kind.LOGISTICS,
    Scene.URGING: Kind.LOGISTICS,
    Scene.TRACKING: Kind.LOGISTICS,
    Scene.DELAY: Kind.LOGISTICS,
    Scene.NO_REASON: Kind.RETURN,
    Scene.FAULT: Kind.RETURN,
    Scene.WRONG_GOODS: Kind.RETURN,
    Scene.FREIGHT_REFUND: Kind.RETURN,
    Scene.REFUND_DONE: Kind.RETURN,
    Scene.STOCK_OUT: Kind.STOCK_OUT,
    Scene.COMPENSATION: Kind.COMPLAINT,
}


def guess(words: str, *, bought: bool) -> str:
    """The kind that these words speak for most surely; "" where they tell nothing. bought: the order is known, so that
    it is no question before a sale."""
    found = sorted(hear(words), key=lambda cue: -cue[1])
    kinds = (OF[scene] for scene, _weight, _passage in found if scene in OF)
    return next((kind for kind in kinds if not (bought and kind == Kind.PRESALE)), "")
