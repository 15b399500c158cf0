"""On PostgreSQL the database itself refuses to change or delete a version of a policy (promise I-24)."""

from django.db import migrations

MAKE = """
CREATE FUNCTION shops_version_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a policy is not changed: an edit is a new version' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER policy_stands BEFORE UPDATE OR DELETE ON shops_policy
    FOR EACH ROW EXECUTE FUNCTION shops_version_stands();
CREATE TRIGGER limit_stands BEFORE UPDATE OR DELETE ON shops_limit
    FOR EACH ROW EXECUTE FUNCTION shops_version_stands();
"""
DROP = """
DROP TRIGGER policy_stands ON shops_policy;
DROP TRIGGER limit_stands ON shops_limit;
DROP FUNCTION shops_version_stands();
"""


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(MAKE)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(DROP)


class Migration(migrations.Migration):
    dependencies = [("shops", "0001_initial")]

    operations = [migrations.RunPython(make, drop)]
