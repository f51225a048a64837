"""What rows of a stored scheme read: phased quotas, classes, tags of single facts, conditions; and rounding."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import transaction

from campaigns import actions, appraisal, ledger
from campaigns.models import Scheme, SchemeRow
from tests.campaigns.drives import day, make_drive
from tests.factories import make_user
from units.models import AuditEntry, Role, User

pytestmark = pytest.mark.django_db
AS_OF = day(8, 15)  # the 46th of 92 days: half of the time


@pytest.fixture
def drive():
    """Return a drive of two townships with three indicators."""
    drive = make_drive(indicators={"签约": "个", "外资": "个", "到位资金": "亿元", "五百强": "个"})
    drive.owe("签约", 甲镇=10, 乙镇=10)
    drive.owe("外资", 甲镇=4)
    drive.read("签约", day(8, 1), 甲镇=4, 乙镇=8)
    drive.read("外资", day(8, 1), 甲镇=1)
    return drive


def by():
    """Return the user who writes."""
    return User.objects.system()


def draft(drive, *rows, **facts):
    """Return a draft with rows of (method, indicator, facts)."""
    scheme = actions.create_scheme(campaign=drive.campaign, name="考核办法", by=by(), **facts)
    for code, (method, indicator, more) in enumerate(rows, start=1):
        more = {"label": indicator, "clause": "见办法", "indicator": drive.indicators[indicator], **more}
        actions.set_row(scheme=scheme, code=str(code), method=method, by=by(), **more)
    return Scheme.objects.get(pk=scheme.pk)


def tried(drive, scheme):
    """Return {unit: (score, place)} by a draft."""
    state = drive.standings(AS_OF, tried=scheme.pk)
    return {row.unit: (row.score, row.rank) for row in state.scores.values()}


def test_phased_quota_is_what_is_due_by_the_day(drive):
    source = {"reads": "rate", "against": "phase"}
    scheme = draft(drive, ("linear", "签约", {"parameters": {"full": "100"}, "source": source}))
    # half of the time: 5 of 10 are due; 4/5, and 8/5 held at 1
    assert tried(drive, scheme) == {"甲镇": (80, 2), "乙镇": (100, 1)}


def test_totals_are_rounded_for_print_and_ranked_unrounded_unless_the_rules_round_first(drive):
    drive.read("签约", day(8, 10), 甲镇=Decimal("7.999"))
    row = ("linear", "签约", {"parameters": {"full": "100"}, "source": {"reads": "rate"}})
    exact = draft(drive, row, decimals=1)
    assert tried(drive, exact) == {"甲镇": (Fraction(7999, 100), 2), "乙镇": (80, 1)}
    printed = drive.standings(AS_OF, tried=exact.pk).results
    assert [printed[drive.units[name].pk].score for name in ("甲镇", "乙镇")] == [80, 80]
    assert tried(drive, draft(drive, row, decimals=1, rank_rounded=True)) == {"甲镇": (80, 1), "乙镇": (80, 1)}


def test_row_is_rounded_on_its_own(drive):
    row = (
        "linear",
        "签约",
        {"parameters": {"full": "1"}, "source": {"reads": "rate", "against": "phase"}, "decimals": 0},
    )
    assert tried(drive, draft(drive, row)) == {"甲镇": (1, 1), "乙镇": (1, 1)}


def test_tier_asks_whether_the_same_fact_counts_toward_another_indicator(drive):
    money, top = drive.indicators["到位资金"].pk, drive.indicators["五百强"].pk
    key = ledger.Key(money, drive.units["甲镇"].pk, "reported", day(8, 2))
    with transaction.atomic():
        ledger.post_many("projects.milestone", {
            1: {key: Decimal(20000)}, 2: {key: Decimal(20000), key._replace(indicator_id=top): Decimal(1)},
        })  # fmt: skip
    tiers = {"rows": [["五百强", None, "五百强", "6", None], ["亿元以上", "1", "", "2", None]]}
    base = ("linear", "签约", {"parameters": {"full": "100"}, "source": {"reads": "rate"}})
    more = {"kind": "bonus", "parameters": tiers, "source": {"reads": "case_count"}}
    # 40 + 6 for the one of the top 500, once, and 2 for the other; 80 and nothing
    assert tried(drive, draft(drive, base, ("tiers", "到位资金", more))) == {"甲镇": (48, 2), "乙镇": (80, 1)}


# --- written in the browser ---------------------------------------------------------------------------


@pytest.fixture
def editor(client, drive):
    """Sign an editor of the organiser in."""
    user = make_user("editor", Role.EDITOR, drive.organiser)
    client.force_login(user)
    return user


def form(drive, indicator, reads, **facts):
    """Return the form of a row as a browser sends it."""
    return {
        "code": "1", "label": "甲项", "kind": "item", "reads": reads, "unreported": "zero", "weight": "1",
        "indicator": drive.indicators[indicator].pk, "against": "target", "need_op": ">=", "need_reads": "rate",
        "nonce": "n1", **facts,
    }  # fmt: skip


def test_classes_of_a_shortfall_are_ticked(client, drive, editor):
    scheme = draft(drive)
    url = f"/schemes/{scheme.pk}/rows/new/?method=shortfall"
    facts = {"p_full": "30", "p_each": "2", "more": [drive.indicators["外资"].pk]}
    assert client.post(url, form(drive, "签约", "done", **facts)).status_code == 302
    # 甲镇 lacks 6 and 3, 乙镇 2 and owes no 外资
    assert tried(drive, scheme) == {"甲镇": (12, 2), "乙镇": (26, 1)}
    row = SchemeRow.objects.get()
    page = client.get(f"/schemes/{scheme.pk}/rows/{row.pk}/")
    assert page.context["form"].initial["more"] == [drive.indicators["外资"].pk]
    assert "签约、外资 完成数" in client.get(scheme.get_absolute_url()).content.decode()


def test_class_that_is_counted_in_something_else_is_refused(client, drive, editor):
    scheme = draft(drive)
    facts = {"p_full": "30", "p_each": "2", "more": [drive.indicators["到位资金"].pk]}
    refused = client.post(f"/schemes/{scheme.pk}/rows/new/?method=shortfall", form(drive, "签约", "done", **facts))
    assert refused.context["form"].errors["more"] == ["「到位资金」的计量单位与「签约」不同"]


def test_tier_that_belongs_to_no_indicator_is_refused(client, drive, editor):
    scheme = draft(drive)
    facts = {"p_rows": "五百强，，世界500强，6，"}
    refused = client.post(f"/schemes/{scheme.pk}/rows/new/?method=tiers", form(drive, "签约", "case_count", **facts))
    assert refused.context["form"].errors["p_rows"] == ["“属于”写本战役的指标名称，没有「世界500强」"]


def test_condition_compares_a_figure_in_the_measure_of_its_line(client, drive, editor):
    scheme = draft(drive)
    drive.read("到位资金", day(8, 1), 甲镇=5000, 乙镇=20000)
    facts = {"p_full": "100", "need_indicator": drive.indicators["到位资金"].pk, "need_reads": "done", "need_at": "1"}
    client.post(f"/schemes/{scheme.pk}/rows/new/?method=linear", form(drive, "签约", "rate", **facts))
    # half a 亿元 is not 1 亿元
    assert tried(drive, scheme) == {"甲镇": (0, 2), "乙镇": (80, 1)}


# --- in words -----------------------------------------------------------------------------------------


def trail(action):
    """Return {label: new text} of the newest row of the trail of an action."""
    changes = json.loads(AuditEntry.objects.filter(action=action).order_by("-pk").first().changes)
    return {label: after for label, (_before, after) in changes.items()}


def test_trail_tells_a_row_in_words(drive):
    rated = appraisal.figure_source(drive.indicators["到位资金"], "亿元")
    more = {
        "parameters": {"rows": [["1", "100"], ["0.8", "75"]], "below": "0"}, "weight": Decimal("0.3"),
        "source": {"reads": "rate", "against": "phase"}, "scope": ["乡镇", "街道"],
        "needs": [{"source": {"reads": "rate", **rated}, "op": ">=", "at": "0.6"}],
    }  # fmt: skip
    draft(drive, ("steps", "签约", more))
    told = trail("row.created")
    assert {name: told[name] for name in ("计分方法", "参数", "取数", "前提", "适用组别或类别", "权重")} == {
        "计分方法": "分档得分",
        "参数": "分档 不低于 100%，得分 100；不低于 80%，得分 75；低于最低档得分 0",
        "取数": "签约 完成率（与阶段目标比）",
        "前提": "到位资金 完成率不低于 60%",
        "适用组别或类别": "乡镇、街道",
        "权重": "30%",
    }
    assert not any(mark in text for text in told.values() for mark in "{}[]")


def test_trail_tells_a_scheme_in_words(drive):
    scheme = draft(drive, ("linear", "签约", {"parameters": {"full": "60"}, "source": {"reads": "rate"}}))
    actions.change_scheme(
        scheme=scheme, by=by(), grades=[["90", "优秀"], ["0", "一般"]], tie_break=["1"],
        excluded=[[drive.units["乙镇"].pk, "飞地"]],
    )  # fmt: skip
    assert trail("scheme.changed") == {
        "等次": "90 分及以上 优秀；0 分及以上 一般", "同分比较": "第 1 条", "不参加考核": "乙镇（飞地）",
    }  # fmt: skip


def test_saved_ratios_come_back_into_the_form_as_percentages(client, drive, editor):
    parameters = {"points": "1", "step": "0.1", "base": "1", "minus": "0.5", "minus_step": "0.05"}
    scheme = draft(drive, ("per_unit", "签约", {"parameters": parameters, "source": {"reads": "rate"}}))
    form = client.get(f"/schemes/{scheme.pk}/rows/{scheme.rows.get().pk}/").context["form"]
    shown = {name: form[f"p_{name}"].value() for name in parameters}
    assert shown == {"points": "1", "step": "10%", "base": "100%", "minus": "0.5", "minus_step": "5%"}
    assert form["weight"].value() == "100%"
