"""The unified social credit code (统一社会信用代码) of GB 32100: eighteen places, the last one a check character."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V and Z, which are mistaken for digits
LENGTH = 18
DISTRICT = range(3, 9)  # places of the registering district's number


def check_character(body: str) -> str:
    """Return the eighteenth character of a code whose first seventeen are given."""
    total = sum(ALPHABET.index(char) * pow(3, place, 31) for place, char in enumerate(body[: LENGTH - 1]))
    return ALPHABET[-total % 31]


def tidy_code(text: str) -> str:
    """Return a code as it is kept: half width, capitals, without the blanks and hyphens of groups."""
    folded = unicodedata.normalize("NFKC", text or "").upper()
    return "".join(char for char in folded if not char.isspace() and char not in "-–—_")


def read_credit_code(text: str) -> str:
    """Return a code as it is kept, "" for nothing; refuse a wrong one, saying which place is wrong."""
    code = tidy_code(text)
    if not code:
        return ""
    for place, char in enumerate(code[:LENGTH], start=1):
        told = {"place": place, "char": char}
        if char not in ALPHABET:
            raise ValidationError(
                _("信用代码第 %(place)s 位「%(char)s」不对：只用数字和大写字母，不用 I、O、S、V、Z") % told
            )
        if place in DISTRICT and not char.isdigit():
            raise ValidationError(_("信用代码第 %(place)s 位「%(char)s」不对：第 3 至 8 位是数字") % told)
    if len(code) != LENGTH:
        raise ValidationError(_("信用代码是 18 位，现为 %(n)s 位") % {"n": len(code)})
    if code[-1] != (expected := check_character(code)):
        raise ValidationError(
            _("信用代码的校验位（第 18 位）按前 17 位应为「%(wanted)s」，现为「%(char)s」，请核对整串代码")
            % {"wanted": expected, "char": code[-1]}
        )
    return code
