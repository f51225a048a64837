"""Imports from preview to undo: what they write, what they refuse, and that the ledger agrees with the sources."""

import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from campaigns.models import Entry
from projects import actions
from projects.actions.rates import create_rate
from projects.imports import batches, blank, outlines, undoing
from projects.models import ColumnMapping, Company, Contact, ImportBatch, Milestone, Project, Visit
from projects.reconciling import differences
from tests.projects import factories
from tests.projects.imports import messy, sheets_in
from tests.projects.imports.sheets_in import confirm, counts, csv_of, ledger_of, preview, reasons, undo
from units.models import AuditEntry, User

CODE = "91350100M000100Y43"


@pytest.fixture
def desk(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return factories.make_desk()


LEDGER = ledger_of(
    [
        ("蓝天一期", "蓝天公司", "", "工业", "1.2", "2026-03-01", "8000", "2026-04-01", "首批"),
        ("绿地二期", "绿地公司", "", "服务业", "3", "2026-05-06", "20000", "", ""),
        ("", "无名公司", "", "工业", "1", "", "", "", ""),
    ],
)


def projects_csv(*rows):
    """Return a ledger with name, company, investment in 亿元, contract day and amount, start and note."""
    full = [(name, company, "", "工业", *rest) for name, company, *rest in rows]
    return ledger_of(full)


def test_ledger_is_previewed_confirmed_and_undone(desk):
    batch = preview(desk, LEDGER)
    assert counts(batch) == (2, 0, 0, 1)
    assert Project.objects.count() == 0
    assert reasons(batch) == {4: [("A4", "没有填项目名称")]}
    batch = confirm(desk, batch)
    assert batch.state == ImportBatch.State.DONE
    project = Project.objects.get(name="蓝天一期")
    assert (project.company.name, project.investment, project.stage, project.note) == (
        "蓝天公司", Decimal(12000), "building", "首批",
    )  # fmt: skip
    assert project.credits.get().unit == desk.unit
    assert Milestone.objects.get(project=project, kind="contract").amount_cny == Decimal(8000)
    assert list(differences()) == []
    assert Entry.objects.live().count() == 2  # both contracts as reported
    assert counts(preview(desk, LEDGER)) == (0, 0, 2, 1)
    undone = undo(desk, batch)
    assert undone.state == ImportBatch.State.UNDONE
    assert (Project.objects.count(), Company.objects.count(), Milestone.objects.count()) == (0, 0, 0)
    assert list(differences()) == []
    assert AuditEntry.objects.filter(action="project.removed").count() == 2


def test_every_record_and_the_batch_leave_one_row_in_the_trail(desk):
    batch = confirm(desk, preview(desk, LEDGER))
    told = AuditEntry.objects.filter(reason=f"导入 {batch.receipt}").order_by().values_list("action", flat=True)
    assert sorted(told) == ["company.created"] * 2 + ["milestone.created"] * 3 + ["project.created"] * 2
    (row,) = AuditEntry.objects.filter(action="import.confirmed")
    assert {label: new for label, _old, new in row.lines}["回执号"] == batch.receipt


def test_changed_row_shows_old_and_new_is_written_and_set_back(desk):
    confirm(desk, preview(desk, LEDGER))
    changed = projects_csv(("蓝天一期", "蓝天公司", "1.5", "2026-03-02", "9000", "", ""))
    batch = preview(desk, changed)
    assert counts(batch) == (0, 1, 0, 0)
    assert json.loads(batch.rows.get().told)["changes"] == [
        ["计划总投资（万元）", "12000", "15000"],
        ["正式合同·发生日期", "2026-03-01", "2026-03-02"],
        ["正式合同·金额（万）", "8000", "9000"],
    ]
    confirm(desk, batch)
    project = Project.objects.get(name="蓝天一期")
    contract = project.milestones.get(kind="contract")
    assert (project.investment, project.note, contract.on, contract.amount_cny, contract.version) == (
        Decimal(15000), "首批", date(2026, 3, 2), Decimal(9000), 2,
    )  # fmt: skip
    assert list(differences()) == []
    undo(desk, batch)
    project.refresh_from_db()
    contract.refresh_from_db()
    assert (project.investment, contract.on, contract.amount_cny, contract.version) == (
        Decimal(12000), date(2026, 3, 1), Decimal(8000), 3,
    )  # fmt: skip
    assert list(differences()) == []


def test_rules_of_the_forms_refuse_rows_by_cell(desk):
    theirs = factories.make_project(
        desk, name="他区项目", unit=desk.units[1], by=User.objects.system(),
        company=factories.make_company(desk, "外单位公司", desk.units[1]),
    )  # fmt: skip
    other = actions.create_company(name="持证公司", unit=desk.unit, by=User.objects.system(), credit_code=CODE)
    later = (desk.today + timedelta(days=3)).isoformat()
    rows = [
        ("他区项目", theirs.company.name, "", "工业", "1", "", "", "", ""),
        ("未签先开", "甲公司", "", "工业", "1", "", "", "2026-04-01", ""),
        ("无金额", "甲公司", "", "工业", "1", "2026-04-01", "", "", ""),
        ("明天签", "甲公司", "", "工业", "1", later, "100", "", ""),
        ("同名", "甲公司", "", "工业", "1", "", "", "", ""),
        ("同名", "甲公司", "", "工业", "2", "", "", "", ""),
        ("错码", "乙公司", "913501000000000000", "工业", "1", "", "", "", ""),
        ("别人的码", "蓝天公司", CODE, "工业", "1", "", "", "", ""),
    ]
    factories.make_company(desk)
    batch = preview(desk, ledger_of(rows))
    found = reasons(batch)
    assert found[2] == [("A2", "该企业已有同名项目，由其他单位登记")]
    assert found[3] == [("H3", "须先登记「正式合同」")]
    assert found[4] == [("F4", "登记「正式合同」须填写金额")]
    assert found[5] == [("F5", "日期不能晚于今天；还没有发生的请填承诺日期")]
    assert found[7] == [("A7", "与第 6 行是同一个项目")]
    assert found[8][0][0] == "C8"
    assert "校验码" in found[8][0][1] or "信用代码" in found[8][0][1]
    assert found[9] == [("C9", f"这个信用代码是“{other}”的，不是“蓝天公司”的")]
    assert counts(batch) == (1, 0, 0, 7)


def test_recognised_contract_is_not_changed(desk):
    confirm(desk, preview(desk, LEDGER))
    contract = Milestone.objects.get(project__name="蓝天一期", kind="contract")
    actions.recognise_milestone(milestone=contract, verdict="full", on=desk.today, by=desk.verifier)
    batch = preview(desk, projects_csv(("蓝天一期", "蓝天公司", "1.2", "2026-03-01", "9000", "", "")))
    assert reasons(batch) == {2: [("F2", "该记录已认定。要更正或撤回，请认定员先撤销认定")]}


def test_change_between_preview_and_confirmation_refuses_everything(desk):
    confirm(desk, preview(desk, LEDGER))
    rows = projects_csv(("蓝天一期", "蓝天公司", "2", "", "", "", ""), ("全新项目", "蓝天公司", "1", "", "", "", ""))
    batch = preview(desk, rows)
    project = Project.objects.get(name="蓝天一期")
    actions.change_project(project=project, investment=Decimal(777), by=desk.clerk)
    with pytest.raises(ValidationError, match="第 2 行与预览不同"):
        confirm(desk, batch)
    batch.refresh_from_db()
    assert batch.state == ImportBatch.State.PREVIEWED
    assert not Project.objects.filter(name="全新项目").exists()


def test_same_sheet_again_is_confirmed_knowingly(desk):
    first = confirm(desk, preview(desk, LEDGER))
    actions.change_project(project=Project.objects.get(name="蓝天一期"), note="改过", by=desk.clerk)
    again = preview(desk, LEDGER)
    with pytest.raises(ValidationError, match=first.receipt):
        confirm(desk, again)
    assert confirm(desk, again, again=True).state == ImportBatch.State.DONE


def test_undo_keeps_what_was_touched_since_and_says_why(desk):
    batch = confirm(desk, preview(desk, LEDGER))
    project = Project.objects.get(name="绿地二期")
    factories.make_milestone(desk, project, "funding", amount=Decimal(100))
    steps = undoing.plan(batch)
    assert [(step.row.number, step.reasons) for step in steps] == [(2, []), (3, ["项目之后添了节点"])]
    undone = undo(desk, batch)
    assert list(Project.objects.values_list("name", flat=True)) == ["绿地二期"]
    assert (undone.undone_as.changed_count, undone.undone_as.refused_count) == (1, 1)
    assert list(differences()) == []
    with pytest.raises(ValidationError, match="不能撤销"):
        undo(desk, batch)


def test_undo_is_refused_where_the_page_showed_something_else(desk):
    batch = confirm(desk, preview(desk, LEDGER))
    seen = undoing.digest(undoing.plan(batch))
    actions.change_project(project=Project.objects.get(name="绿地二期"), note="改过", by=desk.clerk)
    with pytest.raises(ValidationError, match="打开页面之后台账有变动"):
        batches.undo(batch=batch, by=desk.clerk, today=desk.today, seen=seen)
    assert Project.objects.count() == 2


FUNDS = ("项目名称", "投资方", "到账日期", "到位金额(万元)", "币种", "现汇", "备注")


def test_instalments_match_by_day_and_sum_and_the_rest_is_new(desk):
    create_rate(currency="USD", rate=Decimal("7.1"), from_on=date(2026, 1, 1), by=User.objects.system())
    confirm(desk, preview(desk, LEDGER))
    rows = [
        ("蓝天一期", "", "2026-03-10", "100", "", "", ""),
        ("蓝天一期", "", "2026-03-10", "100", "", "", "第二笔"),
        ("蓝天一期", "蓝天公司", "2026-04-10", "300万美元", "", "是", ""),
        ("没有这个", "", "2026-04-10", "5", "", "", ""),
    ]
    batch = preview(desk, csv_of(FUNDS, rows), kind="instalment")
    assert counts(batch) == (3, 0, 0, 1)
    confirm(desk, batch)
    funds = Milestone.objects.filter(kind="funding").order_by("pk")
    assert [(row.amount, row.currency, row.amount_cny, row.in_cash) for row in funds] == [
        (Decimal(100), "CNY", Decimal(100), False),
        (Decimal(100), "CNY", Decimal(100), False),
        (Decimal(300), "USD", Decimal(2130), True),
    ]
    assert list(differences()) == []
    assert counts(preview(desk, csv_of(FUNDS, rows), kind="instalment")) == (0, 0, 3, 1)
    undo(desk, batch)
    assert funds.filter(withdrawn_at=None).count() == 0
    assert Project.objects.get(name="蓝天一期").stage == "building"
    assert list(differences()) == []


VISITS = ("单位", "企业", "日期", "方向", "人数", "地点", "有关项目", "洽谈情况")


def test_visits_are_entered_changed_and_withdrawn(desk):
    confirm(desk, preview(desk, LEDGER))
    rows = [
        ("商务局", "蓝天公司", "2026-06-01", "走出去", "3", "深圳", "蓝天一期", "看厂"),
        ("", "新客商", "2026-06-02", "请进来", "5", "", "", ""),
        ("工信局", "蓝天公司", "2026-06-01", "走出去", "3", "", "", ""),
        ("商务局", "蓝天公司", "2026-06-03", "走出去", "0.5", "", "", ""),
    ]
    batch = preview(desk, csv_of(VISITS, rows), kind="visit")
    assert counts(batch) == (2, 0, 0, 2)
    assert reasons(batch) == {
        4: [("A4", "没有叫“工信局”的单位，或不归您填报")],
        5: [("E5", "人数须为整数，至少 1 人")],
    }
    confirm(desk, batch)
    assert [(row.company.name, row.heads, row.direction) for row in Visit.objects.order_by("pk")] == [
        ("蓝天公司", Decimal(3), "outbound"), ("新客商", Decimal(5), "inbound"),
    ]  # fmt: skip
    more = preview(
        desk, csv_of(VISITS, [("商务局", "蓝天公司", "2026-06-01", "走出去", "4", "", "", "")]), kind="visit"
    )
    assert counts(more) == (0, 1, 0, 0)
    confirm(desk, more)
    assert list(differences()) == []
    kept = undoing.plan(batch)
    assert [step.reasons for step in kept] == [["走访来访之后有变动"], []]
    undo(desk, more)
    assert Visit.objects.get(company__name="蓝天公司").heads == Decimal(3)
    assert list(differences()) == []


def test_company_is_found_by_code_and_by_former_name(desk):
    known = actions.create_company(name="现用名公司", unit=desk.unit, by=User.objects.system(), credit_code=CODE)
    actions.add_name(company=known, kind="former", name="曾用名公司", by=User.objects.system())
    rows = [
        ("一期", "曾用名公司", "", "工业", "1", "", "", "", ""),
        ("二期", "", CODE, "工业", "1", "", "", "", ""),
    ]
    confirm(desk, preview(desk, ledger_of(rows)))
    assert {row.company for row in Project.objects.all()} == {known}


def test_contact_comes_in_with_a_new_company_and_goes_with_it(desk):
    headings = ("项目名称", "投资方", "联系人", "职务", "联系电话")
    batch = confirm(desk, preview(desk, csv_of(headings, [("一期", "甲公司", "张三", "总监", "13812341234")])))
    assert Contact.objects.get().phone == "13812341234"
    assert "13812341234" not in "".join(AuditEntry.objects.values_list("changes", flat=True))
    undo(desk, batch)
    assert (Contact.objects.count(), Company.objects.count()) == (0, 0)


def test_nobody_imports_for_other_units(desk):
    with pytest.raises(PermissionDenied):
        sheets_in.upload(desk, LEDGER, by=desk.other_clerk)
    batch = preview(desk, LEDGER)
    for stranger in (desk.other_clerk, desk.verifier, desk.leader):
        with pytest.raises(PermissionDenied):
            confirm(desk, batch, by=stranger)
    assert confirm(desk, batch, by=desk.editor).done_by == desk.editor


def test_columns_chosen_by_hand_are_remembered_for_the_unit(desk):
    content = csv_of(("项目名称", "投资方", "奇怪的列"), [("一期", "甲公司", "乙某")])
    batch = sheets_in.upload(desk, content)
    assert batches.suggested(batch) == {0: "name", 1: "company"}
    preview(desk, content, mapping={0: "name", 1: "company", 2: "leader"})
    assert ColumnMapping.objects.get().unit == desk.unit
    assert batches.suggested(sheets_in.upload(desk, content)) == {0: "name", 1: "company", 2: "leader"}
    other = sheets_in.upload(desk, content, by=desk.other_clerk, unit=desk.units[1])
    assert batches.suggested(other) == {0: "name", 1: "company"}


def test_columns_that_are_missing_or_doubled_are_refused(desk):
    batch = sheets_in.upload(desk, LEDGER)
    for mapping, why in (({0: "name"}, "还缺这些列：投资方"), ({0: "name", 1: "name"}, "对应了不止一列")):
        with pytest.raises(ValidationError, match=why):
            batches.map_columns(
                batch=batch, sheet=batch.sheet, mapping=mapping, by=desk.clerk, today=desk.today
            )  # fmt: skip


def test_larger_imports_go_through_the_queue(desk, settings):
    settings.IMPORT_AT_ONCE = 0
    batch = preview(desk, LEDGER)
    assert (batch.state, counts(batch)) == (ImportBatch.State.PREVIEWED, (2, 0, 0, 1))
    batch = confirm(desk, batch)
    assert batch.state == ImportBatch.State.DONE
    batch = undo(desk, batch)
    assert (batch.state, Project.objects.count()) == (ImportBatch.State.UNDONE, 0)


def test_refusal_in_the_queue_leaves_the_batch_as_it_was(desk, settings):
    settings.IMPORT_AT_ONCE = 0
    batch = preview(desk, LEDGER)
    factories.make_project(desk, name="蓝天一期", company=factories.make_company(desk, "蓝天公司"))
    batch = confirm(desk, batch)
    assert batch.state == ImportBatch.State.PREVIEWED
    assert "第 2、3 行与预览不同" in batch.problem or "第 2 行与预览不同" in batch.problem
    assert Project.objects.count() == 1


def test_refused_rows_come_back_corrected(desk):
    batch = preview(desk, LEDGER)
    headings, row = blank.refused(batch)
    assert headings[-2:] == ["原表行号", "不能导入的原因"]
    assert "计划总投资(亿元)" in headings
    row[headings.index("项目名称")] = "补上的名字"
    again = preview(desk, csv_of(headings, [row]), name="待更正.csv")
    assert counts(again) == (1, 0, 0, 0)
    confirm(desk, again)
    assert Project.objects.get().investment == Decimal(10000)


def test_template_is_read_back_without_its_example(desk):
    for kind in ImportBatch.Kind.values:
        content = blank.template(kind, ["商务局", "=危险"])
        with pytest.raises(ValidationError, match="没有数据"):
            outlines.read_outline(content, "模板.xlsx", kind)


def test_ledger_with_forty_kinds_of_mess_from_preview_to_undo(desk):
    unit = desk.units[2]
    type(unit).objects.filter(pk=unit.pk).update(name="河东镇")
    unit.refresh_from_db()
    book = messy.build()
    batch = preview(desk, book.data, name=messy.NAME, by=desk.editor, unit=desk.district)
    refused = {row for (row, _field), mess in book.cells.items() if mess.refused}
    assert refused <= set(reasons(batch))
    assert sum(counts(batch)) == len(book.rows)
    assert {address for address, _text in batch.told} >= {f"{row}:{row}" for row in book.skipped}
    batch = confirm(desk, batch, by=desk.editor)
    assert Project.objects.count() == batch.new_count > 10
    assert list(differences()) == []
    again = preview(desk, book.data, name=messy.NAME, by=desk.editor, unit=desk.district)
    assert counts(again) == (0, 0, batch.new_count, batch.refused_count)
    undo(desk, batch, by=desk.editor)
    assert (Project.objects.count(), Company.objects.count()) == (0, 0)
    assert list(differences()) == []


INSTALMENTS = ("项目名称", "投资方", "到账日期", "到账金额（万美元）", "币种", "汇率", "备注")


def instalments(desk, *rows):
    """Return an instalment list of one project, read and confirmed: (amount, currency, rate, note) a row."""
    project, company = "蓝天一期", "蓝天公司"
    told = [(project, company, desk.today.isoformat(), *row) for row in rows]
    batch = sheets_in.preview(desk, sheets_in.csv_of(INSTALMENTS, told), kind=ImportBatch.Kind.INSTALMENT)
    assert sheets_in.reasons(batch) == {}
    return sheets_in.confirm(desk, batch)


def test_instalment_takes_the_table_s_rate_and_keeps_to_it_until_one_is_named(desk):
    system = User.objects.system()
    row = actions.create_rate(currency="USD", rate=Decimal("6.48"), from_on=date(2020, 1, 1), by=system)
    factories.make_contract(desk)
    instalments(desk, ("300", "美元", "", ""))
    money = Milestone.objects.get(kind="funding")
    assert (money.rate, money.rate_row, money.amount_cny) == (Decimal("6.48"), row, Decimal(1944))
    instalments(desk, ("300", "美元", "", "首批"))
    money.refresh_from_db()
    assert (money.note, money.rate_row) == ("首批", row)
    instalments(desk, ("300", "美元", "7", "首批"))
    money.refresh_from_db()
    assert (money.rate, money.rate_row, money.amount_cny) == (Decimal(7), None, Decimal(2100))
    assert list(differences()) == []
