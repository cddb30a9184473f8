"""Cutting text into tokens, the same way for the index and for the query. Pure."""

import re
import unicodedata

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
TOKEN = re.compile(rf"[{HAN}]|[^\W\d_{HAN}]+|\d+|\+")
WORD = re.compile(rf"[{HAN}]+|[^\W_{HAN}+]+\+*")


def plain(text: str) -> str:
    """Lower case, full-width forms made plain, everything unprintable gone."""
    text = unicodedata.normalize("NFKC", text).casefold()
    return "".join(mark if mark.isprintable() else " " for mark in text)


def tokens(text: str) -> list[str]:
    """`S19Pro+` is s, 19, pro, +; 蚂蚁矿机 is four tokens. Takes text as `plain` leaves it."""
    return TOKEN.findall(text)


def words(text: str) -> list[str]:
    """What a person would call words: `s19pro+`, 蚂蚁矿机. Takes text as `plain` leaves it."""
    return WORD.findall(text)
