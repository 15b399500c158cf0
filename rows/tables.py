"""Tables that are made together: an operation for migrations that create many models at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation

OF_A_MODEL = (AddField, AddIndex, AddConstraint)


class Tables(Operation):
    """Creates models, each with the fields, indexes and constraints that the later operations of the group give it.

    One by one, Django would draw up all related models anew for every operation: the work grows with the square of
    their number, and an empty database took most of its first minute for it. Here they are drawn up once, and each
    table is created in its last form. What is not of a model of this group stands after it, as an operation of its own.

    ValueError: an operation of another kind, or of a model that is not created here.
    """

    reversible = True
    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = operations
        self.creates = [op for op in operations if isinstance(op, CreateModel)]
        ours = {op.name_lower for op in self.creates}
        for op in operations:
            if op not in self.creates and not (isinstance(op, OF_A_MODEL) and op.model_name.lower() in ours):
                raise ValueError(f"{op.describe()}: only models that are created here, and what is added to them")

    def state_forwards(self, app_label: str, state: Any) -> None:
        vars(state).pop("apps", None)  # drawn up again, once, when somebody asks
        for op in self.operations:
            op.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for op in self.creates:
            op.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for op in reversed(self.creates):
            op.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create {', '.join(op.name for op in self.creates)}"
