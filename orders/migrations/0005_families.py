"""Replacements of before belong to the family of the order that they replace."""

from django.db import migrations


def trace(apps, schema_editor):
    """Who replaces another order belongs to that one's family. Older orders come first, so one pass is enough."""
    Order = apps.get_model("orders", "Order")
    known = {}
    for pk, replaces in Order.objects.exclude(replaces=None).order_by("pk").values_list("pk", "replaces"):
        known[pk] = known.get(replaces, replaces)
        Order.objects.filter(pk=pk).update(origin=known[pk])


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_family")]

    operations = [migrations.RunPython(trace, migrations.RunPython.noop)]
