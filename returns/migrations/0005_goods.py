"""What is counted, stocked and sent home of a return's goods, and the freight that was paid for them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("returns", "0004_amounts")]

    operations = [
        migrations.AddField(
            model_name="backparcel",
            name="counted",
            field=models.JSONField(default=None, null=True, verbose_name="实收"),
        ),
        migrations.AddField(
            model_name="return",
            name="freight_payments",
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name="return",
            name="went_home",
            field=models.JSONField(blank=True, default=dict, verbose_name="寄回原货的包裹"),
        ),
        migrations.AddField(
            model_name="returnline",
            name="gone",
            field=models.PositiveIntegerField(default=0, verbose_name="已寄还客户"),
        ),
        migrations.AddField(
            model_name="returnline",
            name="stocked",
            field=models.PositiveIntegerField(default=0, verbose_name="已入库"),
        ),
    ]
