from django.db import migrations

from flows.guard import GuardState


class Migration(migrations.Migration):
    dependencies = [("errands", "0001_initial"), ("flows", "0002_insert_only")]

    operations = [GuardState("Job", "job"), GuardState("Call", "call"), GuardState("Claim", "claim")]
