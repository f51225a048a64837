"""The pages of the rules: written by an editor, tried on, put in force, explained to the unit."""

import html
import re
from decimal import Decimal

import pytest

from campaigns import actions
from campaigns.models import Mark, Scheme, SchemeRow
from campaigns.scoring.methods import METHODS
from tests.campaigns.drives import day, make_drive
from tests.campaigns.nonsense import NONSENSE
from tests.factories import make_unit, make_user
from units.models import Role, Unit, User

AS_OF = "2026-08-10"
SCHEME = {"name": "考核办法", "decimals": "2", "low": "0", "promotions_most": "1", "nonce": "n1"}


@pytest.fixture
def drive(db):
    """Return a drive of two townships with signings and money."""
    drive = make_drive(groups={"乡镇": ["甲镇", "乙镇"]}, indicators={"签约": "个", "到位资金": "亿元"})
    drive.owe("签约", 甲镇=10, 乙镇=10)
    drive.owe("到位资金", 甲镇=2)
    drive.read("签约", day(8, 1), 甲镇=12, 乙镇=5)
    drive.read("到位资金", day(8, 1), 甲镇=9000)
    return drive


@pytest.fixture
def editor(client, drive):
    """Sign an editor of the organiser in."""
    user = make_user("editor", Role.EDITOR, drive.organiser)
    client.force_login(user)
    return user


def write(drive, **facts):
    """Return a draft with a row for each indicator."""
    by = User.objects.system()
    scheme = actions.create_scheme(campaign=drive.campaign, name="考核办法", by=by, **facts)
    for code, (name, full) in enumerate({"签约": "60", "到位资金": "40"}.items(), start=1):
        actions.set_row(
            scheme=scheme, code=str(code), label=name, indicator=drive.indicators[name], method="linear",
            parameters={"full": full}, source={"reads": "rate"}, clause=f"{name}按比例得分。", by=by,
        )  # fmt: skip
    return Scheme.objects.get(pk=scheme.pk)


def enforced(drive, **facts):
    """Return a scheme in force from the first day."""
    return actions.enforce_scheme(
        scheme=write(drive, **facts), starts_on=day(7, 1), document="考核〔2026〕1号", by=User.objects.system()
    )


def row_form(drive, **facts):
    """Return the form of a row as a browser sends it."""
    return {
        "code": "3", "label": "大项目", "kind": "bonus", "reads": "case_count", "unreported": "zero",
        "weight": "100%", "indicator": drive.indicators["签约"].pk, "against": "target", "need_op": ">=",
        "nonce": "n1",
        "p_rows": "大，5，，2，\n小，1，，0.5，1", **facts,
    }  # fmt: skip


def text_of(response):
    """Return the text of a page without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


# --- from nothing to a score that explains itself -----------------------------------------------------


def test_editor_writes_tries_and_enforces_a_scheme_and_the_unit_reads_its_score(client, drive, editor):
    campaign = drive.campaign.pk
    made = client.post(f"/campaigns/{campaign}/schemes/new/", SCHEME | {"grades": "90，优秀\n0，一般"})
    scheme = Scheme.objects.get()
    assert made.url == f"/schemes/{scheme.pk}/"
    assert scheme.grades == [["90", "优秀"], ["0", "一般"]]

    picked = client.get(f"/schemes/{scheme.pk}/methods/").context["methods"]
    assert [label for label, _told, _url in picked] == [method.label for method in METHODS.values()]

    form = {
        "code": "1", "label": "签约", "kind": "item", "reads": "rate", "indicator": drive.indicators["签约"].pk,
        "against": "target", "unreported": "zero", "weight": "1", "p_full": "60", "p_cap": "100%", "p_floor": "0",
        "need_op": ">=", "clause": "签约按比例得分。", "nonce": "n2",
    }  # fmt: skip
    added = client.post(f"/schemes/{scheme.pk}/rows/new/?method=linear", form)
    assert added.url == f"/schemes/{scheme.pk}/"
    bonus = client.post(f"/schemes/{scheme.pk}/rows/new/?method=tiers", row_form(drive, nonce="n3"))
    assert bonus.url == f"/schemes/{scheme.pk}/"
    assert [(row.code, row.measure, row.parameters) for row in SchemeRow.objects.all()] == [
        ("1", "个", {"full": "60", "cap": "1", "floor": "0"}),
        ("3", "个", {"rows": [["大", "5", "", "2", ""], ["小", "1", "", "0.5", "1"]], "high": None}),
    ]  # fmt: skip

    tried = client.get(f"/schemes/{scheme.pk}/try/?as_of={AS_OF}")
    assert [(row.unit, row.tried_score, row.score, row.grade) for row in tried.context["groups"][0][1]] == [
        ("甲镇", "62", "72.5", "一般"), ("乙镇", "32", "50", "一般"),
    ]  # fmt: skip
    score_url = f"/campaigns/{campaign}/units/{drive.units['甲镇'].pk}/score/"
    assert "没有施行中的考核办法" in text_of(client.get(f"{score_url}?as_of={AS_OF}"))
    assert "试算：" in text_of(client.get(f"{score_url}?as_of={AS_OF}&scheme={scheme.pk}"))

    facts = {"starts_on": "2026-08-01", "document": "考核〔2026〕1号", "nonce": "n4"}
    client.post(f"/schemes/{scheme.pk}/enforce/", facts)
    scheme.refresh_from_db()
    assert (scheme.starts_on, scheme.document) == (day(8, 1), "考核〔2026〕1号")

    client.force_login(make_user("clerk", Role.CLERK, drive.units["甲镇"]))
    page = client.get(f"{score_url}?as_of={AS_OF}")
    told = page.context["told"]
    assert (told.score, told.place, told.grade) == ("62", "第 1 名", "一般")
    assert [(line.code, line.points, line.formula) for line in told.lines] == [
        ("1", "60", "满分 60 分 × 完成率，最高按 100% 计，最低按 0% 计"),
        ("3", "+2", "大每个 2 分；小每个 0.5 分（最高 1 分）；每个项目只按最高一档计"),
    ]
    assert "完成率：12 ÷ 10 = 120%" in text_of(page)
    rows = f"/campaigns/{campaign}/rows/?line={drive.lines['签约']}&unit={drive.units['甲镇'].pk}"
    assert rows in html.unescape(page.content.decode())


def test_unit_page_and_ranking_say_by_which_scheme(client, drive, editor):
    enforced(drive)
    unit = client.get(f"/campaigns/{drive.campaign.pk}/units/{drive.units['乙镇'].pk}/?as_of={AS_OF}")
    assert [(part.name, part.percent, part.weight, part.points) for part in unit.context["parts"]] == [
        ("签约", "50%", "60", "30"), ("到位资金", "—", "40", "—"),
    ]  # fmt: skip
    assert unit.context["score_text"] == "30"
    ranking = client.get(f"/campaigns/{drive.campaign.pk}/ranking/?as_of={AS_OF}")
    assert "按考核办法（第 1 版）计算（考核〔2026〕1号）" in text_of(ranking)
    assert [(row.unit, row.score) for row in ranking.context["groups"][0].rows] == [("甲镇", "78"), ("乙镇", "30")]


def test_row_is_changed_with_what_was_saved_in_the_form(client, drive, editor):
    scheme = write(drive)
    row = scheme.rows.get(code="2")
    form = client.get(f"/schemes/{scheme.pk}/rows/{row.pk}/").context["form"]
    assert {name: form[name].value() for name in ("code", "label", "p_full", "reads", "weight", "indicator")} == {
        "code": "2", "label": "到位资金", "p_full": "40", "reads": "rate", "weight": "100%",
        "indicator": drive.indicators["到位资金"].pk,
    }  # fmt: skip
    data = {name: field.value() for name in form.fields if (field := form[name]).value() not in (None, False)}
    need = {"need_indicator": drive.indicators["签约"].pk, "need_op": ">=", "need_at": "100%", "scope": "乡镇，街道"}
    client.post(f"/schemes/{scheme.pk}/rows/{row.pk}/", data | need | {"p_full": "45", "nonce": "n", "scope": "乡镇"})
    row.refresh_from_db()
    assert (row.parameters["full"], row.scope, row.needs[0]["at"]) == ("45", ["乡镇"], "1")
    removed = client.post(f"/schemes/{scheme.pk}/rows/{row.pk}/remove/", {"reason": "重复", "nonce": "n2"})
    assert removed.url == f"/schemes/{scheme.pk}/"
    assert [kept.code for kept in scheme.rows.all()] == ["1"]


def test_new_version_starts_with_the_rows_of_the_old_one(client, drive, editor):
    old = enforced(drive)
    form = client.get(f"/campaigns/{drive.campaign.pk}/schemes/new/").context["form"]
    assert form["copy_of"].value() == old.pk
    client.post(f"/campaigns/{drive.campaign.pk}/schemes/new/", SCHEME | {"copy_of": old.pk})
    new = Scheme.objects.get(number=2)
    assert [(row.code, row.parameters) for row in new.rows.all()] == [("1", {"full": "60"}), ("2", {"full": "40"})]
    states = [(str(scheme), state) for scheme, _tone, state in schemes(client, drive)]
    assert states[0] == ("考核办法（第 2 版）", "草案")


def schemes(client, drive):
    """Return the rows of the list of versions."""
    return client.get(f"/campaigns/{drive.campaign.pk}/schemes/").context["rows"]


def test_scheme_is_tried_on_another_campaign_and_day(client, drive, editor):
    last = make_drive(
        "去年", groups={"乡镇": ["甲镇", "乙镇"]}, indicators={"签约": "个"}, organiser=drive.organiser,
        starts=day(7, 1, 2025), ends=day(9, 30, 2025),
    )  # fmt: skip
    last.owe("签约", 甲镇=10, 乙镇=10)
    last.read("签约", day(8, 1, 2025), 甲镇=1, 乙镇=9)
    scheme = write(drive)
    page = client.get(f"/schemes/{scheme.pk}/try/?campaign={last.campaign.pk}&as_of=2025-08-05")
    assert [(row.unit, row.tried_score, row.place) for row in page.context["groups"][0][1]] == [
        ("乙镇", "54", "1"), ("甲镇", "6", "2"),
    ]  # fmt: skip
    assert Scheme.objects.get().is_draft


# --- counts and marks ---------------------------------------------------------------------------------


def test_editor_records_and_withdraws_a_count(client, drive, editor):
    base = f"/campaigns/{drive.campaign.pk}/marks/"
    assert client.post(f"{base}items/new/", {"name": "迟报", "kind": "count", "nonce": "n1"}).url == f"{base}new/"
    item = actions.create_item(name="评议", kind="mark", by=editor)
    form = {"item": item.pk, "unit": drive.units["甲镇"].pk, "on": "2026-08-02", "value": "92.5", "nonce": "n2"}
    refused = client.post(f"{base}new/", form)
    assert "evidence" in refused.context["form"].errors
    client.post(f"{base}new/", form | {"evidence": "园区评议表", "rater": "园区"})
    mark = Mark.objects.get()
    assert (mark.value, mark.rater, mark.recorded_by) == (Decimal("92.5"), "园区", editor)
    assert [row.text for row in client.get(base).context["marks"]] == ["92.5分"]
    client.post(f"/marks/{mark.pk}/withdraw/", {"reason": "记错", "nonce": "n3"})
    assert list(client.get(base).context["marks"]) == []


# --- who may ------------------------------------------------------------------------------------------


def pages(drive, scheme):
    """Return every page of the rules."""
    base, row = f"/schemes/{scheme.pk}/", scheme.rows.first().pk
    own = ["", "change/", "try/", "enforce/", "end/", "methods/", "rows/new/", f"rows/{row}/", f"rows/{row}/remove/"]
    campaign = f"/campaigns/{drive.campaign.pk}/"
    return [base + page for page in own] + [
        campaign + page for page in ("schemes/", "schemes/new/", "marks/", "marks/new/", "marks/items/new/")
    ]


def test_rules_of_another_organiser_are_not_there(client, drive):
    scheme = write(drive)
    client.force_login(make_user("stranger", Role.EDITOR, make_unit("邻区", Unit.Kind.DISTRICT)))
    assert {client.get(url).status_code for url in pages(drive, scheme)} == {404}


def test_editor_of_a_seated_unit_writes_no_rules_and_tries_no_draft(client, drive):
    scheme = write(drive)
    client.force_login(make_user("seated", Role.EDITOR, drive.units["甲镇"]))
    assert {client.get(url).status_code for url in pages(drive, scheme)} == {403}
    url = f"/campaigns/{drive.campaign.pk}/units/{drive.units['甲镇'].pk}/score/?as_of={AS_OF}&scheme={scheme.pk}"
    assert client.get(url).context["told"] is None


def test_every_page_of_the_rules_opens_for_their_editor(client, drive, editor):
    scheme = write(drive)
    assert {client.get(url).status_code for url in pages(drive, scheme)} == {200}


def test_score_of_a_unit_off_the_roster_is_not_there(client, drive, editor):
    other = make_unit("邻镇", parent=drive.organiser)
    assert client.get(f"/campaigns/{drive.campaign.pk}/units/{other.pk}/score/").status_code == 404


# --- what goes wrong ----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", sorted(METHODS))
def test_form_of_every_method_opens_and_says_what_it_wants(client, drive, editor, method):
    scheme = write(drive)
    url = f"/schemes/{scheme.pk}/rows/new/?method={method}"
    assert client.get(url).status_code == 200
    refused = client.post(url, {"nonce": "n"})
    assert {"code", "label", "kind", "reads"} <= set(refused.context["form"].errors)


@pytest.mark.parametrize(
    ("facts", "field", "told"),
    [
        ({"p_rows": "大，五，，2，"}, "p_rows", "不是精确数字"),
        ({"p_rows": ""}, "p_rows", "这个字段是必填项"),
        ({"indicator": ""}, "indicator", "请选择指标"),
        ({"weight": "很重"}, "weight", "不是精确数字"),
        ({"need_at": "100%"}, "need_at", "前提要同时选指标、写界线"),
        ({"code": "1"}, "__all__", "已有同编号的一行"),
    ],
)
def test_row_that_makes_no_sense_is_refused_beside_its_field(client, drive, editor, facts, field, told):
    scheme = write(drive)
    refused = client.post(f"/schemes/{scheme.pk}/rows/new/?method=tiers", row_form(drive, **facts))
    assert told in str(refused.context["form"].errors[field])
    assert scheme.rows.count() == 2


@pytest.mark.parametrize("value", NONSENSE)
@pytest.mark.parametrize("field", ["p_rows", "code", "weight", "at_least", "indicator", "low", "within", "starts_on"])
def test_nonsense_in_a_row_never_fails(client, drive, editor, field, value):
    scheme = write(drive)
    response = client.post(f"/schemes/{scheme.pk}/rows/new/?method=tiers", row_form(drive, **{field: value}))
    assert response.status_code in (200, 302)


@pytest.mark.parametrize("value", NONSENSE)
@pytest.mark.parametrize("field", ["grades", "excluded", "tie_break", "high", "decimals", "copy_of"])
def test_nonsense_in_a_scheme_never_fails(client, drive, editor, field, value):
    response = client.post(f"/campaigns/{drive.campaign.pk}/schemes/new/", SCHEME | {field: value})
    assert response.status_code in (200, 302)


def test_scheme_names_only_rows_it_has(client, drive, editor):
    refused = client.post(f"/campaigns/{drive.campaign.pk}/schemes/new/", SCHEME | {"tie_break": "1，9"})
    assert "同分比较里的“1”不是本办法的一行" in str(refused.context["form"].errors)
    scheme = write(drive, tie_break=[])
    client.post(f"/schemes/{scheme.pk}/change/", SCHEME | {"version": scheme.version, "tie_break": "2，1"})
    scheme.refresh_from_db()
    assert scheme.tie_break == ["2", "1"]
    kept = client.post(f"/schemes/{scheme.pk}/rows/{scheme.rows.first().pk}/remove/", {"reason": "错", "nonce": "n2"})
    assert "同分比较里的“1”不是本办法的一行" in str(kept.context["form"].errors)


def test_second_editor_sees_that_the_draft_was_changed_meanwhile(client, drive, editor):
    scheme = write(drive)
    form = {**SCHEME, "version": scheme.version - 1, "name": "甲"}
    page = client.post(f"/schemes/{scheme.pk}/change/", form)
    assert {"label": "名称", "mine": "甲", "theirs": "考核办法"} in page.context["conflict"]


# --- cost ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 30])
def test_pages_cost_the_same_at_any_size(client, db, size, django_assert_max_num_queries):
    drive = make_drive(
        groups={"乡镇": [f"单位{n:02}" for n in range(size)]}, indicators={"签约": "个", "到位资金": "亿元"}
    )
    drive.owe("签约", **dict.fromkeys(drive.units, 10))
    drive.read("签约", day(8, 1), **dict.fromkeys(drive.units, 5))
    scheme = enforced(drive)
    client.force_login(make_user("editor", Role.EDITOR, drive.organiser))
    client.get("/campaigns/")
    unit = drive.units["单位00"].pk
    counts = []
    for url in (
        f"/campaigns/{drive.campaign.pk}/units/{unit}/score/?as_of={AS_OF}",
        f"/schemes/{scheme.pk}/try/?as_of={AS_OF}",
        f"/schemes/{scheme.pk}/",
        f"/campaigns/{drive.campaign.pk}/ranking/?as_of={AS_OF}",
    ):
        with django_assert_max_num_queries(20) as queries:
            assert client.get(url).status_code == 200
        counts.append(len(queries))
    assert counts == [9, 13, 7, 8]
