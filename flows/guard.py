"""On PostgreSQL the database refuses a state that no Move explains: an operation for the migrations of subjects.

One trigger a statement, which looks up the newest Move of each written row: its seq must be the row's version, its
target the row's state. So the Move is written before its subject.
"""

from __future__ import annotations

from rows.guard import Guard

# enable_seqscan is off within: a plan that was kept while flows_move was small must not read all of it later.
MAKE = """
CREATE OR REPLACE FUNCTION flows_explained() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
DECLARE unexplained bigint;
BEGIN
    SELECT written.id INTO unexplained FROM written WHERE NOT COALESCE(
        (SELECT m.seq = written.version AND m.target = written.state FROM flows_move m
         WHERE m.subject = written.id AND m.flow = TG_ARGV[0] ORDER BY m.seq DESC LIMIT 1), false) LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION '% %: no move explains its state', TG_ARGV[0], unexplained USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION flows_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%: a subject is never deleted', TG_ARGV[0] USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER flows_explained_insert AFTER INSERT ON {table} REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION flows_explained('{flow}');
CREATE TRIGGER flows_explained_update AFTER UPDATE ON {table} REFERENCING NEW TABLE AS written
    FOR EACH STATEMENT EXECUTE FUNCTION flows_explained('{flow}');
CREATE TRIGGER flows_kept BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION flows_kept('{flow}');
"""
DROP = """
DROP TRIGGER flows_explained_insert ON {table};
DROP TRIGGER flows_explained_update ON {table};
DROP TRIGGER flows_kept ON {table};
"""


class GuardState(Guard):
    """The table of a flow's subjects. Its migration depends on ("flows", "0002_insert_only")."""

    make, drop = MAKE, DROP

    def __init__(self, model_name: str, flow: str) -> None:
        super().__init__(model_name)
        self.flow = flow

    def words(self) -> dict[str, str]:
        return {"flow": self.flow}

    def describe(self) -> str:
        return f"Let a move explain every state of {self.model_name}"
