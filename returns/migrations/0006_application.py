"""What the customer is asked to show, and what it answers to an offer."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("returns", "0005_goods")]

    operations = [
        migrations.AddField(
            model_name="return",
            name="evidence_words",
            field=models.CharField(blank=True, max_length=500, verbose_name="请客户提供"),
        ),
        migrations.AddField(
            model_name="offer",
            name="answer",
            field=models.CharField(blank=True, max_length=500, verbose_name="客户答复"),
        ),
    ]
