"""On PostgreSQL: no state without its move."""

from django.db import migrations

from flows.guard import GuardState


class Migration(migrations.Migration):
    dependencies = [("returns", "0001_initial"), ("flows", "0002_insert_only")]

    operations = [GuardState("Return", "return"), GuardState("Dispute", "dispute")]
