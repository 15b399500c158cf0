"""Tables that are made together are those that the same operations make one by one."""

import re

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ModelState, ProjectState

from rows.tables import Tables

pytestmark = pytest.mark.django_db(transaction=True)


def group():
    """Two models that point at each other, and what is added to them."""
    key = ("id", models.BigAutoField(primary_key=True))
    return [
        migrations.CreateModel("Box", [key, ("size", models.IntegerField(default=1))]),
        migrations.CreateModel(
            "Lid",
            [key, ("box", models.ForeignKey("sample.box", models.PROTECT)), ("code", models.CharField(max_length=5))],
            {"indexes": [models.Index(fields=["code"], name="lid_code")]},
        ),
        migrations.AddField("box", "lid", models.ForeignKey("sample.lid", models.PROTECT, null=True)),
        migrations.AddIndex("box", models.Index(fields=["size"], name="box_size")),
        migrations.AddConstraint("box", models.CheckConstraint(condition=models.Q(size__gt=0), name="box_real")),
        migrations.AddConstraint("lid", models.UniqueConstraint(fields=["box", "code"], name="lid_once")),
    ]


def forwards(*operations):
    state, ways = ProjectState(), []
    with connection.schema_editor() as editor:
        for op in operations:
            before, state = state, state.clone()
            op.state_forwards("sample", state)
            op.database_forwards("sample", editor, before, state)
            ways.append((op, before, state))
    return ways


def backwards(ways):
    with connection.schema_editor() as editor:
        for op, before, after in reversed(ways):
            op.database_backwards("sample", editor, after, before)


def found():
    """Columns and constraints as the database tells them; names that Django derives are left out."""
    with connection.cursor() as cursor:
        told = {}
        for table in ("sample_box", "sample_lid"):
            columns = connection.introspection.get_table_description(cursor, table)
            rules = connection.introspection.get_constraints(cursor, table)
            told[table] = (
                sorted((c.name, str(c.type_code), c.null_ok) for c in columns),
                sorted(
                    (name if re.match(r"(box|lid)_(size|real|code|once)$", name) else "", *map(str, rule.values()))
                    for name, rule in rules.items()
                ),
            )
        return told


def test_tables_of_a_group_are_those_of_its_operations_one_by_one():
    one_by_one = forwards(*group())
    expected = found()
    backwards(one_by_one)
    together = forwards(Tables(group()))
    assert found() == expected
    assert together[-1][2] == one_by_one[-1][2]
    backwards(together)
    assert not {"sample_box", "sample_lid"} & set(connection.introspection.table_names())


def test_a_group_draws_each_model_once_where_one_by_one_draws_it_for_every_operation(monkeypatch):
    drawn, render = [], ModelState.render
    monkeypatch.setattr(ModelState, "render", lambda self, apps: drawn.append(self.name) or render(self, apps))
    backwards(forwards(Tables(group())))
    assert sorted(drawn) == ["Box", "Lid"]


@pytest.mark.parametrize(
    "other",
    [
        migrations.AddField("chest", "size", models.IntegerField(default=1)),
        migrations.RemoveField("box", "size"),
        migrations.RunPython(migrations.RunPython.noop),
    ],
)
def test_what_is_not_of_a_model_of_the_group_is_refused(other):
    with pytest.raises(ValueError, match="only models that are created here"):
        Tables([*group(), other])
