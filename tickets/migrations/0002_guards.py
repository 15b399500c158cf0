"""On PostgreSQL: no state without its move, no change of a log. A seat for everybody who answers customers already."""

from django.db import migrations

from flows.guard import GuardState
from rows.guard import InsertOnly


def seat(apps, schema_editor):
    Member, Seat = apps.get_model("shops", "Member"), apps.get_model("tickets", "Seat")
    held = Member.objects.values_list("user", "roles")
    users = sorted({user for user, roles in held if {"agent", "lead"} & set(roles)})
    Seat.objects.bulk_create([Seat(user_id=pk) for pk in users])


LOGS = (
    "Message", "ReplyUse", "SeatChange", "AccountEntry", "QualityReview", "QualityShare", "QualityFinding",
    "QualityVerdict",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("tickets", "0001_initial"), ("flows", "0002_insert_only")]

    operations = [
        GuardState("Ticket", "ticket"),
        *(InsertOnly(log) for log in LOGS),
        migrations.RunPython(seat, migrations.RunPython.noop),
    ]
