"""Who buys: names, phones and addresses of nobody."""

from __future__ import annotations

from random import Random

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严金魏陶姜"
GIVEN = (
    "小禾", "一诺", "子墨", "雨桐", "思远", "佳宁", "梦瑶", "浩然", "欣怡", "晓燕",
    "建国", "丽华", "志强", "秋月", "文博", "若溪", "天佑", "安琪", "嘉树", "知夏",
)  # fmt: skip
PLACES = (
    ("浙江省", "杭州市", "西湖区"), ("江苏省", "苏州市", "吴中区"), ("广东省", "广州市", "海珠区"),
    ("四川省", "成都市", "武侯区"), ("北京市", "北京市", "朝阳区"), ("上海市", "上海市", "徐汇区"),
    ("湖北省", "武汉市", "洪山区"), ("陕西省", "西安市", "雁塔区"), ("山东省", "青岛市", "市南区"),
    ("福建省", "厦门市", "思明区"), ("湖南省", "长沙市", "岳麓区"), ("辽宁省", "大连市", "中山区"),
)  # fmt: skip
STREETS = ("银杏路", "桂花巷", "望江街", "听雨里", "梧桐大道", "南屏弄", "长风路", "青石街")
NOTES = ("麻烦尽快发货", "周末再送，工作日没人", "请不要放价签，送人的", "颜色请和图片一致", "送货前打电话")


def buyer(rng: Random) -> dict[str, str]:
    """A buyer of `order.placed`."""
    name = rng.choice(SURNAMES) + rng.choice(GIVEN)
    return {"id": f"u{rng.randrange(10**6):06d}", "name": name, "phone": f"199{rng.randrange(10**8):08d}"}


def address(rng: Random) -> dict[str, str]:
    province, city, district = rng.choice(PLACES)
    detail = f"{rng.choice(STREETS)} {rng.randint(1, 300)} 号 {rng.randint(1, 20)} 幢 {rng.randint(101, 2606)} 室"
    return {"province": province, "city": city, "district": district, "detail": detail}


def note(rng: Random) -> str:
    """Mostly none."""
    return rng.choice(NOTES) if rng.random() < 0.12 else ""
