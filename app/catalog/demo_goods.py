"""Parts and services of the demonstration shop: our own, with plain facts and made-up prices."""

from dataclasses import dataclass

from app.catalog.vocabulary import PART, SERVICE

HOUSE_BRAND = ("yunshang", "云商", "Yunshang")


@dataclass(frozen=True)
class Goods:
    """A part or service. Prices in yuan by variant: (Chinese label, English label, price, grams or None)."""

    kind: str
    category: str
    model: str
    zh: str
    en: str
    about_zh: str
    about_en: str
    variants: tuple[tuple[str, str, str, int | None], ...]


GOODS = (
    Goods(
        PART, "psu", "PSU 3600", "矿机电源 3600 W", "Power supply 3600 W",
        "输入 200-240 V 交流，输出 12 V 直流，两路 C13 进线。适用于额定功率不超过 3600 W 的风冷矿机。",
        "Input 200-240 V AC, output 12 V DC, two C13 inlets. For air-cooled machines rated up to 3600 W.",
        (("单只", "One", "680.00", 4200), ("整箱 4 只", "Box of 4", "2600.00", 17500)),
    ),
    Goods(
        PART, "psu", "PSU 7200 Hydro", "水冷矿机电源 7200 W", "Power supply 7200 W for hydro machines",
        "三相 380-415 V 交流输入。须由持证电工接线。",
        "Three-phase input, 380-415 V AC. To be wired by a licensed electrician.",
        (("单只", "One", "1980.00", 8600),),
    ),
    Goods(
        PART, "board", "Control Board C5", "控制板 C5", "Control board C5",
        "替换控制板，含网口与风扇接口。下单前请核对机型与硬件版本。",
        "Replacement control board with Ethernet and fan connectors. Check the hardware revision before ordering.",
        (("单块", "One", "320.00", 350),),
    ),
    Goods(
        PART, "board", "Hash Board Service Unit", "算力板（维修换件）", "Hash board (service unit)",
        "翻新算力板，已上机测试 24 小时。以旧换新，旧板须寄回。",
        "Refurbished hash board, tested for 24 hours. Sold against return of the old board.",
        (("适用 S19 系列", "For the S19 series", "1450.00", 3100),
         ("适用 M30 系列", "For the M30 series", "1280.00", 3300)),
    ),
    Goods(
        PART, "fan", "Fan 12038", "风扇 12038（12 V，6000 转）", "Fan 120 x 38 mm, 12 V, 6,000 rpm",
        "四针接口，滚珠轴承。", "Four-pin connector, ball bearings.",
        (("单只", "One", "58.00", 310), ("整箱 20 只", "Box of 20", "1040.00", 6500)),
    ),
    Goods(
        PART, "cable", "C13 Cable 2.5", "电源线 C13，2.5 平方", "Power cable C13, 2.5 mm²",
        "长 1.5 米，额定 16 A。", "1.5 m, rated 16 A.",
        (("单根", "One", "22.00", 380), ("整箱 50 根", "Box of 50", "980.00", 19500)),
    ),
    Goods(
        PART, "cable", "Ethernet Cable Cat6", "网线 六类", "Ethernet cable Cat 6",
        "长 3 米，无氧铜。", "3 m, oxygen-free copper.",
        (("整包 10 根", "Pack of 10", "88.00", 900),),
    ),
    Goods(
        SERVICE, "extended-warranty", "Extended Warranty 12", "延长保修 12 个月", "Extended warranty, 12 months",
        "原保修期满后再延长 12 个月，按序列号登记。每台一份。",
        "Twelve more months after the first warranty ends, registered by serial number. One for each machine.",
        (("风冷机型", "Air-cooled machines", "480.00", None),
         ("水冷与浸没机型", "Hydro and immersion", "960.00", None)),
    ),
    Goods(
        SERVICE, "installation", "Rack Installation", "上架安装与调试", "Racking, wiring and first start",
        "在您的机房上架、接线、接网并首次开机。按台计费，差旅另计。",
        "Racking, wiring, network and first start at your site. Charged by machine; travel is charged apart.",
        (("每台", "Each machine", "120.00", None),),
    ),
    Goods(
        SERVICE, "repair", "Bench Repair", "返厂检测与维修", "Bench test and repair",
        "检测费，维修用件另计。收到机器后五个工作日内给出报价。",
        "The fee for testing; parts are charged apart. You get an offer within five working days of arrival.",
        (("每台", "Each machine", "150.00", None),),
    ),
)  # fmt: skip
