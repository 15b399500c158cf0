"""Words as they are meant: full width, traditional characters, gaps and stickers between characters taken away.

Every character of the plain text knows where it stood in the words as written, so that a passage can be marked there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from shops.unseen import unseen

# Traditional characters that customers and agents of these shops write, each above its simplified one.
_TRADITIONAL = (
    "這個們來說對時會為過還沒發給後點開關問間東車馬門見貝貨買賣費質貴賠償購評價貼資賬賺贈贊錢銀銷錯鐵長電話請謝"
    "讓認識記設許該詳誰調談證譯議護變換損壞擊聯繫絡線綫級約紅紙結給絕維網緊總編縮聲聽處號術樣極機構標樓權條殘"
    "氣決淚淨滿漢無當畫異療癒癢瘋應憑懷懶戶戲寫實寶專將導尋層屬師帶幣幫幹廣廠廢廳張強彈復從徑後徵優傳傷億備僅"
    "傭債價儘兩內冊冇別剛創劃劇劑務動勞勝勵區協單卻厲參雙員圖團圍園國塊墊報場壓壯夢奪奮妝婦孫學寵審屆島嶼幾庫"
    "廚弔彙徹恆惡惱愛慣憂憤懇懲戰擁擇擔據擠擴擺攔攝攤敗數斷於舊曆書東樂歡歲歷歸殺毀溫測滯潔潛澤濕濟濫燈燒營獎獨"
    "獲現環瑪產畢疊盡監盤碼確禮種稱積穩窮競筆箱節範築簡簽籤籌糧綠緣練縣繼續罵罰羅義習聖職膠膚臉臺舉興艙藥蘇虧"
    "蟲補裝複褲襪訂訊討訓託訴診詐試誤誇誠課論諾諮講謊豬貓貞財責貸貿賓賜賞賢賤賴贏趕趙跡躍軍軟較載輕輛輸轉辦辭邊"
    "遲遠適選遺郵鄉鄰醫釋鋪錄錶鍋鍵鏈鏡闆闊陰陳陽隊階際隨險隱雜雞難雲靈靜頁頂項順須預領頭題額顏類顧風飛飯飾養餘餓"
    "駕騙騷驗驚體髮鬆鬧魚鮮鳥麗麥麵黃齊齒龍龜與運視業帳週匯經進"
)
_SIMPLIFIED = (
    "这个们来说对时会为过还没发给后点开关问间东车马门见贝货买卖费质贵赔偿购评价贴资账赚赠赞钱银销错铁长电话请谢"
    "让认识记设许该详谁调谈证译议护变换损坏击联系络线线级约红纸结给绝维网紧总编缩声听处号术样极机构标楼权条残"
    "气决泪净满汉无当画异疗愈痒疯应凭怀懒户戏写实宝专将导寻层属师带币帮干广厂废厅张强弹复从径后征优传伤亿备仅"
    "佣债价尽两内册没别刚创划剧剂务动劳胜励区协单却厉参双员图团围园国块垫报场压壮梦夺奋妆妇孙学宠审届岛屿几库"
    "厨吊汇彻恒恶恼爱惯忧愤恳惩战拥择担据挤扩摆拦摄摊败数断于旧历书东乐欢岁历归杀毁温测滞洁潜泽湿济滥灯烧营奖独"
    "获现环玛产毕叠尽监盘码确礼种称积稳穷竞笔箱节范筑简签签筹粮绿缘练县继续骂罚罗义习圣职胶肤脸台举兴舱药苏亏"
    "虫补装复裤袜订讯讨训托诉诊诈试误夸诚课论诺咨讲谎猪猫贞财责贷贸宾赐赏贤贱赖赢赶赵迹跃军软较载轻辆输转办辞边"
    "迟远适选遗邮乡邻医释铺录表锅键链镜板阔阴陈阳队阶际随险隐杂鸡难云灵静页顶项顺须预领头题额颜类顾风飞饭饰养余饿"
    "驾骗骚验惊体发松闹鱼鲜鸟丽麦面黄齐齿龙龟与运视业账周汇经进"
)
_SAME = str.maketrans(_TRADITIONAL, _SIMPLIFIED) | {
    ord("妳"): "你", ord("裡"): "里", ord("裏"): "里", ord("係"): "系", ord("螢"): "荧", ord("⭐"): "星",
    ord("🌟"): "星", ord("★"): "星", ord("🧧"): "红包", ord("💰"): "钱", ord("💵"): "钱",
    ord("➕"): "加", ord("＋"): "加",    ord("🈲"): "禁",
    ord("🉑"): "可", ord("Ⓥ"): "v", ord("🆅"): "v", ord("👍"): "赞", ord("💬"): "微信",
}  # fmt: skip
_LETTER = re.compile(r"[\u3400-\u9fffa-z]")
# What people put between the characters of a word that they want unseen.
_GAP = re.compile(r"[ \t\r\n、*·.•_\-~|/\\+^=`'\u00b7]|(?!❤)[\U0001f000-\U0001faff\u2600-\u27bf]")
_PARTS_WORDS = " \t\r\n、."  # marks that stand between two full words by right
_WIDEST = 3  # marks side by side that are one gap


@dataclass(frozen=True)
class Plain:
    """text: the plain words. at[i]: where its character i begins in the words as written; ends[i]: where it ends."""

    text: str
    at: tuple[int, ...]
    ends: tuple[int, ...]

    def written(self, start: int, end: int) -> tuple[int, int]:
        """The span [start, end) of the plain text as a span of the words as written."""
        if start >= end:
            return (0, 0)
        return self.at[start], self.ends[end - 1]


def plain(words: str) -> Plain:
    """Of any text; as many steps as it has characters."""
    letters = list(_letters(words))
    kept = [letter for place, letter in enumerate(letters) if not _is_gap(letters, place)]
    return Plain(
        "".join(letter for letter, _ in kept),
        tuple(at for _, at in kept),
        tuple(at + 1 for _, at in kept),
    )


def _letters(words: str) -> Iterator[tuple[str, int]]:
    for at, character in enumerate(words):
        for folded in unicodedata.normalize("NFKC", character.translate(_SAME)):
            if not unseen(folded):
                yield from ((letter.translate(_SAME), at) for letter in folded.lower() if not unseen(letter))


def _is_gap(letters: list[tuple[str, int]], place: int) -> bool:
    """Whether this mark only parts two characters of one word: one of them stands alone between marks."""
    if not _GAP.match(letters[place][0]):
        return False
    # A word of one character beside a mark is a word taken apart: 加 微 信, 好*评. Two full words are two clauses.
    if min(_run(letters, place, -1, _WIDEST), _run(letters, place, 1, _WIDEST)) == 1:
        return True
    return letters[place][0] not in _PARTS_WORDS and min(_run(letters, place, -1), _run(letters, place, 1)) > 0


def _run(letters: list[tuple[str, int]], place: int, step: int, marks: int = 1) -> int:
    """How many letters stand together on that side, two being enough to know. marks: of the gap, with this one."""
    count, here = 0, place + step
    while 0 <= here < len(letters) and marks > 1 and _GAP.match(letters[here][0]):
        marks, here = marks - 1, here + step
    while 0 <= here < len(letters) and count < 2 and _LETTER.match(letters[here][0]):
        count, here = count + 1, here + step
    return count
