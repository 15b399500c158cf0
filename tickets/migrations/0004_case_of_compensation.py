from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """Where the ticket of each hangs now is all that is known of where it hung."""
    Compensation, Ticket = apps.get_model("tickets", "Compensation"), apps.get_model("tickets", "Ticket")
    theirs = Ticket.objects.filter(pk=OuterRef("ticket"))
    Compensation.objects.update(
        order=Subquery(theirs.values("order")[:1]), customer=Subquery(theirs.values("customer")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [("orders", "0011_lookup_words"), ("tickets", "0003_held")]

    operations = [
        migrations.AddField(
            "compensation", "order",
            models.ForeignKey("orders.order", models.PROTECT, null=True, db_index=False, related_name="+"),
        ),
        migrations.AddField(
            "compensation", "customer",
            models.ForeignKey("tickets.customer", models.PROTECT, null=True, db_index=False, related_name="+"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "compensation",
            models.Index(fields=["order"], condition=models.Q(order__isnull=False), name="compensation_of_order"),
        ),
        migrations.AddIndex(
            "compensation",
            models.Index(fields=["customer"], condition=models.Q(order=None), name="compensation_of_buyer"),
        ),
    ]
