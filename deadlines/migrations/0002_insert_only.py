"""On PostgreSQL the database itself keeps the log of moved deadlines; and keeps the queue's table tidy.

Ended rows leave the partial index of the queue in masses when many clocks fire: autovacuum is made eager.
"""

from django.db import migrations

from rows.guard import Guard, InsertOnly


class Vacuum(Guard):
    make = "ALTER TABLE {table} SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_cost_delay = 0);"
    drop = "ALTER TABLE {table} RESET (autovacuum_vacuum_scale_factor, autovacuum_vacuum_cost_delay);"

    def describe(self):
        return "Vacuum the queue eagerly"


class Migration(migrations.Migration):
    dependencies = [("deadlines", "0001_initial")]

    operations = [InsertOnly("Change"), Vacuum("Deadline")]
