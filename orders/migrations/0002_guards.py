"""On PostgreSQL: no state without its move, no change of a log."""

from django.db import migrations

from flows.guard import GuardState
from rows.guard import InsertOnly


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_initial"), ("flows", "0002_insert_only")]

    operations = [
        GuardState("Order", "order"),
        GuardState("StockOut", "stock_out"),
        InsertOnly("Entry"),
        InsertOnly("Amendment"),
        InsertOnly("Contact"),
    ]
