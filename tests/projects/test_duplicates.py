"""Likely duplicates: by the core of a name, its sound, another name, the credit code; what strangers are told."""

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects import actions, duplicates
from projects.models import Company, Threshold
from tests.projects.factories import NONSENSE, make_company, make_desk
from tests.projects.forms import send

CODE = "91350100M000100Y43"


@pytest.fixture
def desk(client, db):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def found(name, **asked):
    """Return [(name, score, reasons)] of the likely duplicates."""
    return [(row.name, row.score, row.reasons) for row in duplicates.similar(name, **asked)]


@pytest.mark.parametrize(
    ("name", "core", "brand"),
    [
        ("深圳市蓝天科技有限公司", "蓝天科技", "蓝天"),
        ("中国蓝天集团有限公司", "蓝天", "蓝天"),
        ("蓝天（中国）投资有限责任公司", "蓝天投资", "蓝天"),
        ("广西壮族自治区红土新能源汽车股份有限公司", "红土新能源汽车", "红土"),
        ("ＢＹＤ (China) Co., Ltd.", "byd", "byd"),
        ("北京公司", "北京", "北京"),
        ("有限公司", "有限公司", "有限公司"),
        ("", "", ""),
    ],
)
def test_core_leaves_place_and_legal_form_out(name, core, brand):
    assert (duplicates.core(name), duplicates.brand(name)) == (core, brand)


@pytest.mark.parametrize(
    ("typed", "likely"),
    [
        ("蓝天新能源科技有限公司", True),
        ("深圳市蓝天新能源有限责任公司", True),
        ("蓝天新能源（集团）股份有限公司", True),
        ("兰添新能源有限公司", True),  # sounds the same
        ("红土新能源有限公司", False),
        ("蓝天食品有限公司", False),
        ("白云文旅有限公司", False),
        ("蓝", False),
        ("有限公司", False),
    ],
)
def test_names_that_are_one_are_found_and_others_are_not(desk, typed, likely):
    make_company(desk, "蓝天新能源有限公司")
    assert bool(found(typed)) is likely


def test_reasons_are_told(desk):
    company = actions.create_company(name="蓝天新能源有限公司", unit=desk.unit, credit_code=CODE, by=desk.clerk)
    actions.add_name(company=company, kind="former", name="赤焰重工有限公司", by=desk.clerk)
    assert found("兰添新能源有限公司") == [("蓝天新能源有限公司", 90, ("读音相同",))]
    assert found("赤焰重工有限公司") == [("蓝天新能源有限公司", 100, ("曾用名或简称相近",))]
    assert found("毫不相干公司", credit_code=CODE.lower()) == [("蓝天新能源有限公司", 100, ("信用代码相同",))]
    assert found("蓝天新能源有限公司", exclude=company.pk) == []


def test_threshold_of_the_bureau_decides(desk):
    make_company(desk, "蓝天新能源有限公司")
    assert found("蓝天新能源科技有限公司")
    actions.set_threshold(name=Threshold.Name.SIMILAR_NAME, value=99, by=desk.editor)
    assert not found("蓝天新能源科技有限公司")


def test_merged_company_is_no_duplicate(desk):
    kept, gone = make_company(desk, "蓝天新能源有限公司"), make_company(desk, "蓝天新能源科技有限公司")
    actions.merge_companies(kept=kept, absorbed=gone, reason="同一家", by=desk.editor)
    assert [row[0] for row in found("蓝天新能源科技有限公司")] == ["蓝天新能源有限公司"]


def test_ten_thousand_companies_are_looked_through_at_once(desk):
    marks = "霁岫珩澍翊垣晟煜泽瀚宸睿琛璟皓熙曜岚"
    rows = [
        Company(name=f"{a}{b}{c}{trade}有限公司", entered_for=desk.unit)
        for a in marks for b in marks for c in marks for trade in ("科技", "食品")
    ]  # fmt: skip
    Company.objects.bulk_create(rows[:10_000], batch_size=500)
    duplicates.similar("霁岫珩")
    with CaptureQueriesContext(connection) as taken:
        start = time.perf_counter()
        rows = duplicates.similar("霁岫珩科技股份公司")
        spent = time.perf_counter() - start
    assert rows[0].name == "霁岫珩科技有限公司"
    assert len(taken) == 2
    assert spent < 0.6  # 20 to 40 ms on a quiet machine


# --- what is told while typing


def test_stranger_is_told_name_unit_and_day_alone(client, desk):
    company = actions.create_company(
        name="蓝天新能源有限公司", unit=desk.unit, credit_code=CODE, place="珠海", contact="张三",
        phone="13812341234", by=desk.clerk,
    )  # fmt: skip
    actions.register_claim(
        company=company, unit=desk.unit, on=desk.today - timedelta(days=3), note="展会上谈过", by=desk.clerk
    )
    client.force_login(desk.other_clerk)
    text = client.get("/companies/similar/", {"company_name": "蓝天新能源科技有限公司"}).content.decode()
    assert "疑似已有" in text
    assert "蓝天新能源有限公司" in text
    assert f"商务局 {timezone.localdate():%Y-%m-%d} 登记" in text
    assert f"已有单位首报（{desk.today - timedelta(days=3)} 起）" in text
    for hidden in (CODE, "珠海", "张三", "138", "展会", f"/companies/{company.pk}/", "商务局已首报"):
        assert hidden not in text
    client.force_login(desk.clerk)
    text = client.get("/companies/similar/", {"company_name": "蓝天新能源科技有限公司"}).content.decode()
    assert f"/companies/{company.pk}/" in text
    assert "商务局已首报" in text


def test_page_of_a_company_offers_no_swap(client, desk):
    company = make_company(desk, "蓝天新能源有限公司")
    make_company(desk, "蓝天新能源科技有限公司")
    text = client.get("/companies/similar/", {"name": "蓝天新能源有限公司", "exclude": company.pk}).content.decode()
    assert "蓝天新能源科技有限公司" in text
    assert "用这一家" not in text


@pytest.mark.parametrize("junk", NONSENSE)
def test_nonsense_is_answered(client, desk, junk):
    make_company(desk, "蓝天新能源有限公司")
    for name in ("company_name", "name", "credit_code", "exclude"):
        assert client.get("/companies/similar/", {"company_name": "蓝天", name: junk}).status_code == 200


# --- without JavaScript: after sending


def lead(**more):
    """Return a filled-in form of a new lead."""
    return {
        "name": "一期", "company_name": "蓝天新能源科技有限公司", "origin": "country", "sector": "industry",
        "investment": "", "summary": "", "on": timezone.localdate().isoformat(),
    } | more  # fmt: skip


def test_new_lead_asks_once_about_a_likely_duplicate(client, desk):
    make_company(desk, "蓝天新能源有限公司")
    response = send(client, "/projects/new/", **lead(unit=desk.unit.pk))
    text = response.content.decode()
    assert "疑似已有：蓝天新能源有限公司（相似度" in text
    assert 'type="checkbox" name="as_new" value="蓝天新能源科技有限公司"' in text
    assert not Company.objects.filter(name="蓝天新能源科技有限公司").exists()
    other = send(client, "/projects/new/", **lead(unit=desk.unit.pk, as_new="别的名称有限公司"))
    assert other.status_code == 200
    send(client, "/projects/new/", **lead(unit=desk.unit.pk, as_new="蓝天新能源科技有限公司"))
    assert Company.objects.get(name="蓝天新能源科技有限公司").projects.get().name == "一期"


def test_known_name_is_taken_without_a_question(client, desk):
    known = make_company(desk, "蓝天新能源有限公司")
    make_company(desk, "蓝天新能源科技有限公司")
    response = send(client, "/projects/new/", **lead(unit=desk.unit.pk, company_name="蓝天新能源有限公司"))
    assert response.status_code == 302
    assert known.projects.count() == 1


def test_new_name_of_a_company_is_asked_about(client, desk):
    company = make_company(desk, "蓝天新能源有限公司")
    make_company(desk, "白云食品有限公司")
    data = {"credit_code": "", "origin": "country", "place": "", "version": 1, "name": "白云食品集团有限公司"}
    url = f"/companies/{company.pk}/change/"
    assert "疑似已有：白云食品有限公司" in send(client, url, **data).content.decode()
    assert send(client, url, **data, as_new="白云食品集团有限公司").status_code == 302


def test_page_asks_for_duplicates_under_the_address_that_answers(client, desk):
    text = client.get("/projects/new/").content.decode()
    assert 'hx-get="/companies/similar/"' in text
    assert 'class="zs-similar"' in text
