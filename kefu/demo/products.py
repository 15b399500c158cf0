"""What the sample shops sell, and what they offer instead where it is missing. All of it is invented."""

from __future__ import annotations

from typing import NamedTuple

from orders.models import Product, Related
from shops.models import Shop


class Goods(NamedTuple):
    """`price` in fen; of one `category` one is offered instead of another; `exclusion`: why there are no seven days."""

    sku: str
    title: str
    price: int
    category: str
    exclusion: str = ""


GOODS = {
    "muli": (
        Goods("MLK-01", "软糯针织开衫 燕麦色", 15900, "上装"),
        Goods("MLK-02", "软糯针织开衫 雾蓝", 15900, "上装"),
        Goods("MLK-03", "小翻领衬衫 米白", 12900, "上装"),
        Goods("MLQ-11", "高腰半身裙 深咖", 17900, "裙装"),
        Goods("MLQ-12", "高腰半身裙 墨绿", 17900, "裙装"),
        Goods("MLQ-13", "碎花连衣裙 杏色", 25900, "裙装"),
        Goods("MLD-21", "短款羽绒服 奶油白", 49900, "外套"),
        Goods("MLD-22", "羊毛混纺大衣 驼色", 68900, "外套"),
        Goods("MLX-31", "乐福鞋 38 码 黑", 21900, "鞋"),
        Goods("MLX-32", "乐福鞋 38 码 酒红", 21900, "鞋"),
        Goods("MLP-41", "棉袜三双装", 2900, "配饰", "unsealed"),
        Goods("MLP-42", "格纹围巾", 6900, "配饰"),
    ),
    "shanyehuo": (
        Goods("SYG-01", "粗陶饭碗 四只装", 8800, "餐具"),
        Goods("SYG-02", "青釉汤盘 两只装", 7600, "餐具"),
        Goods("SYG-03", "山毛榉砧板", 9900, "厨具"),
        Goods("SYG-04", "铸铁煎锅 24 厘米", 16800, "厨具"),
        Goods("SYB-11", "水洗棉四件套 1.5 米", 23900, "床品"),
        Goods("SYB-12", "水洗棉四件套 1.8 米", 26900, "床品"),
        Goods("SYB-13", "荞麦枕", 6900, "床品", "unsealed"),
        Goods("SYB-14", "刻名亚麻桌旗 定制", 12800, "床品", "made_to_order"),
        Goods("SYD-21", "竹编收纳筐 三件套", 12900, "收纳"),
        Goods("SYD-22", "藤编脏衣篮", 15900, "收纳"),
    ),
    "zhoumo": (
        Goods("ZMC-01", "晨雾拼配咖啡豆 454 克", 7800, "咖啡豆", "unsealed"),
        Goods("ZMC-02", "山脊日晒咖啡豆 227 克", 6800, "咖啡豆", "unsealed"),
        Goods("ZMC-03", "夜航深烘咖啡豆 454 克", 7200, "咖啡豆", "unsealed"),
        Goods("ZMT-11", "挂耳咖啡 十片装", 4900, "挂耳"),
        Goods("ZMT-12", "低因挂耳 十片装", 5600, "挂耳"),
        Goods("ZMQ-21", "手冲壶 600 毫升", 18900, "器具"),
        Goods("ZMQ-22", "手摇磨豆机", 29900, "器具"),
        Goods("ZMQ-23", "滤纸 一百张", 1900, "器具"),
    ),
}


def make() -> None:
    """Products that are not there yet, each with the others of its category as related."""
    for shop in Shop.objects.filter(code__in=GOODS):
        here = {}
        for goods in GOODS[shop.code]:
            values = {
                "title": goods.title, "price": goods.price, "category": goods.category, "exclusion": goods.exclusion,
            }  # fmt: skip
            here[goods], _new = Product.objects.get_or_create(shop=shop, sku=goods.sku, defaults=values)
        for goods, product in here.items():
            others = [other for other in here if other.category == goods.category and other != goods]
            for rank, other in enumerate(others, 1):
                Related.objects.get_or_create(product=product, instead=here[other], defaults={"rank": rank})
