"""Small numbers as headings write them: 一、（十二）, 第三, 23."""

import re

_DIGITS = {"零": 0, "〇": 0, **{digit: value for value, digit in enumerate("一二三四五六七八九", start=1)}}
_CIRCLED = {chr(0x2460 + i): i + 1 for i in range(20)}


def small_number(text: str) -> int | None:
    """A number below a hundred written in Chinese, or any in digits; ``None`` where it is neither.

    >>> small_number("十二"), small_number("二十"), small_number("7"), small_number("甲")
    (12, 20, 7, None)
    """
    if re.fullmatch(r"[0-9]{1,6}", text):
        return int(text)
    if text in _CIRCLED:
        return _CIRCLED[text]
    found = re.fullmatch(r"(?:([一二三四五六七八九])?(十))?([零〇一二三四五六七八九])?", text)
    if not found or not text:
        return None
    tens = (_DIGITS[found[1]] if found[1] else 1) * 10 if found[2] else 0
    return tens + (_DIGITS[found[3]] if found[3] else 0)


def in_chinese(number: int) -> str:
    """A number below a hundred as headings write it.

    >>> in_chinese(4), in_chinese(10), in_chinese(23)
    ('四', '十', '二十三')
    """
    tens, ones = divmod(number, 10)
    digits = "零一二三四五六七八九"
    return ("" if not tens else "十" if tens == 1 else f"{digits[tens]}十") + (digits[ones] if ones or not tens else "")
