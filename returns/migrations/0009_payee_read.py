"""Who has read the account of an advance of freight."""

import django.db.models.deletion
from django.db import migrations, models

from rows.guard import InsertOnly


class Migration(migrations.Migration):
    dependencies = [("returns", "0008_evidence_file")]

    operations = [
        migrations.CreateModel(
            name="PayeeRead",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("by", models.CharField(max_length=80, verbose_name="读取人")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("of", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="payee_reads", to="returns.return")),
            ],
            options={
                "verbose_name": "收款账户读取记录",
                "verbose_name_plural": "收款账户读取记录",
            },
        ),
        InsertOnly("PayeeRead"),
    ]
