"""The first order of a family, which is locked before the others; replacements that a return opened."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_after_sales")]

    operations = [
        migrations.AddField(
            model_name="order",
            name="origin",
            field=models.ForeignKey(db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="orders.order"),
        ),
        migrations.AddField(
            model_name="order",
            name="after_sale",
            field=models.BooleanField(db_default=False, default=False, editable=False, verbose_name="售后补换"),
        ),
    ]
