"""How alike two Chinese texts are: the share of neighbouring pairs of characters that they have in common.

Dice's measure over the pairs: twice the pairs in common, over the pairs of both. 1 is the same text, 0 nothing in common.
Whoever doubts it can count it on paper.
"""

import unicodedata
from collections import Counter
from fractions import Fraction


def bare(text: str) -> str:
    """Letters, digits and Chinese characters only, full-width forms made half-width.

    >>> bare("《示例县  办法》（试行）")
    '示例县办法试行'
    """
    return "".join(c for c in unicodedata.normalize("NFKC", text) if c.isalnum())


def likeness(one: str, other: str) -> Fraction:
    """How alike two texts are, from 0 to 1; punctuation and blanks do not count.

    >>> likeness("法治政府建设", "法治政府建设报告")
    Fraction(5, 6)
    """
    one, other = bare(one), bare(other)
    if one == other:
        return Fraction(bool(one))
    pairs, others = _pairs(one), _pairs(other)
    total = pairs.total() + others.total()
    return Fraction(2 * (pairs & others).total(), total) if total else Fraction(0)


def _pairs(text: str) -> Counter[str]:
    return Counter(text[i : i + 2] for i in range(len(text) - 1))


def abbreviates(short: str, long: str) -> bool:
    """Whether one text is the other with characters left out.

    >>> abbreviates("洮南市政府办", "洮南市人民政府办公室")
    True
    """
    rest = iter(bare(long))
    return all(character in rest for character in bare(short))
