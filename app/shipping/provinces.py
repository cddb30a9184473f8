"""The provinces of China and the freight region each belongs to. Data, and reading one out of an address."""

import re
from dataclasses import dataclass

NORTH, EAST, SOUTH, CENTRAL, NORTHEAST, SOUTHWEST, NORTHWEST, ISLANDS = (
    "north", "east", "south", "central", "northeast", "southwest", "northwest", "islands",
)  # fmt: skip


@dataclass(frozen=True)
class Province:
    """A province-level unit. `code` stands in addresses and in the warehouse table; `zh` is the short name.

    `place` is what the look-up of a network address calls it.
    """

    code: str
    zh: str
    en: str
    region: str
    place: str
    remote: bool = False

    def name(self, locale: str) -> str:
        return self.zh if locale == "zh" else self.en


PROVINCES: dict[str, Province] = {
    province.code: province
    for province in (
        Province("beijing", "北京", "Beijing", NORTH, "CN-BJ"),
        Province("tianjin", "天津", "Tianjin", NORTH, "CN-TJ"),
        Province("hebei", "河北", "Hebei", NORTH, "CN-HE"),
        Province("shanxi", "山西", "Shanxi", NORTH, "CN-SX"),
        Province("neimenggu", "内蒙古", "Inner Mongolia", NORTH, "CN-NM", remote=True),
        Province("liaoning", "辽宁", "Liaoning", NORTHEAST, "CN-LN"),
        Province("jilin", "吉林", "Jilin", NORTHEAST, "CN-JL"),
        Province("heilongjiang", "黑龙江", "Heilongjiang", NORTHEAST, "CN-HL"),
        Province("shanghai", "上海", "Shanghai", EAST, "CN-SH"),
        Province("jiangsu", "江苏", "Jiangsu", EAST, "CN-JS"),
        Province("zhejiang", "浙江", "Zhejiang", EAST, "CN-ZJ"),
        Province("anhui", "安徽", "Anhui", EAST, "CN-AH"),
        Province("fujian", "福建", "Fujian", EAST, "CN-FJ"),
        Province("jiangxi", "江西", "Jiangxi", EAST, "CN-JX"),
        Province("shandong", "山东", "Shandong", EAST, "CN-SD"),
        Province("henan", "河南", "Henan", CENTRAL, "CN-HA"),
        Province("hubei", "湖北", "Hubei", CENTRAL, "CN-HB"),
        Province("hunan", "湖南", "Hunan", CENTRAL, "CN-HN"),
        Province("guangdong", "广东", "Guangdong", SOUTH, "CN-GD"),
        Province("guangxi", "广西", "Guangxi", SOUTH, "CN-GX"),
        Province("hainan", "海南", "Hainan", SOUTH, "CN-HI", remote=True),
        Province("chongqing", "重庆", "Chongqing", SOUTHWEST, "CN-CQ"),
        Province("sichuan", "四川", "Sichuan", SOUTHWEST, "CN-SC"),
        Province("guizhou", "贵州", "Guizhou", SOUTHWEST, "CN-GZ"),
        Province("yunnan", "云南", "Yunnan", SOUTHWEST, "CN-YN"),
        Province("xizang", "西藏", "Tibet", SOUTHWEST, "CN-XZ", remote=True),
        Province("shaanxi", "陕西", "Shaanxi", NORTHWEST, "CN-SN"),
        Province("gansu", "甘肃", "Gansu", NORTHWEST, "CN-GS", remote=True),
        Province("qinghai", "青海", "Qinghai", NORTHWEST, "CN-QH", remote=True),
        Province("ningxia", "宁夏", "Ningxia", NORTHWEST, "CN-NX", remote=True),
        Province("xinjiang", "新疆", "Xinjiang", NORTHWEST, "CN-XJ", remote=True),
        Province("xianggang", "香港", "Hong Kong", ISLANDS, "HK", remote=True),
        Province("aomen", "澳门", "Macau", ISLANDS, "MO", remote=True),
        Province("taiwan", "台湾", "Taiwan", ISLANDS, "TW", remote=True),
    )
}

_OTHER_NAMES = {"臺灣": "taiwan", "xizang": "xizang", "macao": "aomen", "nei mongol": "neimenggu"}
_BY_START: tuple[tuple[str, str], ...] = tuple(
    sorted(
        [(province.zh, code) for code, province in PROVINCES.items()]
        + [(province.en.lower(), code) for code, province in PROVINCES.items()]
        + list(_OTHER_NAMES.items()),
        key=lambda entry: -len(entry[0]),
    )
)
_CHINA = re.compile(r"^(中华人民共和国|中国|china\b|p\.?r\.?\s*china\b)[\s,，]*", re.IGNORECASE)
_A_ROAD = re.compile(r"^([路街道]|大道|((east|west|north|south|middle) )?(road|rd|street|st|avenue|ave|lu)\b)")
_A_LONGER_WORD = re.compile(r"^[a-z]")
_AFTER_AN_ENGLISH_NAME = re.compile(r"^( province| city| municipality| autonomous region)?( \d{6})?$")


def province_named(text: str) -> Province | None:
    """The province meant by its code or by a name of it."""
    return PROVINCES.get(text) or province_in(text)


def province_in(address: str) -> Province | None:
    """The province an address begins with ("广东省深圳市…"), or ends with in English ("Shenzhen, Guangdong 518000").

    None where it cannot be told: "吉林路 5 号" is a road, and in any town.
    """
    text = _CHINA.sub("", address.strip()).lower()
    if text.isascii():
        parts = [part.strip() for part in re.split(r"[,;\n]", text)]
        for part in reversed(parts):
            code, rest = _begins(part)
            if code and _AFTER_AN_ENGLISH_NAME.match(rest):
                return PROVINCES[code]
    code, rest = _begins(text)
    return PROVINCES[code] if code and not _A_ROAD.match(rest.strip()) else None


def _begins(text: str) -> tuple[str | None, str]:
    """The province named at the start, and what follows the name."""
    for name, code in _BY_START:
        rest = text[len(name) :]
        if text.startswith(name) and not (name.isascii() and _A_LONGER_WORD.match(rest)):
            return code, rest
    return None, text
