"""What the sample pages show: real machines with made-up offers, long names and missing facts among them."""

from types import SimpleNamespace
from typing import Any

from wtforms import BooleanField, Form, PasswordField, RadioField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, Length

from tests.look.rendering import moment, yuan

OPERATOR = SimpleNamespace(
    name="云商算力设备（示例）有限公司",
    name_en="Yunshang Hashing Equipment (Example) Ltd.",
    contact_mail="service@example.com",
    hotline="400 000 0000",
    address="深圳市南山区科技园示例路 1 号",
    icp_number="粤ICP备00000000号-1",
)

MACHINES = [
    # name, symbol, algorithm, hashrate, unit, W, J/T, dB, cooling, price, per T, state, stock, note
    ("Bitmain Antminer S21 XP", "air-m", "SHA-256", 270, "TH/s", 3645, "13.5", 75, "air", "23180.00", "85.85"),
    (
        "Bitmain Antminer S21e XP Hyd 3U",
        "hydro-l",
        "SHA-256",
        860,
        "TH/s",
        11180,
        "13",
        50,
        "hydro",
        "118600.00",
        "137.91",
    ),
    (
        "MicroBT Whatsminer M63S++",
        "hydro-m",
        "SHA-256",
        464,
        "TH/s",
        7200,
        "15.5",
        50,
        "hydro",
        "61900.00",
        "133.41",
    ),
    ("MicroBT Whatsminer M66S", "immersion-m", "SHA-256", 298, "TH/s", 5513, "18.5", 50, "immersion", None, None),
    ("Canaan Avalon A1566", "air-m", "SHA-256", 185, "TH/s", 3420, "18.5", 75, "air", "13999.00", "75.67"),
    ("Auradine Teraflux AT2880", "air-m", "SHA-256", 260, "TH/s", 4680, "18", 70, "air", "26500.00", "101.92"),
    ("Bitaxe Gamma 601", "home", "SHA-256", "1.2", "TH/s", 18, "15", None, "air", "1299.00", "1082.50"),
    ("Aisen A1", "neutral", "SHA-256", 24, "TH/s", 2200, "91.67", None, None, "2100.00", "87.50"),
    (
        "Bitmain Antminer S19 XP Hyd 3U 257T 双机柜整柜套装",
        "hydro-l",
        "SHA-256",
        512,
        "TH/s",
        10600,
        "20.7",
        50,
        "hydro",
        "1234567890.12",
        "2411265.41",
    ),
]
COOLING = {"air": ("风冷", "Air"), "hydro": ("水冷", "Hydro"), "immersion": ("浸没", "Immersion"), None: (None, None)}
STOCK = [
    ("here", ("现货 126 台", "126 in stock"), ("鄂尔多斯，48 小时发货", "Ordos, ships in 48 h")),
    ("few", ("现货 3 台", "3 in stock"), ("成都，48 小时发货", "Chengdu, ships in 48 h")),
    ("coming", ("期货", "Futures"), ("2027-01 起发", "ships from 2027-01")),
    ("none", ("缺货", "Out of stock"), (None, None)),
]


def machines(lang: str) -> list[SimpleNamespace]:
    """Rows of a listing, each state of stock among them."""
    n = 0 if lang == "zh-cn" else 1
    rows = []
    for index, (name, symbol, algorithm, rate, unit, watts, efficiency, noise, cooling, price, per_t) in enumerate(
        MACHINES
    ):
        state, text, note = STOCK[index % len(STOCK)]
        rows.append(
            SimpleNamespace(
                name=name,
                url="#",
                note=("全新，含电源", "New, PSU included")[n],
                symbol=symbol,
                algorithm=algorithm,
                coin="BTC",
                hashrate=rate,
                hashrate_unit=unit,
                watts=watts,
                efficiency=efficiency,
                efficiency_unit="J/T",
                noise=noise,
                cooling=COOLING[cooling][n],
                price=yuan(price) if price else None,
                unit_price=yuan(per_t) if per_t else None,
                unit="T",
                stock_state=state,
                stock_text=text[n],
                stock_note=note[n],
                id=index,
            )
        )
    return rows


class CheckoutForm(Form):
    """The four consignee fields of clause 1.1.3b, and one control of every kind."""

    warehouse = StringField("收货仓库", [DataRequired(), Length(max=40)])
    consignee = StringField("收货人", [DataRequired()])
    address = TextAreaField("收货地址", [DataRequired("请填写收货地址，写到门牌号")])
    mobile = StringField("手机号码", [DataRequired()])
    province = SelectField("省份", choices=[("44", "广东省"), ("15", "内蒙古自治区")])
    invoice = RadioField(
        "发票", [DataRequired()], choices=[("none", "不开发票"), ("vat", "增值税专用发票")], default="vat"
    )
    remark = StringField("备注")
    password = PasswordField("密码", [DataRequired()])
    agreed = BooleanField("我已阅读并同意《隐私政策》第 1 版", [DataRequired("请先阅读并勾选隐私政策")])
    send = SubmitField("提交订单")

    def hidden_tag(self) -> str:
        """As Flask-WTF has it."""
        return ""


class Values(dict[str, str]):
    """Form data as a request carries it."""

    def getlist(self, name: str) -> list[str]:
        return [self[name]] if name in self else []


def checkout_form(wrong: bool) -> CheckoutForm:
    """Empty, or sent with mistakes."""
    if not wrong:
        return CheckoutForm()
    form = CheckoutForm(
        Values(warehouse="鄂尔多斯一号仓", consignee="张伟", mobile="1380013", province="44", invoice="vat")
    )
    form.validate()
    form.mobile.errors = ["手机号码应为 11 位数字"]
    return form


def sample_context(lang: str) -> dict[str, Any]:
    """Everything a sample page may ask for."""
    n = 0 if lang == "zh-cn" else 1
    return {
        "say": lambda zh, en: (zh, en)[n],
        "rows": machines(lang),
        "yuan": yuan,
        "at": moment,
        "form": checkout_form(wrong=True),
        "pager": SimpleNamespace(page=4, pages=12, url=lambda page: f"?page={page}"),
    }


def sample_globals(lang: str) -> dict[str, Any]:
    """The template globals that the slices give to the layouts."""
    n = 0 if lang == "zh-cn" else 1
    names = [
        ("比特币矿机 SHA-256", "Bitcoin SHA-256", 96),
        ("莱特币/狗狗币 Scrypt", "Litecoin, Dogecoin Scrypt", 31),
        ("Kaspa kHeavyHash", "Kaspa kHeavyHash", 24),
        ("Zcash Equihash", "Zcash Equihash", 12),
        ("电源", "Power supplies", 9),
        ("算力板", "Hash boards", 7),
        ("延保与维修", "Warranty and repair", 5),
    ]
    return {
        "menu_categories": lambda: [SimpleNamespace(name=row[n], url="#", count=row[2]) for row in names],
        "cart_count": lambda: 3,
        "operator": OPERATOR,
        "notices": list,
        "site_url": "https://shop.example",
        "canonical_url": lambda: f"/{lang}/",
        "alternate_urls": lambda: {"zh-cn": "/zh-cn/", "en": "/en/"},
        "language_switch_url": lambda other: f"/language/{other}",
        "desk_navigation": lambda: [
            SimpleNamespace(name=row[n], items=[SimpleNamespace(name=it[n], url="#", current=it[2]) for it in row[2]])
            for row in [
                ("", "", [("今日", "Today", False)]),
                ("订单", "Orders", [("订单", "Orders", True), ("期货", "Futures", False)]),
                ("资金", "Money", [("汇款确认", "Remittances", False), ("退款", "Refunds", False)]),
                ("商品", "Goods", [("商品", "Goods", False), ("库存", "Stock", False)]),
            ]
        ],
    }
