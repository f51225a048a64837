"""Amounts: read, stored, added up, split and printed without losing a millionth."""

from contextlib import suppress
from decimal import Decimal
from fractions import Fraction

import django_filters
import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.db.models import F, Max, Min, Sum, Value
from django.db.models.functions import Coalesce
from hypothesis import given
from hypothesis import strategies as st
from import_export.resources import ModelResource

from campaigns import numbers
from campaigns.numbers import ExactField, ExactFilter, ExactFormField, ExactWidget, NumberError

WORDS = [
    "元",
    "万元",
    "亿元",
    "美元",
    "万美元",
    "亿欧元",
    "个",
    "人次",
    "万人次",
    "%",
    "‰",
    "分",
    "百分点",
    "平方米",
]
amounts = st.integers(-(10**17), 10**17).map(lambda millionths: Decimal(millionths).scaleb(-6))
ratios = st.fractions(min_value=0, max_value=3, max_denominator=10**9)


class Purse(models.Model):
    """One amount, on a table that exists only in these tests."""

    amount = ExactField("金额", min_value=0, null=True)

    class Meta:
        app_label = "test_numbers"  # not an installed app: no migration is ever asked for
        managed = False
        db_table = "test_numbers_purse"

    def __str__(self):
        return str(self.amount)


@pytest.fixture
def purses(transactional_db):
    """Make the table of Purse, and drop it again."""
    with connection.schema_editor() as editor:
        editor.create_model(Purse)
    yield Purse.objects
    with connection.schema_editor() as editor:
        editor.delete_model(Purse)


# --- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "measure", "value"),
    [
        ("9.29亿元", None, "92900"),
        ("9.29 亿元", None, "92900"),
        ("9.29", "亿元", "92900"),
        ("5000万元", "亿元", "5000"),
        ("5000万", "亿元", "5000"),
        ("3亿", "万元", "30000"),
        ("八千万", "元", "8000"),
        ("八千万", None, "80000000"),
        ("1.2万亿元", None, "120000000"),
        ("1亿2000万元", None, "12000"),
        ("5千万元", None, "5000"),
        ("5000万人民币", None, "5000"),
        ("30亿美元", "万美元", "300000"),
        ("壹億元", None, "10000"),
        ("1,599", None, "1599"),
        ("１，５９９", "个", "1599"),
        ("１２３", None, "123"),
        ("一百二十三", None, "123"),
        ("一百零二", None, "102"),
        ("一千零一十", None, "1010"),
        ("三万零五百", "个", "30500"),
        ("十五个", "个", "15"),
        ("两千零二十", None, "2020"),
        ("零", None, "0"),
        ("1.2万", None, "12000"),
        ("3万人次", "人次", "30000"),
        ("3", "万人次", "30000"),
        ("-3.5", "%", "-3.5"),
        ("−3.5％", "%", "-3.5"),
        ("47.8%", None, "47.8"),
        ("14.1个百分点", None, "14.1"),
        ("五百分点", None, "5"),
        ("五分", "分", "5"),
        ("五百分", "分", "500"),
        ("3m²", "m²", "3"),
        (171, "条", "171"),
        (Decimal("84.8"), "亿元", "848000"),
    ],
)
def test_read_number_reads_what_offices_write(text, measure, value):
    assert numbers.read_number(text, measure=measure) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        *((word, None) for word in ["若干", "已完成", "全部开工", "—", "/", "-", "万", "元", "百分之五", "3至5"]),
        *((word, None) for word in ["（3.5）", "(3.5)", "1 599", "1,59", "1,5994", "1.", "1.2.3", "1e5", "12/55"]),
        *((word, None) for word in ["约100", "100多", "100多万元", "3万左右", "100余个", "5个以上", "12月3日"]),
        *((word, None) for word in ["三万五", "3万5", "一百二", "一二三", "5亿3", "1.5亿2000万", "百", "NaN", "inf"]),
        *((word, None) for word in ["10²", "①5", "½", "三点五", "三分之一", "百分之5", "3已完成", "五一"]),
        *((word, None) for word in ["", "  ", "9" * 70, "2万亿", "0.0000001", "0.001元", "3\x00"]),
        ("9.29亿元", "个"),
        ("5000万美元", "万元"),
        ("3家", "个"),
        ("50%", "百分点"),
        ("9.29123456789", "亿元"),
        (9.29, "亿元"),
        (True, "个"),
        (None, "个"),
        (Decimal("NaN"), "个"),
        (Decimal("1E+999999"), "个"),
        (Decimal("1E-999999"), "个"),
    ],
)
def test_read_number_refuses_what_is_no_clear_amount(text, measure):
    with pytest.raises(NumberError) as refusal:
        numbers.read_number(text, measure=measure)
    assert "请" in refusal.value.messages[0]


def test_a_refusal_quotes_the_text():
    with pytest.raises(NumberError, match="若干") as refusal:
        numbers.read_number("若干")
    assert isinstance(refusal.value, ValidationError)


@given(st.text(alphabet="0123456789.,-亿万千百十零一二三五九两元美个%多 （）:/\n", max_size=12))
def test_read_number_answers_or_refuses_any_text(text):
    with suppress(NumberError):
        assert abs(numbers.read_number(text)) <= numbers.LIMIT


@given(amounts, st.sampled_from(WORDS), st.booleans())
def test_reading_what_was_printed_gives_the_number_back(value, word, space):
    assert numbers.read_number(numbers.amount_text(value, word, space=space)) == value
    assert numbers.read_number(numbers.amount_text(value, word, space=space), measure=word) == value
    assert numbers.read_number(numbers.plain(numbers.in_measure(value, word)), measure=word) == value
    assert numbers.read_number(numbers.grouped(value)) == value
    assert numbers.read_number(numbers.money_text(value)) == value


def spoken(n):
    """Write a number below 10^12 in Chinese numerals as one says it, independently of the reader."""
    digits, out, gap = "零一二三四五六七八九", "", False
    for power in range(11, -1, -1):
        digit, place = n // 10**power % 10, power % 4
        if digit:
            out += ("零" if gap and out else "") + digits[digit] + ["", "十", "百", "千"][place]
            gap = False
        else:
            gap = True
        if place == 0 and power and n // 10**power % 10**4:
            out += {8: "亿", 4: "万"}[power]
    return out or "零"


@given(st.integers(0, 10**11))
def test_read_number_reads_spoken_numbers(n):
    assert numbers.read_number(spoken(n)) == n


@pytest.mark.parametrize(
    ("word", "dimension", "factor", "level"),
    [
        ("元", "money", "0.0001", False),
        ("亿元", "money", "10000", False),
        ("万元人民币", "money", "1", False),
        ("亿美元", "USD", "10000", False),
        ("USD", "USD", "0.0001", False),
        ("港币", "HKD", "0.0001", False),
        ("万人次", "人次", "10000", False),
        ("个", "个", "1", False),
        ("％", "%", "1", True),
        ("分", "分", "1", True),
        ("个百分点", "百分点", "1", True),
    ],
)
def test_measure_of_knows_the_words(word, dimension, factor, level):
    measure = numbers.measure_of(word)
    assert (measure.dimension, measure.factor, measure.level) == (dimension, Decimal(factor), level)


def test_cell_number_drops_binary_noise_and_refuses_the_rest():
    assert numbers.cell_number(0.1 + 0.2) == Decimal("0.3")
    assert numbers.cell_number(9.29) == Decimal("9.29")
    assert numbers.cell_number(7) == 7
    for value in (float("nan"), float("inf"), True, None, "7"):
        with pytest.raises(NumberError):
            numbers.cell_number(value)


# --- printing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("done", "target", "text"),
    [
        ("84.8", "105", "80.8%"),
        ("55.4", "68", "81.5%"),
        ("10", "10", "100%"),
        ("152.8", "130", "117.5%"),
        ("171", "358", "47.8%"),
        ("57", "720", "7.9%"),
        ("93", "192", "48.4%"),
        ("12", "55", "21.8%"),
        ("3", "26", "11.5%"),
        ("5.3", "5", "106%"),
        ("1599", "2000", "80%"),
        ("9996", "10000", "99.96%"),
        ("999999", "1000000", "99.9999%"),
        ("10004", "10000", "100%"),
        ("0", "26", "0%"),
        ("-3", "1000", "-0.3%"),
        ("-1", "100000", "0%"),
    ],
)
def test_percent_text_prints_the_figures_of_real_bulletins(done, target, text):
    assert numbers.percent_text(Fraction(done) / Fraction(target)) == text


def test_percent_text_prints_one_more_digit_where_a_rule_reads_the_figure():
    assert numbers.percent_text(Fraction(1599, 2000), thresholds=[Fraction(4, 5)]) == "79.95%"
    assert numbers.percent_text(Fraction(4, 5), thresholds=[Fraction(4, 5)]) == "80%"


def test_percent_text_rounds_half_up_in_decimals():
    assert numbers.percent_text(Fraction(4901, 4000), decimals=2) == "122.53%"
    assert numbers.percent_text(Decimal("0.125"), decimals=0) == "13%"
    assert numbers.percent_text(None) == "—"


@given(ratios, st.integers(0, 3))
def test_percent_text_never_reaches_a_hundred_from_below(ratio, decimals):
    printed = Fraction(numbers.percent_text(ratio, decimals=decimals).removesuffix("%"))
    assert (printed >= 100) == (ratio >= 1)
    assert abs(printed - ratio * 100) <= Fraction(1, 2 * 10**decimals)


@pytest.mark.parametrize(
    ("difference", "text"),
    [
        (Fraction(848, 1050) - Fraction(8, 12), "超序时 14.1 个百分点"),
        (Fraction(1599, 2000) - Fraction(11, 12), "欠序时 11.7 个百分点"),
        (Fraction(-33, 1000), "欠序时 3.3 个百分点"),
        (Fraction(1, 3000), "超序时 0.03 个百分点"),
        (Fraction(0), "与序时持平"),
        (None, "—"),
    ],
)
def test_points_text_says_ahead_or_behind(difference, text):
    assert numbers.points_text(difference) == text


def test_points_text_suits_documents():
    assert numbers.points_text(Fraction(141, 1000), word="序时进度", space=False) == "超序时进度14.1个百分点"


def test_amounts_are_printed_plain():
    assert numbers.amount_text(Decimal(92900), "亿元") == "9.29亿元"
    assert numbers.amount_text(Decimal(92900), "亿元", space=True) == "9.29 亿元"
    assert [numbers.plain(Decimal(text)) for text in ("-0", "1E+3", "0.500000", "-1.50")] == [
        "0",
        "1000",
        "0.5",
        "-1.5",
    ]
    assert numbers.grouped(Decimal("1234567.50")) == "1,234,567.5"
    assert numbers.in_measure(Decimal("0.000001"), "亿元") == Decimal("1E-10")
    money = [numbers.money_text(Decimal(n)) for n in ("92900", "-14000", "9999", "12345.67")]
    assert money == ["9.29亿元", "-1.4亿元", "9999万元", "12345.67万元"]
    assert numbers.fraction12(Fraction(848, 1050)) == "0.807619047619"
    assert numbers.fraction12(Fraction(0)) == "0"


@pytest.mark.parametrize(("value", "places", "text"), [("2.5", 0, "3"), ("-2.5", 0, "-3"), ("1.005", 2, "1.01")])
def test_round_half_up_rounds_away_from_zero(value, places, text):
    assert numbers.round_half_up(Decimal(value), places) == Decimal(text)


@pytest.mark.parametrize(
    "use",
    [
        numbers.plain,
        numbers.exact,
        numbers.percent_text,
        numbers.money_text,
        lambda v: numbers.round_half_up(v, 1),
    ],
)
def test_floats_are_refused_everywhere(use):
    with pytest.raises(NumberError):
        use(0.5)


# --- splitting ----------------------------------------------------------------------------------


@given(amounts, st.lists(st.decimals(0, 100, places=3), min_size=1, max_size=9).filter(any))
def test_split_adds_up_and_stays_within_a_millionth(total, shares):
    parts = numbers.split(total, shares)
    assert sum(map(Fraction, parts)) == Fraction(total)
    for part, share in zip(parts, shares, strict=True):
        assert abs(Fraction(part) - Fraction(total) * Fraction(share) / Fraction(sum(shares))) < Fraction(1, 10**6)


def test_split_gives_the_odd_millionth_to_the_first_of_equals():
    assert numbers.split(Decimal(1), [Decimal(1)] * 3) == [Decimal("0.333334"), *[Decimal("0.333333")] * 2]
    assert numbers.split(Decimal(-1), [Decimal(1)] * 3) == [Decimal("-0.333334"), *[Decimal("-0.333333")] * 2]
    assert numbers.split(Decimal(10), [70, 0, 30]) == [7, 0, 3]


@pytest.mark.parametrize("shares", [[], [0, 0], [1, -1], [-1, 2]])
def test_split_refuses_weights_without_a_sum(shares):
    with pytest.raises(ValueError, match="分摊比例"):
        numbers.split(Decimal(1), shares)


@given(st.lists(amounts, max_size=20), st.randoms())
def test_sums_of_any_order_are_equal(values, random):
    shuffled = random.sample(values, len(values))
    assert sum(map(numbers.exact, values)) == sum(map(numbers.exact, shuffled))


# --- field --------------------------------------------------------------------------------------


@given(amounts)
def test_field_gives_back_what_it_stored(value):
    field = Purse._meta.get_field("amount")
    stored = field.get_prep_value(value)
    assert isinstance(stored, int)
    assert field.from_db_value(stored, None, connection) == value
    assert field.to_python(field.value_to_string(Purse(amount=value))) == value


@pytest.mark.parametrize(
    "value",
    [9.29, True, Decimal("NaN"), Decimal("Infinity"), "NaN", "1e3", "", "9.29亿元", "0.0000001", 10**11 + 1],
)
def test_field_refuses_what_is_not_exact(value):
    field = Purse._meta.get_field("amount")
    for take in (field.to_python, field.get_prep_value):
        with pytest.raises(ValidationError, match="请"):
            take(value)


def test_field_refuses_an_average_the_database_made():
    with pytest.raises(TypeError):
        Purse._meta.get_field("amount").from_db_value(1.5, None, connection)


def test_field_is_declared_again_by_a_migration_as_it_was():
    _name, path, args, kwargs = Purse._meta.get_field("amount").deconstruct()
    assert (path, args) == ("campaigns.numbers.ExactField", [])
    assert kwargs == {"verbose_name": "金额", "null": True, "min_value": 0}
    assert not isinstance(ExactField(), (models.IntegerField, models.DecimalField))
    assert ExactField().get_internal_type() == "ExactField"


def test_field_checks_its_smallest_value():
    with pytest.raises(ValidationError, match="0"):
        Purse(amount=Decimal(-1)).full_clean()


def test_database_stores_compares_and_adds_up_exactly(purses):
    amounts_ = ["0.1", "0.2", "9.29", "100000000000", "-3.5"]
    purses.create(amount="0.1")
    purses.bulk_create([Purse(amount=Decimal(text)) for text in amounts_[1:]] + [Purse(amount=None)])
    found = list(purses.filter(amount__isnull=False).order_by("pk").values_list("amount", flat=True))
    assert [str(value) for value in found] == amounts_

    assert purses.get(amount=Decimal("9.29")).amount == Decimal("9.29")
    assert purses.filter(amount__gt="9.29").count() == 1
    assert purses.filter(amount__gte="9.29").count() == 2
    assert purses.filter(amount__lt=0).count() == 1
    assert purses.filter(amount__lte=Decimal("0.1")).count() == 2
    assert purses.filter(amount__in=["0.2", Decimal("9.29"), 7]).count() == 2
    assert purses.filter(amount__range=("0.1", "0.2")).count() == 2
    assert purses.filter(amount__isnull=True).count() == 1
    with pytest.raises(ValidationError):
        purses.filter(amount=9.29).exists()

    totals = purses.aggregate(sum=Sum("amount"), max=Max("amount"), min=Min("amount"))
    assert totals == {"sum": Decimal("100000000006.09"), "max": Decimal(10) ** 11, "min": Decimal("-3.5")}
    assert isinstance(totals["sum"], Decimal)
    empty = purses.none().aggregate(sum=Sum("amount", default=0)) | purses.filter(pk=0).aggregate(
        default=Sum("amount", default=Decimal("1.5")),
        coalesced=Coalesce(Sum("amount"), Value(0, ExactField())),
    )
    assert empty == {"sum": Decimal(0), "default": Decimal("1.5"), "coalesced": Decimal(0)}
    grouped = purses.values("pk").annotate(total=Sum("amount")).filter(total__gte="9.29")
    assert sorted(row["total"] for row in grouped) == [Decimal("9.29"), Decimal(10) ** 11]

    row = purses.get(amount="0.2")
    row.amount = Decimal("0.3")
    purses.bulk_update([row], ["amount"])
    purses.filter(pk=row.pk).update(amount=F("amount"))
    row.refresh_from_db()
    assert row.amount == Decimal("0.3")


def test_database_adds_up_many_rows_without_drift(purses):
    purses.bulk_create([Purse(amount=Decimal("0.1")) for _ in range(3000)])
    assert purses.aggregate(sum=Sum("amount"))["sum"] == 300


# --- form, filter, spreadsheet -------------------------------------------------------------------


class PurseForm(forms.ModelForm):
    """The field's own form field."""

    class Meta:
        model = Purse
        fields = ["amount"]


def test_form_field_reads_its_measure_and_its_kin():
    field = ExactFormField(measure="亿元", min_value=Decimal(1))
    assert [field.clean(text) for text in ("9.29", "5000万元", " 3亿 ")] == [92900, 5000, 30000]
    assert field.prepare_value(Decimal(92900)) == "9.29"
    assert field.prepare_value("9,2") == "9,2"
    for text, message in {
        "0.00001": "不能小于 0.0001亿元",
        "3个": "“亿元”",
        "": "必填",
        "若干": "若干",
    }.items():
        with pytest.raises(ValidationError, match=message):
            field.clean(text)


def test_form_field_compares_values_not_texts():
    field = ExactFormField(measure="亿元", required=False)
    assert not field.has_changed(Decimal(92900), "9.290亿元")
    assert not field.has_changed(None, " ")
    assert field.has_changed(Decimal(0), "")
    assert field.has_changed(Decimal(92900), "9.3")
    assert field.has_changed(Decimal(92900), "若干")


def test_model_form_uses_the_exact_form_field():
    form = PurseForm({"amount": "-1"})
    assert isinstance(form.fields["amount"], ExactFormField)
    assert 'inputmode="decimal"' in str(form["amount"])
    assert 'autocomplete="off"' in str(form["amount"])
    assert form.errors == {"amount": ["不能小于 0"]}
    assert PurseForm({"amount": "1,599"}).save(commit=False).amount == 1599


class PurseFilter(django_filters.FilterSet):
    """Purses from an amount up."""

    at_least = ExactFilter(field_name="amount", lookup_expr="gte", measure="亿元")

    class Meta:
        model = Purse
        fields = []


class PurseResource(ModelResource):
    """Purses as a sheet in 亿元."""

    class Meta:
        model = Purse
        widgets = {"amount": {"measure": "亿元"}}
        fields = ["id", "amount"]

    @classmethod
    def widget_from_django_field(cls, f, default=ExactWidget):
        return super().widget_from_django_field(f, default)


def test_filter_and_spreadsheet_speak_the_measure(purses):
    purses.bulk_create([Purse(amount=Decimal(n)) for n in (0, 49999, 50000)])
    chosen = PurseFilter({"at_least": "5"}, purses.all())
    assert [purse.amount for purse in chosen.qs] == [50000]
    assert PurseFilter({"at_least": "若干"}, purses.all()).form.errors["at_least"]
    assert PurseResource().export(purses.filter(amount=49999))["amount"] == ["4.9999"]
    purse = purses.get(amount=49999)
    PurseResource().import_instance(purse, {"id": purse.pk, "amount": 9.29})
    purse.save()
    assert purses.get(pk=purse.pk).amount == 92900


def test_spreadsheet_widget_reads_cells():
    widget = ExactWidget("亿元")
    assert [widget.clean(cell) for cell in (9.29, 3, "5000万元", None, " ")] == [
        92900,
        30000,
        5000,
        None,
        None,
    ]
    assert [widget.render(value) for value in (Decimal(92900), None)] == ["9.29", ""]
    assert ExactWidget("亿元", coerce_to_string=False).render(Decimal(92900)) == Decimal("9.29")
    assert ExactWidget().render(Decimal("0.5")) == "0.5"
    with pytest.raises(NumberError, match="请"):
        widget.clean("已完成")
