"""Search by a part of a name, its pinyin or its initials: 青石镇 is found by 青石, qingshi and qsz."""

import re
import unicodedata
from functools import lru_cache

from django.db import models
from django.db.models import Q
from pypinyin import lazy_pinyin

# characters of names that are commonly read in two ways, with the initials of both
TWO_WAYS = {
    "长": "cz", "重": "cz", "行": "xh", "会": "hk", "单": "ds", "乐": "ly", "朝": "cz", "车": "cj",
    "厦": "xs", "盛": "sc", "调": "td", "解": "jx", "传": "cz", "弹": "td", "曾": "cz", "藏": "cz",
    "率": "ls", "系": "xj", "校": "xj", "降": "jx", "卡": "kq", "宿": "sx", "省": "sx", "圩": "wx",
    "泊": "bp", "堡": "bp", "埔": "pb", "涌": "yc", "莘": "xs", "畜": "xc", "参": "cs", "强": "qj",
    "区": "qo",
}  # fmt: skip
VARIANTS = 6  # initials kept beside the usual ones
WORDS = 8  # of a search; what is typed after them narrows nothing
TEXT = 100  # characters of a search
NO_LETTER = re.compile(r"[\W_]+")


def folded(text):
    """Fold width and case and the runs of blanks, so that ＡＢＣ and abc are one."""
    return " ".join(unicodedata.normalize("NFKC", str(text or "")).casefold().replace("\x00", "").split())


@lru_cache(maxsize=5000)
def spelled(text):
    """Return a folded text as it is searched: itself, its full pinyin without tones, its initials.

    A character with two readings gives the initials a second time: 长石 is found by cs and by zs.
    """
    if text.isascii():
        return text
    parts = NO_LETTER.sub("", text)
    sounds = lazy_pinyin(parts)
    pieces = split_like(parts, sounds)
    initials = [sound if piece.isascii() else sound[:1] for sound, piece in zip(sounds, pieces, strict=True)]
    words = [text, "".join(sounds), "".join(initials)]
    for place, piece in enumerate(pieces):
        for letter in TWO_WAYS.get(piece, ""):
            if letter != initials[place] and len(words) < VARIANTS + 3:
                words.append("".join((*initials[:place], letter, *initials[place + 1 :])))
    return " ".join(dict.fromkeys(words))


def split_like(text, sounds):
    """Cut a text into the pieces that pinyin was given for: one character each, what is not Chinese in one."""
    pieces, at = [], 0
    for sound in sounds:
        size = len(sound) if text.startswith(sound, at) else 1
        pieces.append(text[at : at + size])
        at += size
    return pieces


class SearchField(models.TextField):
    """What a record is found by, derived from other fields whenever it is saved (also in bulk_create).

    save(update_fields=…) and bulk_update must name it beside the fields it comes from.
    """

    def __init__(self, *args, sources=(), **kwargs):
        self.sources = tuple(sources)
        super().__init__(*args, **{"default": "", **kwargs, "editable": False, "blank": True})

    def deconstruct(self):
        """Write the sources into the migration; what is always so stays out."""
        name, path, args, kwargs = super().deconstruct()
        for key in ("editable", "blank"):
            kwargs.pop(key, None)
        return name, path, args, {**kwargs, "sources": self.sources}

    def derive(self, record):
        """Return what a record is found by."""
        texts = [folded(getattr(record, source)) for source in self.sources]
        return " ".join(spelled(text) for text in texts if text)

    def pre_save(self, model_instance, add):
        """Derive it anew."""
        value = self.derive(model_instance)
        setattr(model_instance, self.attname, value)
        return value


def refreshed(record, fields):
    """Derive the search columns that come from some fields anew; return the fields with those columns."""
    fields = set(fields)
    for field in record._meta.concrete_fields:
        if isinstance(field, SearchField) and fields.intersection(field.sources):
            field.pre_save(record, False)
            fields.add(field.name)
    return fields


def matching(queryset, text, *fields):
    """Narrow to the records that contain every word of a text in one of their search columns."""
    condition = Q()
    for word in folded(text)[:TEXT].split()[:WORDS]:
        found = Q()
        for field in fields:
            found |= Q(**{f"{field}__contains": word})
        condition &= found
    return queryset.filter(condition)
