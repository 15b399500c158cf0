"""What the database itself refuses, on PostgreSQL: operations for migrations. SQLite is guarded by the code alone."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation

STANDS = """
CREATE OR REPLACE FUNCTION rows_stand() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: rows are added, never changed, never deleted', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER rows_stand BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION rows_stand();
"""
FALLS = "DROP TRIGGER rows_stand ON {table};"


class Guard(Operation):
    """Installs triggers on one model's table; `make` and `drop` are SQL with {table}."""

    reversible = True
    reduces_to_sql = True
    make = drop = ""

    def __init__(self, model_name: str) -> None:
        self.model_name = model_name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The models stay as they are."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run(self.make, app_label, schema_editor, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._run(self.drop, app_label, schema_editor, from_state)

    def _run(self, sql: str, app_label: str, schema_editor: Any, state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            return
        table = state.apps.get_model(app_label, self.model_name)._meta.db_table
        words = {"table": schema_editor.quote_name(table), **self.words()}
        for name, word in words.items():
            sql = sql.replace(f"{{{name}}}", word)
        schema_editor.execute(sql, params=None)

    def words(self) -> dict[str, str]:
        return {}

    def describe(self) -> str:
        return f"Guard the rows of {self.model_name}"


class InsertOnly(Guard):
    """The table is a log: its rows are never changed, never deleted. Its owner may still TRUNCATE it."""

    make, drop = STANDS, FALLS
