"""Numbers of a text with their measure words, in simplified or traditional characters; offsets are the text's."""

import re
import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from opencc import OpenCC

from campaigns.numbers import measure_of

NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
MONEY = r"[万亿]{0,2}(?:元人民币|人民币元?|美元|欧元|港元|港币|日元|元)"
KNOWN = (
    "个百分点|平方米|平方公里|公里|人次|批次|户次|家次|场次|个|家|条|项|户|人|批|次|场|支|亩|宗|件|份|起|名|位|"
    "艘|台|套|吨|天|期|轮|篇|处|座|栋|幅|块|笔|类|种|本|册|辆|所|间|队|组|部|例|单"
)
# any other short word counts as a measure where the phrase ends behind it: 12标段，
OTHER = r"(?!强|年|月|日|号|时|分|秒|届|倍|成|余|多|以|及|左|至|到|世纪)[一-龥]{1,3}?(?=[,，。；;、)）:：]|占|的\d|$)"
QUANTITY = re.compile(
    rf"(?<![\d.,A-Za-z+\-—–~*])(?P<number>{NUMBER})\s*(?P<about>[余多])?\s*(?P<measure>{MONEY}|[万亿]?(?:{KNOWN})|{OTHER})"
    r"(?P<rest>余|多)?"
)
BEHIND = re.compile(r"\s*(?:\(含[^)]*\))?\s*(?:及|或)?(?:以上|以下|以内|之内|左右|上下)")
ABOUT = re.compile(r"(?:(?<![附最邻])近|(?<![签履合违节])约|超|超过|逾|不足|不到)\s*$")
BOUND = re.compile(r"(?:不低于|不少于|不高于|低于|高于|少于|多于|至少|≥|≤|>|<)\s*$")


@lru_cache(maxsize=1)
def _converter():
    return OpenCC("t2s")


@lru_cache(maxsize=8192)
def _folded(character: str) -> str:
    """Return one character as it is compared: simplified, half width; itself where that would be another length."""
    half = unicodedata.normalize("NFKC", character)
    half = (
        half
        if len(half) == 1 and not unicodedata.category(character).startswith("N") or half.isdigit()
        else character
    )
    half = half if len(half) == 1 else character
    simplified = _converter().convert(half)
    return simplified if len(simplified) == 1 else half


def folded(text: str) -> str:
    """Return a text of the same length in simplified characters and half width."""
    return "".join(map(_folded, text))


@dataclass(frozen=True)
class Quantity:
    """A number with its measure: where it stands, its value in the dimension's base measure."""

    start: int
    end: int
    number: str  # as written
    measure: str
    dimension: str
    value: Fraction
    about: bool = False  # 近, 余, 约: not meant to the last digit
    threshold: bool = False  # 5000万元以上: names a class, is no result

    @property
    def written(self) -> str:
        """Return number and measure as a message quotes them."""
        return self.number + self.measure


def quantities_of(folded_text: str) -> list[Quantity]:
    """Return every number with a measure, in the order of the text; dates, ranks and bare numbers are none."""
    found = []
    for match in QUANTITY.finditer(folded_text):
        number, word = match["number"], match["measure"]
        measure = measure_of(word)
        ahead, behind = folded_text[max(0, match.start() - 4) : match.start()], folded_text[match.end() :]
        found.append(
            Quantity(
                start=match.start(),
                end=match.end(),
                number=number,
                measure=word,
                dimension=measure.dimension,
                value=Fraction(number.replace(",", "")) * Fraction(measure.factor),
                about=bool(match["about"] or match["rest"] or ABOUT.search(ahead)),
                threshold=bool(BEHIND.match(behind) or BOUND.search(ahead)),
            )
        )
    return found
