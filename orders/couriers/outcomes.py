"""What came of asking a service: words for people; a code each, since services word the same thing differently."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Kind(TextChoices):
    QUERY = "query", _("查询轨迹")
    SUBSCRIBE = "subscribe", _("订阅推送")
    TRIAL = "trial", _("测试合同")


class Outcome(TextChoices):
    TRACKED = "tracked", _("已查到轨迹")
    NO_RECORD = "no_record", _("快递暂无轨迹，稍后再查")
    SUBSCRIBED = "subscribed", _("已订阅，有新轨迹会自动推送")
    NO_CONTRACT = "no_contract", _("店铺没有启用这家查询服务")
    UNKNOWN_PARCEL = "unknown_parcel", _("已查到轨迹，但本店没有这个单号的包裹")
    UNSERVED = "unserved", _("查询服务不支持这家快递公司，请到快递官网查询")
    NO_PHONE = "no_phone", _("这家快递须提供收件人手机号后四位，订单上没有手机号，未查询")
    BAD_PHONE = "bad_phone", _("手机号后四位与运单不符")
    BAD_NUMBER = "bad_number", _("查询服务不认这个单号，请核对单号和快递公司")
    BAD_KEY = "bad_key", _("查询服务的密钥或客户编号不对，请店长核对合同")
    QUOTA = "quota", _("查询服务的额度已用完或合同已过期，请店长续费")
    TOO_OFTEN = "too_often", _("查询过于频繁，单号暂时被锁，请到快递官网查询")
    AWAY = "away", _("查询服务没有应答")
    MALFORMED = "malformed", _("查询服务的应答无法识别")
    GIVEN_UP = "given_up", _("多次订阅都没有轨迹，不再订阅，请核对单号")
    FAILED = "failed", _("轨迹已查到，但登记失败，请查看日志")


WELL = (Outcome.TRACKED.value, Outcome.SUBSCRIBED.value)
