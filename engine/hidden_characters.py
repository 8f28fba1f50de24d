"""Control characters that nobody sees, which come along when text is pasted (不可见的控制字符)."""

import re

HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f\u2028\u2029\ufffe\uffff\u202a-\u202e\u2066-\u2069]")


def hidden_character(text: str) -> str | None:
    """The first invisible control character of a text."""
    found = HIDDEN.search(text)
    return found[0] if found else None
