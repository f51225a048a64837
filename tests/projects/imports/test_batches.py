"""Imports from preview to undo: what they write, what they refuse, and that the ledger agrees with the sources."""

from datetime import date
from decimal import Decimal

import pytest

from campaigns.models import Entry
from projects import actions
from projects.models import Company, ImportBatch, Milestone, Project
from projects.reconciling import differences
from tests.projects import factories
from tests.projects.imports import sheets_in
from units.models import AuditEntry, User


@pytest.fixture
def desk(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return factories.make_desk()


LEDGER = sheets_in.csv_of(
    sheets_in.PROJECT_HEADINGS,
    [
        ("蓝天一期", "蓝天公司", "", "工业", "1.2", "2026-03-01", "8000", "2026-04-01", "首批"),
        ("绿地二期", "绿地公司", "", "服务业", "3", "2026-05-06", "20000", "", ""),
        ("", "无名公司", "", "工业", "1", "", "", "", ""),
    ],
)


def test_ledger_is_previewed_confirmed_and_undone(desk):
    batch = sheets_in.preview(desk, LEDGER)
    assert sheets_in.counts(batch) == (2, 0, 0, 1)
    assert Project.objects.count() == 0
    assert sheets_in.reasons(batch) == {4: [("A4", "没有填项目名称")]}
    batch = sheets_in.confirm(desk, batch)
    assert batch.state == ImportBatch.State.DONE
    assert batch.receipt
    project = Project.objects.get(name="蓝天一期")
    assert (project.company.name, project.investment, project.stage, project.note) == (
        "蓝天公司", Decimal(12000), "building", "首批",
    )  # fmt: skip
    assert project.credits.get().unit == desk.unit
    assert Milestone.objects.get(project=project, kind="contract").amount_cny == Decimal(8000)
    assert list(differences()) == []
    assert Entry.objects.live().count() == 2  # both contracts as reported
    again = sheets_in.preview(desk, LEDGER)
    assert sheets_in.counts(again) == (0, 0, 2, 1)
    undone = sheets_in.undo(desk, batch)
    assert undone.state == ImportBatch.State.UNDONE
    assert (Project.objects.count(), Company.objects.count(), Milestone.objects.count()) == (0, 0, 0)
    assert list(differences()) == []
    assert AuditEntry.objects.filter(action="project.removed").count() == 2


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
