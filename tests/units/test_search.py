"""Search: a part of a name, its pinyin, its initials; every word must be there."""

import pytest

from units.models import Unit
from units.search import folded, matching, spelled

NAMES = ("青石镇", "河东街道", "重庆路（长石）专班", "TCL 产业园")


@pytest.fixture
def units(db):
    """Four units, written at once: what they are found by is derived on the way in."""
    return Unit.objects.bulk_create([Unit(name=name, path=f"/{n}/") for n, name in enumerate(NAMES, 1)])


def found(text):
    return sorted(matching(Unit.objects.all(), text, "search").values_list("name", flat=True))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("青石", ["青石镇"]),
        ("qsz", ["青石镇"]),
        ("QSZ", ["青石镇"]),
        ("ｑｉｎｇshi", ["青石镇"]),
        ("hdjd", ["河东街道"]),
        ("cqlcs", ["重庆路（长石）专班"]),
        ("zqlcs", ["重庆路（长石）专班"]),
        ("cqlzs", ["重庆路（长石）专班"]),
        ("tclcyy", ["TCL 产业园"]),
        ("产业园 tcl", ["TCL 产业园"]),
        ("青石 河东", []),
        ("%", []),
        ("_", []),
        ("\x00", sorted(NAMES)),
        ("", sorted(NAMES)),
        ("  ", sorted(NAMES)),
    ],
)
def test_a_name_is_found_by_its_parts_pinyin_and_initials(units, text, names):
    assert found(text) == names


def test_saving_a_new_name_derives_anew(units):
    unit = units[0]
    unit.name = "白沙镇"
    unit.save()
    assert (found("qsz"), found("bsz")) == ([], ["白沙镇"])


def test_a_text_of_any_kind_is_spelled():
    assert spelled(folded("青石镇")) == "青石镇 qingshizhen qsz"
    assert spelled(folded("ABC ltd")) == "abc ltd"
    for text in ("ひ々〇あ青", "广东𠮷集团", "é青ß", "（）", "青" * 500):
        assert spelled(folded(text)).startswith(folded(text))
