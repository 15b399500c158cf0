"""Each courier's own page, where anybody may look a number up: what is opened where no service is under contract."""

from __future__ import annotations

from urllib.parse import quote

from .guess import guess, known_as, normal

# {number} where the page takes it from the address; the others ask for it.
PAGES = {
    "顺丰": "https://www.sf-express.com/chn/sc/waybill/waybill-detail/{number}",
    "中通": "https://www.zto.com/express/expressCheck.html?txtBill={number}",
    "圆通": "https://www.yto.net.cn/tracesimple.html",
    "申通": "https://www.sto.cn/pc/service-page/iframe/order-query?id={number}",
    "韵达": "https://www.yundaex.com/cn/index.php",
    "极兔": "https://www.jtexpress.cn/index.html",
    "京东": "https://www.jdl.com/orderSearch?waybillCodes={number}",
    "德邦": "https://www.deppon.com/newwebsite/track/ordertrack",
    "EMS": "https://www.ems.com.cn/qps/yjcx",
    "邮政": "https://yjcx.chinapost.com.cn/qps/yjcx",
}


def page(carrier: str, number: str) -> str:
    """The courier's page for this number; where nobody named the courier, that of the likeliest. "" for an unknown."""
    found = PAGES.get(known_as(carrier) if carrier.strip() else guess(number), "")
    return found.replace("{number}", quote(normal(number), safe=""))
