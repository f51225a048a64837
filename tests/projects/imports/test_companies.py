"""Lists of companies coming in: the rules of the forms, numbers that stay hidden, what a changed origin counts."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns.models import Entry
from projects import actions
from projects.imports import undoing
from projects.models import Company, Contact, CountingRule
from projects.reconciling import differences
from tests.projects import factories
from tests.projects.imports.sheets_in import confirm, counts, csv_of, preview, reasons, undo
from units.models import AuditEntry, User

CODE, OTHER = "91350100M000100Y43", "91350211M000100Y46"
HEADINGS = ("编号", "企业名称", "统一社会信用代码", "资金来源", "所在地", "联系人", "职务", "联系电话", "登记单位")


@pytest.fixture
def desk(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return factories.make_desk()


def listed(desk, *rows, **facts):
    """Return the previewed batch of a list of companies."""
    full = [(*row, *[""] * (len(HEADINGS) - len(row))) for row in rows]
    return preview(desk, csv_of(HEADINGS, full), kind="company", **facts)


def number(company):
    """Return the number of a company as our lists write it."""
    return f"C{company.pk:06d}"


def enter(desk, name="蓝天公司", unit=None, **facts):
    """Return a company that a unit entered."""
    return actions.create_company(name=name, unit=unit or desk.unit, by=User.objects.system(), **facts)


def told(batch):
    """Return what the trail keeps of an import: (action, record)."""
    rows = AuditEntry.objects.filter(reason__endswith=batch.receipt).order_by("pk")
    return [(row.action, row.object_id) for row in rows]


def test_new_companies_are_entered_with_their_contact_and_removed_again(desk):
    batch = listed(
        desk,
        ("", "新来(中国)公司", CODE, "港澳台", "深圳", "张三", "总监", "13812341234"),
        ("", "隐去公司", "", "", "", "李四", "", "139****5678"),
    )
    assert counts(batch) == (2, 0, 0, 0)
    assert Company.objects.count() == 0
    assert "13812341234" not in "".join(batch.rows.values_list("told", flat=True))
    assert "号码中间几位已隐去，未写入" in batch.rows.get(number=3).told
    batch = confirm(desk, batch)
    company = Company.objects.get(name="新来（中国）公司")
    assert (company.credit_code, company.origin, company.place, company.entered_for) == (
        CODE, "hmt", "深圳", desk.unit,
    )  # fmt: skip
    assert company.first_contact.phone == "13812341234"
    assert Contact.objects.get(name="李四").phone == ""
    assert [row[0] for row in told(batch)] == ["company.created"] * 2
    assert "13812341234" not in "".join(AuditEntry.objects.values_list("changes", flat=True))
    undo(desk, batch)
    assert (Company.objects.count(), Contact.objects.count()) == (0, 0)


def test_changed_company_is_written_told_and_set_back(desk):
    company = enter(desk, contact="张三", phone="13812341234")
    batch = listed(desk, (number(company), "蓝天集团", CODE, "国外", "上海", "张三", "总监", "13812349999"))
    assert counts(batch) == (0, 1, 0, 0)
    assert '["联系人·联系电话", "138****1234", "138****9999"]' in batch.rows.get().told
    batch = confirm(desk, batch)
    company.refresh_from_db()
    contact = company.contacts.get()
    assert (company.name, company.credit_code, company.origin, company.place) == ("蓝天集团", CODE, "abroad", "上海")
    assert (contact.title, contact.phone, contact.version) == ("总监", "13812349999", 2)
    assert Company.objects.filter(search__contains="lantianjituan").exists()
    assert [row[0] for row in told(batch)] == ["company.changed", "company.contact_changed"]
    assert "13812349999" not in "".join(AuditEntry.objects.values_list("changes", flat=True))
    undo(desk, batch)
    company.refresh_from_db()
    contact.refresh_from_db()
    assert (company.name, company.credit_code, company.origin, company.place) == ("蓝天公司", "", "country", "")
    assert (contact.title, contact.phone) == ("", "13812341234")


def test_contact_nobody_knew_is_one_more_and_goes_alone(desk):
    company = enter(desk, contact="张三", phone="13812341234")
    batch = confirm(desk, listed(desk, ("", "蓝天公司", "", "", "", "李四", "", "13900001111")))
    assert list(company.contacts.values_list("name", "phone")) == [
        ("张三", "13812341234"), ("李四", "13900001111"),
    ]  # fmt: skip
    assert [row[0] for row in told(batch)] == ["company.contact_added"]
    assert counts(listed(desk, ("", "蓝天公司", "", "", "", "李四", "", "13900001111"))) == (0, 0, 1, 0)
    undo(desk, batch)
    assert list(company.contacts.values_list("name", flat=True)) == ["张三"]
    assert AuditEntry.objects.filter(action="company.contact_removed").count() == 1


def test_hidden_number_is_never_written(desk):
    company = enter(desk, contact="张三", phone="13812341234")
    same, other = ("", "蓝天公司", "", "", "", "张三", "", "138****1234"), ("", "蓝天公司", *[""] * 5, "138****0000")
    assert counts(listed(desk, same)) == (0, 0, 1, 0)
    batch = listed(desk, other)
    assert counts(batch) == (0, 0, 1, 0)
    assert "未写入" in batch.rows.get().told
    assert company.contacts.get().phone == "13812341234"


def test_changed_origin_derives_the_entries_anew_and_back(desk):
    CountingRule.objects.filter(fact="visit.outbound").update(conditions={"origins": ["abroad"]})
    project = factories.make_project(desk)
    factories.make_milestone(desk, project, "contract", on=date(2026, 3, 1), amount=Decimal(300))
    factories.make_visit(desk, company=project.company)

    def visited():
        live = Entry.objects.live().filter(source_kind="projects.visit")
        return {row.basis: row.amount for row in live}

    assert visited() == {}
    batch = confirm(desk, listed(desk, (number(project.company), "", "", "国外")))
    project.company.refresh_from_db()
    assert project.company.origin == "abroad"
    assert list(differences()) == []
    assert visited() == {"reported": 1}
    undo(desk, batch)
    project.company.refresh_from_db()
    assert project.company.origin == "country"
    assert visited() == {}
    assert list(differences()) == []


def test_rules_of_the_forms_refuse_rows_by_cell(desk):
    mine, held = enter(desk), enter(desk, "持证公司", credit_code=CODE)
    theirs = enter(desk, "外单位公司", desk.units[1])
    batch = listed(
        desk,
        ("", "错码公司", "913501000000000000"),
        (number(mine), "持证公司"),
        (number(mine), "", CODE),
        (number(theirs), "外单位公司", "", "国外"),
        ("C999999", "没有公司"),
        ("", "新公司", OTHER),
        ("", "新公司"),
        ("", ""),
        ("", "长" * 121),
        (number(mine), "", "", "", "地" * 51),
        ("", "别的单位公司", "", "", "", "", "", "", "没有的单位"),
        ("", held.name, "", "", "", "", "", "", desk.units[1].name),
    )
    found = reasons(batch)
    assert "校验码" in found[2][0][1] or "信用代码" in found[2][0][1]
    assert found[3] == [("B3", "已有同名企业")]
    assert found[4] == [("C4", "已有企业使用这一信用代码")]
    assert found[5] == [("A5", "没有这个编号的企业，或不归您查看")]
    assert found[6] == [("A6", "没有这个编号的企业，或不归您查看")]
    assert found[8] == [("B8", "与第 7 行是同一家企业，或用了同一个名称、信用代码")]
    assert [row[0] for row in found[10]] == ["B10"]
    assert [row[0] for row in found[11]] == ["E11"]
    assert found[12] == [("I12", "没有叫“没有的单位”的单位，或不归您填报")]
    assert "登记单位在台账中为" in batch.rows.get(number=13).told
    assert batch.new_count == 1


def test_company_of_another_unit_is_compared_but_not_changed(desk):
    theirs = enter(desk, "外单位公司", desk.units[1], contact="张三", phone="13812341234")
    factories.make_visit(desk, company=theirs)  # met here, and so seen here
    rows = [(number(theirs), "外单位公司", "", "", "", "张三", "", phone) for phone in ("138****1234", "13812341234")]
    assert counts(listed(desk, rows[0])) == (0, 0, 1, 0)
    assert reasons(listed(desk, rows[1])) == {2: [("B2", f"该企业由“{desk.units[1]}”登记，不归您填报")]}
    assert reasons(listed(desk, (number(theirs), "改名公司"))) == {
        2: [("B2", f"该企业由“{desk.units[1]}”登记，不归您填报")]
    }


def test_company_is_renamed_by_its_number_alone(desk):
    company = enter(desk, credit_code=CODE)
    batch = listed(desk, ("", "蓝天股份公司", CODE))
    assert counts(batch) == (0, 0, 1, 0)
    assert "未改名" in batch.rows.get().told
    assert counts(listed(desk, (number(company), "蓝天股份公司", CODE))) == (0, 1, 0, 0)


def test_undo_keeps_a_company_that_was_named_since(desk):
    batch = confirm(desk, listed(desk, ("", "甲公司"), ("", "乙公司"), ("", "丙公司")))
    factories.make_project(desk, company=Company.objects.get(name="甲公司"))
    actions.change_company(company=Company.objects.get(name="乙公司"), place="上海", by=desk.clerk)
    assert [step.reasons for step in undoing.plan(batch)] == [["企业之后添了项目"], ["企业之后有变动"], []]
    undo(desk, batch)
    assert set(Company.objects.values_list("name", flat=True)) == {"甲公司", "乙公司"}
    assert list(differences()) == []


def test_preview_and_confirmation_ask_the_same_at_any_length(desk):
    def cost(size, start):
        enter_rows = [("", f"公司{start + n}", "", "", "", f"人{n}", "", "13812341234") for n in range(size)]
        batch = confirm(desk, listed(desk, *enter_rows))
        assert batch.new_count == size
        rows = [("", f"公司{start + n}", "", "国外", "上海", f"人{n}", "总监", "13900000000") for n in range(size)]
        with CaptureQueriesContext(connection) as queries:
            confirm(desk, listed(desk, *rows))
        return len(queries)

    assert cost(1, 0) == cost(30, 100)
