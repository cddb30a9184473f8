"""The provinces of China and the freight region each belongs to. Data, and reading one out of an address."""

import re
from dataclasses import dataclass

NORTH, EAST, SOUTH, CENTRAL, NORTHEAST, SOUTHWEST, NORTHWEST, ISLANDS = (
    "north", "east", "south", "central", "northeast", "southwest", "northwest", "islands",
)  # fmt: skip


@dataclass(frozen=True)
class Province:
    """A province-level unit. `code` stands in addresses and in the warehouse table; `zh` is the short name."""

    code: str
    zh: str
    en: str
    region: str
    remote: bool = False

    def name(self, locale: str) -> str:
        return self.zh if locale == "zh" else self.en


PROVINCES: dict[str, Province] = {
    province.code: province
    for province in (
        Province("beijing", "北京", "Beijing", NORTH),
        Province("tianjin", "天津", "Tianjin", NORTH),
        Province("hebei", "河北", "Hebei", NORTH),
        Province("shanxi", "山西", "Shanxi", NORTH),
        Province("neimenggu", "内蒙古", "Inner Mongolia", NORTH, remote=True),
        Province("liaoning", "辽宁", "Liaoning", NORTHEAST),
        Province("jilin", "吉林", "Jilin", NORTHEAST),
        Province("heilongjiang", "黑龙江", "Heilongjiang", NORTHEAST),
        Province("shanghai", "上海", "Shanghai", EAST),
        Province("jiangsu", "江苏", "Jiangsu", EAST),
        Province("zhejiang", "浙江", "Zhejiang", EAST),
        Province("anhui", "安徽", "Anhui", EAST),
        Province("fujian", "福建", "Fujian", EAST),
        Province("jiangxi", "江西", "Jiangxi", EAST),
        Province("shandong", "山东", "Shandong", EAST),
        Province("henan", "河南", "Henan", CENTRAL),
        Province("hubei", "湖北", "Hubei", CENTRAL),
        Province("hunan", "湖南", "Hunan", CENTRAL),
        Province("guangdong", "广东", "Guangdong", SOUTH),
        Province("guangxi", "广西", "Guangxi", SOUTH),
        Province("hainan", "海南", "Hainan", SOUTH, remote=True),
        Province("chongqing", "重庆", "Chongqing", SOUTHWEST),
        Province("sichuan", "四川", "Sichuan", SOUTHWEST),
        Province("guizhou", "贵州", "Guizhou", SOUTHWEST),
        Province("yunnan", "云南", "Yunnan", SOUTHWEST),
        Province("xizang", "西藏", "Tibet", SOUTHWEST, remote=True),
        Province("shaanxi", "陕西", "Shaanxi", NORTHWEST),
        Province("gansu", "甘肃", "Gansu", NORTHWEST, remote=True),
        Province("qinghai", "青海", "Qinghai", NORTHWEST, remote=True),
        Province("ningxia", "宁夏", "Ningxia", NORTHWEST, remote=True),
        Province("xinjiang", "新疆", "Xinjiang", NORTHWEST, remote=True),
        Province("xianggang", "香港", "Hong Kong", ISLANDS, remote=True),
        Province("aomen", "澳门", "Macau", ISLANDS, remote=True),
        Province("taiwan", "台湾", "Taiwan", ISLANDS, remote=True),
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
