"""On PostgreSQL the database itself keeps the logs as they were written."""

from django.db import migrations

from rows.guard import InsertOnly


class Migration(migrations.Migration):
    dependencies = [("flows", "0001_initial")]

    operations = [InsertOnly("Move"), InsertOnly("Reported")]
