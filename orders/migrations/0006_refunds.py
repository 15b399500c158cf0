"""Refunds of before become refunds that move: each stands where its placeholder stood, explained by a first move."""

from collections import Counter

import django.db.models.deletion
import django.db.models.expressions
import django_fsm
from django.db import migrations, models
from django.utils import timezone

from flows.guard import GuardState

STATES = {"open": "sent", "wrong": "unknown", "failed": "failed", "succeeded": "succeeded", "cancelled": "cancelled"}
FACTS = {"succeeded": "succeed", "failed": "fail"}


def carry_over(apps, schema_editor):
    """Numbered by order, as they were made. A key that two orders of a shop had heard of stays with the first."""
    Refund, Move = apps.get_model("orders", "Refund"), apps.get_model("flows", "Move")
    counts, keys, moves, now = Counter(), set(), [], timezone.now()
    for refund in Refund.objects.select_related("order").order_by("pk").iterator(chunk_size=1000):
        counts[refund.order_id] += 1
        number, state = f"{refund.order.number}-F{counts[refund.order_id]}", STATES[refund.status]
        shop, key = refund.order.shop_id, refund.key
        key = key if (shop, key) not in keys else f"{key}#{refund.pk}"
        keys.add((shop, key))
        settled = refund.settled_at or refund.created_at
        Refund.objects.filter(pk=refund.pk).update(
            shop=shop, number=number, key=key, state=state, version=1, goods=refund.amount,
            fact=FACTS.get(state, ""), asked_as="system", attempts=1 if refund.event and state != "cancelled" else 0,
            sent_at=refund.created_at if refund.event and state != "cancelled" else None,
            heard=[[settled.isoformat(), refund.amount, refund.voucher]] if state == "succeeded" else [],
        )
        moves.append(Move(
            shop_id=shop, flow="refund", subject=refund.pk, seq=1, step="start", source="", target=state,
            who="system", by="system", at=refund.created_at, noted_at=now,
        ))
    Move.objects.bulk_create(moves, batch_size=1000)


class Migration(migrations.Migration):
    dependencies = [("orders", "0005_families"), ("shops", "0003_after_sales"), ("flows", "0002_insert_only")]

    operations = [
        migrations.RemoveConstraint(
            model_name='refund',
            name='refund_key',
        ),
        migrations.RemoveConstraint(
            model_name='refund',
            name='refund_once_per_cause',
        ),
        migrations.RemoveConstraint(
            model_name='refund',
            name='refund_amount',
        ),
        migrations.AddField(
            model_name='payment',
            name='corrections',
            field=models.PositiveIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='refund',
            name='about',
            field=models.CharField(blank=True, max_length=80, verbose_name='售后单'),
        ),
        migrations.AddField(
            model_name='refund',
            name='approved_by',
            field=models.CharField(blank=True, max_length=80, verbose_name='审批人'),
        ),
        migrations.AddField(
            model_name='refund',
            name='asked_as',
            field=models.CharField(blank=True, max_length=10, verbose_name='申请人角色'),
        ),
        migrations.AddField(
            model_name='refund',
            name='asked_by',
            field=models.CharField(blank=True, max_length=80, verbose_name='申请人'),
        ),
        migrations.AddField(
            model_name='refund',
            name='attempts',
            field=models.PositiveIntegerField(default=0, verbose_name='打款次数'),
        ),
        migrations.AddField(
            model_name='refund',
            name='compensation',
            field=models.BigIntegerField(default=0, verbose_name='补偿'),
        ),
        migrations.AddField(
            model_name='refund',
            name='dues',
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name='refund',
            name='fact',
            field=models.CharField(blank=True, default='', editable=False, max_length=30),
        ),
        migrations.AddField(
            model_name='refund',
            name='freight',
            field=models.BigIntegerField(default=0, verbose_name='运费'),
        ),
        migrations.AddField(
            model_name='refund',
            name='goods',
            field=models.BigIntegerField(default=0, verbose_name='货款'),
        ),
        migrations.AddField(
            model_name='refund',
            name='heard',
            field=models.JSONField(blank=True, default=list, editable=False),
        ),
        migrations.AddField(
            model_name='refund',
            name='note',
            field=models.CharField(blank=True, max_length=200, verbose_name='说明'),
        ),
        migrations.AddField(
            model_name='refund',
            name='number',
            field=models.CharField(default='', max_length=80, verbose_name='编号'),
        ),
        migrations.AddField(
            model_name='refund',
            name='paid_by',
            field=models.CharField(choices=[('shop', '店铺'), ('platform', '平台')], default='shop', max_length=8, verbose_name='付款方'),
        ),
        migrations.AddField(
            model_name='refund',
            name='payee',
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='refund',
            name='send_at',
            field=models.DateTimeField(null=True, verbose_name='最早打款'),
        ),
        migrations.AddField(
            model_name='refund',
            name='sent_at',
            field=models.DateTimeField(null=True, verbose_name='打款时间'),
        ),
        migrations.AddField(
            model_name='refund',
            name='shop',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, to='shops.shop', verbose_name='店铺'),
        ),
        migrations.AddField(
            model_name='refund',
            name='state',
            field=django_fsm.FSMField(choices=[('drafted', '待审批'), ('approved', '待打款'), ('sent', '打款中'), ('unknown', '结果未知'), ('failed', '打款失败'), ('succeeded', '退款成功'), ('confirmed', '客户已查收'), ('cancelled', '已取消')], default='sent', editable=False, max_length=50, protected=True, verbose_name='状态'),
        ),
        migrations.AddField(
            model_name='refund',
            name='struck',
            field=models.JSONField(blank=True, default=dict, editable=False),
        ),
        migrations.AddField(
            model_name='refund',
            name='version',
            field=models.PositiveIntegerField(default=0, editable=False, verbose_name='版本'),
        ),
        migrations.RenameField(model_name="refund", old_name="at", new_name="created_at"),
        migrations.RunPython(carry_over, migrations.RunPython.noop, elidable=False),
        migrations.RemoveField(model_name="refund", name="status"),
        migrations.RemoveField(model_name="refund", name="event"),
        migrations.AlterField(
            model_name='refund',
            name='state',
            field=django_fsm.FSMField(choices=[('drafted', '待审批'), ('approved', '待打款'), ('sent', '打款中'), ('unknown', '结果未知'), ('failed', '打款失败'), ('succeeded', '退款成功'), ('confirmed', '客户已查收'), ('cancelled', '已取消')], editable=False, max_length=50, protected=True, verbose_name='状态'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='number',
            field=models.CharField(max_length=80, verbose_name='编号'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='created_at',
            field=models.DateTimeField(editable=False, verbose_name='创建时间'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='shop',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='shops.shop', verbose_name='店铺'),
        ),
        migrations.AlterField(
            model_name='entry',
            name='kind',
            field=models.CharField(choices=[('paid', '付款'), ('corrected', '付款更正'), ('carried_in', '转入'), ('carried_out', '转出'), ('refunded', '退款'), ('missed', '退款未到账')], max_length=12, verbose_name='类别'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='key',
            field=models.CharField(max_length=160, verbose_name='退款单号'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds', to='orders.order', verbose_name='订单'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='voucher',
            field=models.CharField(blank=True, max_length=100, verbose_name='凭证号'),
        ),
        migrations.AlterField(
            model_name='refund',
            name='why',
            field=models.CharField(blank=True, max_length=200, verbose_name='原因'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(fields=['shop', 'state', '-id'], name='refund_queue'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(fields=['shop', 'asked_by', 'created_at'], name='refund_asked'),
        ),
        migrations.AddIndex(
            model_name='refund',
            index=models.Index(condition=models.Q(('send_at__isnull', False), ('state', 'approved')), fields=['send_at'], name='refund_window'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(fields=('shop', 'number'), name='refund_number'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(fields=('shop', 'key'), name='refund_key'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('order', 'cause'), name='refund_once_per_cause'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('amount', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('goods'), '+', models.F('freight')), '+', models.F('compensation'))), ('amount__gt', 0), ('compensation__gte', 0), ('freight__gte', 0), ('goods__gte', 0)), name='refund_amount'),
        ),
        migrations.AddConstraint(
            model_name='refund',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['drafted', 'approved', 'sent', 'unknown', 'failed', 'succeeded', 'confirmed', 'cancelled'])), name='refund_state'),
        ),
        GuardState("Refund", "refund"),
    ]
