"""WooCommerce's codes of China's provinces (its i18n/states.php) -> their names."""

_IN_ORDER = (
    "云南 北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 "
    "河南 湖北 湖南 广东 广西 海南 重庆 四川 贵州 陕西 甘肃 青海 宁夏 澳门 西藏 新疆"
)
PROVINCES = {f"CN{i}": name for i, name in enumerate(_IN_ORDER.split(" "), start=1)}
