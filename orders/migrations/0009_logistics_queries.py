"""Logistics queries, and what was said about them; on PostgreSQL guarded as every subject and every log is."""

import django.db.models.deletion
import django_fsm
from django.db import migrations, models

from flows.guard import GuardState
from rows.guard import InsertOnly
from rows.tables import Tables


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0008_couriers'),
        ('shops', '0004_authority'),
        ('flows', '0002_insert_only'),
    ]

    operations = [Tables([
        migrations.CreateModel(
            name='LogisticsQuery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=80, verbose_name='编号')),
                ('version', models.PositiveIntegerField(default=0, editable=False, verbose_name='版本')),
                ('fact', models.CharField(blank=True, default='', editable=False, max_length=30)),
                ('struck', models.JSONField(blank=True, default=dict, editable=False)),
                ('dues', models.JSONField(blank=True, default=dict, editable=False)),
                ('created_at', models.DateTimeField(editable=False, verbose_name='创建时间')),
                ('state', django_fsm.FSMField(choices=[('asked', '待查询'), ('checking', '查询中'), ('tracing', '催件/核实中'), ('answered', '已告知客户'), ('lost', '丢件/破损待处理'), ('closed', '已关闭')], editable=False, max_length=50, protected=True, verbose_name='状态')),
                ('carrier', models.CharField(blank=True, max_length=40, verbose_name='快递公司')),
                ('tracking_number', models.CharField(blank=True, max_length=64, verbose_name='快递单号')),
                ('about', models.CharField(blank=True, max_length=80, verbose_name='售后单')),
                ('cause', models.CharField(choices=[('asked', '客户询问'), ('checked', '客服发起'), ('deliver', '超过送达时限'), ('still', '包裹没有动静'), ('collect', '没有揽收记录'), ('problem', '疑难件'), ('lost', '丢件'), ('returning', '退回途中'), ('returned', '已退回'), ('refused', '拒收')], default='asked', max_length=10, verbose_name='缘由')),
                ('words', models.CharField(blank=True, max_length=1000, verbose_name='客户的问题')),
                ('status', models.CharField(blank=True, choices=[('packed', '待揽收'), ('announced', '已发货，无物流'), ('picked_up', '已揽收'), ('in_transit', '运输中'), ('out_for_delivery', '派送中'), ('locker', '已投柜/驿站'), ('problem', '疑难件'), ('lost', '丢件'), ('returning', '退回途中'), ('returned', '已退回'), ('refused', '拒收'), ('signed', '已签收')], max_length=20, verbose_name='包裹状态')),
                ('status_at', models.DateTimeField(null=True)),
                ('track', models.JSONField(blank=True, default=list, verbose_name='物流轨迹')),
                ('looked_at', models.DateTimeField(null=True, verbose_name='查询时间')),
                ('traced_at', models.DateTimeField(null=True, verbose_name='催件时间')),
                ('answered_at', models.DateTimeField(null=True, verbose_name='告知时间')),
                ('expected_at', models.DateTimeField(null=True, verbose_name='告知的预计送达时间')),
                ('reason', models.CharField(blank=True, choices=[('none', '没有晚'), ('weather', '天气原因'), ('peak', '大促高峰，要多 3–5 天'), ('capacity', '网点爆仓或人手不足'), ('control', '交通或区域管控'), ('address', '地址或电话有误'), ('absent', '派送时无人接收'), ('warehouse', '仓库发货晚'), ('courier', '快递遗失或分错'), ('other', '其他')], max_length=12, verbose_name='晚到的原因')),
                ('apologised', models.BooleanField(default=False, verbose_name='已道歉')),
                ('damaged', models.BooleanField(default=False, verbose_name='破损')),
                ('made_good', models.JSONField(blank=True, default=dict)),
                ('ended_at', models.DateTimeField(null=True, verbose_name='结束时间')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='logistics_queries', to='orders.order', verbose_name='订单')),
                ('shop', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, to='shops.shop', verbose_name='店铺')),
            ],
            options={
                'verbose_name': '物流查询',
                'verbose_name_plural': '物流查询',
            },
        ),
        migrations.CreateModel(
            name='QueryNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('trace', '催件'), ('answer', '告知客户'), ('lost', '认定丢件/破损'), ('good', '补偿客户')], max_length=10, verbose_name='类别')),
                ('whom', models.CharField(blank=True, max_length=20, verbose_name='对方')),
                ('words', models.CharField(blank=True, max_length=1000, verbose_name='内容')),
                ('reason', models.CharField(blank=True, choices=[('none', '没有晚'), ('weather', '天气原因'), ('peak', '大促高峰，要多 3–5 天'), ('capacity', '网点爆仓或人手不足'), ('control', '交通或区域管控'), ('address', '地址或电话有误'), ('absent', '派送时无人接收'), ('warehouse', '仓库发货晚'), ('courier', '快递遗失或分错'), ('other', '其他')], max_length=12, verbose_name='晚到的原因')),
                ('apologised', models.BooleanField(default=False, verbose_name='已道歉')),
                ('expected_at', models.DateTimeField(null=True, verbose_name='预计送达')),
                ('by', models.CharField(max_length=80, verbose_name='客服')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('query', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='orders.logisticsquery')),
            ],
            options={
                'verbose_name': '物流沟通',
                'verbose_name_plural': '物流沟通',
            },
        ),
        migrations.AddIndex(
            model_name='logisticsquery',
            index=models.Index(fields=['shop', 'state', '-id'], name='logistics_query_queue'),
        ),
        migrations.AddIndex(
            model_name='logisticsquery',
            index=models.Index(fields=['shop', 'tracking_number'], name='logistics_query_parcel'),
        ),
        migrations.AddConstraint(
            model_name='logisticsquery',
            constraint=models.UniqueConstraint(fields=('shop', 'number'), name='logistics_query_number'),
        ),
        migrations.AddConstraint(
            model_name='logisticsquery',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'closed'), _negated=True), fields=('order', 'tracking_number'), name='logistics_query_one_open'),
        ),
        migrations.AddConstraint(
            model_name='logisticsquery',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['asked', 'checking', 'tracing', 'answered', 'lost', 'closed'])), name='logistics_query_state'),
        ),
    ]),
        GuardState("LogisticsQuery", "logistics_query"),
        InsertOnly("QueryNote"),
    ]
