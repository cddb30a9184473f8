"""The fixed words of the trade in both languages: algorithms, coins, parts, services, coolings, makers and series.

A Chinese name stands here only where the maker or the market uses one; otherwise the Latin name serves both.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A code for addresses, its two names, and what else people type for it."""

    code: str
    zh: str
    en: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Algorithm(Word):
    """An algorithm also fixes the unit in which its machines are compared, sorted and priced."""

    unit: str = "TH/s"


MACHINE, PART, SERVICE = "machine", "part", "service"
AIR, HYDRO, IMMERSION = "air", "hydro", "immersion"
NEW, USED = "new", "used"
SPOT, FUTURES, OUT, ON_REQUEST = "spot", "futures", "out", "on-request"

ALGORITHMS = (
    Algorithm("sha-256", "SHA-256", "SHA-256", ("sha256", "sha256d"), "TH/s"),
    Algorithm("scrypt", "Scrypt", "Scrypt", (), "GH/s"),
    Algorithm("kheavyhash", "kHeavyHash", "kHeavyHash", (), "TH/s"),
    Algorithm("ethash", "EtHash", "EtHash", ("etchash",), "MH/s"),
    Algorithm("equihash", "Equihash", "Equihash", (), "kSol/s"),
    Algorithm("randomx", "RandomX", "RandomX", (), "kH/s"),
    Algorithm("blake2s", "Blake2S", "Blake2S", (), "TH/s"),
    Algorithm("blake3", "Blake3", "Blake3", (), "TH/s"),
    Algorithm("zksnark", "zkSNARK", "zkSNARK", (), "MH/s"),
    Algorithm("sha3x", "SHA3x", "SHA3x", (), "GH/s"),
    Algorithm("sha512256d", "SHA512256d", "SHA512256d", (), "GH/s"),
    Algorithm("versahash", "VersaHash", "VersaHash", (), "MH/s"),
)
COINS = (
    Word("btc", "比特币 BTC", "Bitcoin BTC", ("btc", "bitcoin", "比特币")),
    Word("ltc", "莱特币 LTC", "Litecoin LTC", ("ltc", "litecoin", "莱特币")),
    Word("doge", "狗狗币 DOGE", "Dogecoin DOGE", ("doge", "dogecoin", "狗狗币")),
    Word("kas", "KAS", "Kaspa KAS", ("kas", "kaspa")),
    Word("etc", "以太经典 ETC", "Ethereum Classic ETC", ("以太经典", "ethereum classic")),
    Word("zec", "大零币 ZEC", "Zcash ZEC", ("zec", "zcash", "大零币")),
    Word("xmr", "门罗币 XMR", "Monero XMR", ("xmr", "monero", "门罗币")),
    Word("kda", "KDA", "Kadena KDA", ("kda", "kadena")),
    Word("alph", "ALPH", "Alephium ALPH", ("alph", "alephium")),
    Word("aleo", "ALEO", "Aleo", ("aleo",)),
    Word("xtm", "XTM", "Tari XTM", ("xtm", "tari")),
    Word("rxd", "RXD", "Radiant RXD", ("rxd", "radiant")),
    Word("initverse", "InitVerse", "InitVerse", ("initverse",)),
)
PARTS = (
    Word("psu", "电源", "Power supplies", ("电源", "psu", "power supply")),
    Word("board", "算力板与控制板", "Hash and control boards", ("算力板", "控制板", "hashboard", "control board")),
    Word("fan", "风扇", "Fans", ("风扇", "fan")),
    Word("cable", "线材", "Cables", ("线材", "电源线", "网线", "cable")),
)
SERVICES = (
    Word("extended-warranty", "延长保修", "Extended warranty", ("延保", "延长保修")),
    Word("installation", "上架安装", "Installation", ("安装", "上架")),
    Word("repair", "维修", "Repair", ("维修", "修理", "repair")),
)
COOLINGS = (
    Word(AIR, "风冷", "Air", ("风冷", "air cooled", "air-cooled", "air cooling")),
    Word(HYDRO, "水冷", "Hydro", ("水冷", "液冷", "hydro", "hyd", "water cooled", "water-cooled")),
    Word(IMMERSION, "浸没", "Immersion", ("浸没", "浸没式", "浸没液冷", "油冷", "immersion")),
)
CONDITIONS = (
    Word(NEW, "全新", "New", ("全新", "新机", "brand new")),
    Word(USED, "二手", "Used", ("二手", "used", "second hand", "second-hand")),
)
DELIVERIES = (
    Word(SPOT, "现货", "In stock", ("现货", "有货", "in stock", "spot")),
    Word(FUTURES, "期货", "Futures", ("期货", "预售", "futures", "pre-order", "preorder")),
    Word(ON_REQUEST, "询价", "On request", ("询价", "on request")),
    Word(OUT, "缺货", "Out of stock", ("缺货", "无货", "out of stock", "sold out")),
)
KINDS = (
    Word(MACHINE, "矿机", "Machines", ("矿机", "miner", "miners", "machine", "machines")),
    Word(PART, "配件", "Parts", ("配件", "parts")),
    Word(SERVICE, "服务", "Services", ("服务", "services")),
)
BRANDS = (
    Word("bitmain", "比特大陆", "Bitmain", ("蚂蚁", "蚂蚁矿机", "antminer", "bitmain", "比特大陆")),
    Word("microbt", "比特微", "MicroBT", ("神马", "神马矿机", "whatsminer", "microbt", "比特微")),
    Word(
        "canaan", "嘉楠科技", "Canaan", ("阿瓦隆", "阿瓦隆矿机", "avalon", "avalonminer", "canaan", "嘉楠", "嘉楠科技")
    ),
    Word("bitdeer", "比特小鹿", "Bitdeer", ("bitdeer", "sealminer", "比特小鹿", "比特鹿")),
    Word("iceriver", "冰河", "IceRiver", ("冰河", "冰河矿机", "iceriver")),
    Word("goldshell", "金贝", "Goldshell", ("金贝", "金贝矿机", "goldshell")),
    Word("innosilicon", "芯动科技", "Innosilicon", ("芯动", "芯动科技", "innosilicon")),
    Word("jasminer", "茉莉", "Jasminer", ("茉莉", "茉莉矿机", "jasminer")),
)
SERIES_ZH = {"Antminer": "蚂蚁矿机", "WhatsMiner": "神马矿机", "Avalon": "阿瓦隆"}


def word(code: str, words: tuple[Word, ...]) -> Word | None:
    """The entry with this code, or None where the table has no such word."""
    return next((entry for entry in words if entry.code == code), None)
