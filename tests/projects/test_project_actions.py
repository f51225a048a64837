"""Writing projects, milestones and visits: stages, blockers, shares, what follows a change, who may."""

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db.models import Sum

from campaigns.models import Entry
from projects import actions
from projects.models import Credit, Milestone, Project, Visit
from projects.stages import Stage
from tests.projects.factories import (
    add_rule,
    make_company,
    make_contract,
    make_desk,
    make_milestone,
    make_project,
    make_visit,
)
from units.models import AuditEntry
from units.versions import Conflict

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return make_desk()


def live(indicator, basis="reported"):
    """Return {unit name: amount} of what stands in the ledger for an indicator."""
    rows = Entry.objects.filter(indicator=indicator, basis=basis).values_list("unit__name")
    sums = rows.annotate(signs=Sum("sign"), total=Sum("amount")).order_by("unit__name")
    return {name: total for name, signs, total in sums if signs}


def agree():
    """Fail unless sources and ledger agree."""
    call_command("check_ledger", stdout=StringIO())


def test_stage_is_the_furthest_that_milestones_and_visits_lead_to(desk):
    project = make_project(desk)
    seen = [project.stage]
    for kind, facts in (
        ("talks", {}), ("intent", {}), ("contract", {"amount": Decimal(9000)}), ("filing", {}),
        ("funding", {"amount": Decimal(100)}), ("groundbreaking", {}), ("production", {}),
    ):  # fmt: skip
        make_milestone(desk, project, kind, **facts)
        project.refresh_from_db()
        seen.append(project.stage)
    assert seen == ["lead", "talks", "intent", "signed", "signed", "funded", "building", "producing"]


def test_first_visit_moves_a_lead_on_and_its_withdrawal_moves_it_back(desk):
    project = make_project(desk)
    visit = actions.record_visit(
        unit=desk.unit, company=project.company, direction="outbound", on=desk.today, heads=Decimal(2),
        project=project, by=desk.clerk,
    )  # fmt: skip
    project.refresh_from_db()
    assert project.stage == Stage.VISIT
    actions.withdraw_visit(visit=visit, reason="记错项目", by=desk.clerk)
    project.refresh_from_db()
    assert project.stage == Stage.LEAD


def test_visit_never_moves_a_signed_project_back(desk):
    project = make_contract(desk).project
    actions.record_visit(
        unit=desk.unit, company=project.company, direction="inbound", on=desk.today, heads=Decimal(2),
        project=project, by=desk.clerk,
    )  # fmt: skip
    project.refresh_from_db()
    assert project.stage == Stage.SIGNED


def test_promised_contract_neither_counts_nor_moves_the_stage(desk):
    project = make_project(desk)
    make_milestone(desk, project, "contract", due_on=desk.today + timedelta(days=9), promised_amount=Decimal(5000))
    project.refresh_from_db()
    assert (project.stage, live(desk.lines["签约项目"].indicator)) == (Stage.LEAD, {})


def test_intent_never_counts_as_signed(desk):
    money = add_rule("签约金额", "money", measure="amount")
    project = make_project(desk)
    make_milestone(desk, project, "intent", amount=Decimal(300000), currency="USD", rate=Decimal("7.1"))
    assert (live(money), live(desk.lines["签约项目"].indicator)) == ({}, {})


@pytest.mark.parametrize(
    ("kind", "facts", "told"),
    [
        ("funding", {"amount": Decimal(1)}, "须先登记「正式合同」"),
        ("production", {}, "须先登记「开工」"),
        ("contract", {}, "须填写金额"),
        ("termination", {}, "须填写说明"),
    ],
)
def test_milestone_is_blocked_until_what_it_needs_is_there(desk, kind, facts, told):
    project = make_project(desk)
    with pytest.raises(ValidationError, match=told):
        make_milestone(desk, project, kind, **facts)
    assert (Milestone.objects.count(), Entry.objects.count()) == (0, 0)


def test_kind_that_happens_once_is_refused_twice(desk):
    contract = make_contract(desk)
    with pytest.raises(ValidationError, match="请更正原来的记录"):
        make_milestone(desk, contract.project, "contract", amount=Decimal(1))


def test_contract_carries_what_stands_on_it(desk):
    contract = make_contract(desk)
    make_milestone(desk, contract.project, "funding", amount=Decimal(1))
    with pytest.raises(ValidationError, match="以它为前提"):
        actions.withdraw_milestone(milestone=contract, reason="误报", by=desk.clerk)


def test_terminated_project_takes_no_more_milestones(desk):
    project = make_contract(desk).project
    make_milestone(desk, project, "termination", note="企业放弃")
    project.refresh_from_db()
    assert project.terminated
    with pytest.raises(ValidationError, match="项目已终止"):
        make_milestone(desk, project, "talks")


@pytest.mark.parametrize("shares", [(60, 39), (60, 41), (100, 1)])
def test_shares_add_up_to_one_hundred(desk, shares):
    project = make_project(desk)
    rows = [
        (unit, role, Decimal(share))
        for unit, role, share in zip(desk.units, ("introducing", "landing"), shares, strict=False)
    ]
    with pytest.raises(ValidationError, match="合计须为 100%"):
        actions.set_shares(project=project, shares=rows, document="会议纪要", by=desk.editor)
    assert [credit.share for credit in project.credits.all()] == [Decimal(100)]


def test_shares_need_one_introducing_unit_a_reason_and_an_editor(desk):
    project, (first, second, _third) = make_project(desk), desk.units
    both = [(first, "introducing", Decimal(50)), (second, "introducing", Decimal(50))]
    with pytest.raises(ValidationError, match="有且只有一个招引单位"):
        actions.set_shares(project=project, shares=both, document="x", by=desk.editor)
    with pytest.raises(ValidationError, match="同一单位只能有一份"):
        actions.set_shares(
            project=project, shares=[both[0], (first, "landing", Decimal(50))], document="x", by=desk.editor
        )
    good = [both[0], (second, "landing", Decimal(50))]
    with pytest.raises(ValidationError, match="请写明依据文件"):
        actions.set_shares(project=project, shares=good, document=" ", by=desk.editor)
    with pytest.raises(PermissionDenied):
        actions.set_shares(project=project, shares=good, document="x", by=desk.clerk)
    assert Credit.objects.count() == 1


def test_shares_of_one_unit_and_none_keep_a_count_whole(desk):
    contract = make_contract(desk)
    first, second, _third = desk.units
    rows = [(first, "introducing", Decimal(100)), (second, "landing", Decimal(0))]
    actions.set_shares(project=contract.project, shares=rows, document="落地", by=desk.editor)
    assert live(desk.lines["签约项目"].indicator) == {"商务局": Decimal(1)}
    agree()


def test_changed_shares_move_the_entries_and_a_total_counts_the_project_once(desk):
    money = add_rule("签约金额", "money", measure="amount")
    contract = make_contract(desk, amount=5000)
    rows = [
        (unit, role, Decimal(share))
        for unit, role, share in zip(
            desk.units, ("introducing", "landing", "leading"), ("33.4", "33.3", "33.3"), strict=True
        )
    ]
    actions.set_shares(project=contract.project, shares=rows, document="会议纪要", by=desk.editor)
    assert live(money) == {"商务局": Decimal(1670), "工信局": Decimal(1665), "文旅局": Decimal(1665)}
    assert sum(live(desk.lines["签约项目"].indicator).values()) == 1
    row = AuditEntry.objects.get(action="project.shares_set")
    assert json.loads(row.changes)["商务局"] == ["招引单位 100%", "招引单位 33.4%"]
    agree()


def test_changed_sector_derives_the_entries_anew(desk):
    industrial = add_rule("工业项目", sectors=["industry"])
    project = make_contract(desk).project
    assert live(industrial) == {"商务局": Decimal(1)}
    actions.change_project(project=project, sector="services", by=desk.clerk)
    assert live(industrial) == {}
    agree()


def test_changed_origin_derives_the_entries_of_milestones_and_visits_anew(desk):
    outside = add_rule("省外项目", origins=["country"])
    met = add_rule("走访省外企业", fact="visit.outbound", origins=["country"])
    project = make_contract(desk).project
    make_visit(desk, company=project.company)
    assert (live(outside), live(met)) == ({"商务局": Decimal(1)}, {"商务局": Decimal(1)})
    actions.change_company(company=project.company, origin="city", by=desk.clerk)
    assert (live(outside), live(met)) == ({}, {})
    agree()


def test_changed_level_of_an_event_derives_its_entries_anew(desk):
    platform = add_rule("省级平台签约", event_levels=["province"])
    event = actions.create_event(name="推介会", on=desk.today, level="city", by=desk.clerk)
    make_milestone(desk, make_project(desk), "contract", amount=Decimal(1), event=event)
    assert live(platform) == {}
    actions.change_event(event=event, level="province", by=desk.editor)
    assert live(platform) == {"商务局": Decimal(1)}
    agree()


def test_correction_reverses_and_posts_anew(desk):
    money = add_rule("签约金额", "money", measure="amount")
    contract = make_contract(desk, amount=5000)
    with pytest.raises(ValidationError, match="请写明更正理由"):
        actions.correct_milestone(milestone=contract, amount=Decimal(6000), reason="", by=desk.clerk)
    actions.correct_milestone(milestone=contract, amount=Decimal(6000), reason="补充协议", by=desk.clerk)
    assert live(money) == {"商务局": Decimal(6000)}
    signs = Entry.objects.filter(indicator=money, basis="reported").order_by("pk").values_list("sign", "amount")
    assert list(signs) == [(1, Decimal(5000)), (-1, Decimal(-5000)), (1, Decimal(6000))]
    agree()


def test_withdrawal_reverses_and_keeps_the_row(desk):
    contract = make_contract(desk)
    actions.withdraw_milestone(milestone=contract, reason="未签", by=desk.clerk)
    contract.refresh_from_db()
    assert contract.is_withdrawn
    assert live(desk.lines["签约项目"].indicator) == {}
    contract.project.refresh_from_db()
    assert contract.project.stage == Stage.LEAD
    with pytest.raises(ValidationError, match="已撤回"):
        actions.correct_milestone(milestone=contract, amount=Decimal(1), reason="x", by=desk.clerk)
    agree()


def test_recognised_milestone_is_neither_corrected_nor_withdrawn(desk):
    contract = make_contract(desk)
    actions.recognise_milestone(milestone=contract, verdict="full", on=desk.today, by=desk.verifier)
    with pytest.raises(ValidationError, match="已认定"):
        actions.correct_milestone(milestone=contract, amount=Decimal(1), reason="x", by=desk.clerk)
    with pytest.raises(ValidationError, match="已认定"):
        actions.withdraw_milestone(milestone=contract, reason="x", by=desk.clerk)


def test_foreign_amount_keeps_its_currency_and_rate(desk):
    money = add_rule("签约金额", "money", measure="amount")
    contract = make_milestone(
        desk, make_project(desk), "contract", amount=Decimal(700), currency="USD", rate=Decimal("7.1234")
    )
    contract.refresh_from_db()
    kept = (contract.amount, contract.currency, contract.rate, contract.amount_cny)
    assert kept == (Decimal(700), "USD", Decimal("7.1234"), Decimal("4986.38"))
    assert live(money) == {"商务局": Decimal("4986.38")}


@pytest.mark.parametrize("rate", [None, Decimal(0), Decimal(-7)])
def test_foreign_amount_needs_a_rate(desk, rate):
    project = make_project(desk)
    with pytest.raises(ValidationError) as caught:
        make_milestone(desk, project, "contract", amount=Decimal(7), currency="USD", rate=rate)
    assert "rate" in caught.value.message_dict


def test_amount_in_yuan_drops_a_rate(desk):
    contract = make_milestone(desk, make_project(desk), "contract", amount=Decimal(7), rate=Decimal(5))
    assert (contract.rate, contract.amount_cny) == (None, Decimal(7))


def test_clerk_of_another_unit_writes_nothing(desk):
    project = make_project(desk)
    contract = make_milestone(desk, project, "contract", amount=Decimal(7))
    visit = make_visit(desk)
    count = AuditEntry.objects.count()
    for attempt in (
        lambda: actions.change_project(project=project, name="改名", by=desk.other_clerk),
        lambda: make_milestone(desk, project, "talks", by=desk.other_clerk),
        lambda: actions.correct_milestone(milestone=contract, amount=Decimal(1), reason="x", by=desk.other_clerk),
        lambda: actions.withdraw_milestone(milestone=contract, reason="x", by=desk.other_clerk),
        lambda: actions.correct_visit(visit=visit, heads=Decimal(9), reason="x", by=desk.other_clerk),
        lambda: actions.withdraw_visit(visit=visit, reason="x", by=desk.other_clerk),
        lambda: actions.change_company(company=project.company, name="改名", by=desk.other_clerk),
    ):
        with pytest.raises(PermissionDenied):
            attempt()
    assert AuditEntry.objects.count() == count
    assert Project.objects.get().name == "蓝天一期"
    assert Visit.objects.get().heads == Decimal(3)


def test_sharing_unit_sees_the_project_but_does_not_change_it(desk):
    project, (first, second, _third) = make_project(desk), desk.units
    rows = [(first, "introducing", Decimal(60)), (second, "landing", Decimal(40))]
    actions.set_shares(project=project, shares=rows, document="x", by=desk.editor)
    assert Project.objects.visible_to(desk.other_clerk).get() == project
    with pytest.raises(PermissionDenied):
        actions.change_project(project=project, name="改名", by=desk.other_clerk)


def test_older_version_is_refused(desk):
    project = make_project(desk)
    actions.change_project(project=project, name="甲", version=1, by=desk.clerk)
    with pytest.raises(Conflict):
        actions.change_project(project=project, name="乙", version=1, by=desk.clerk)
    assert Project.objects.get().name == "甲"


def test_visit_hangs_only_on_a_project_of_its_unit(desk):
    project = make_project(desk)
    with pytest.raises(ValidationError, match="不归本单位"):
        actions.record_visit(
            unit=desk.units[1], company=project.company, direction="outbound", on=desk.today, heads=Decimal(1),
            project=project, by=desk.other_clerk,
        )  # fmt: skip
    assert Visit.objects.count() == 0


def test_company_is_found_by_its_name_in_any_width(desk):
    known = make_company(desk, "蓝天（中国）公司")
    assert actions.find_company(name=" 蓝天(中国)公司 ", unit=desk.unit, by=desk.clerk) == known


def test_phone_number_stays_hidden_in_the_trail(desk):
    company = actions.create_company(name="白云公司", unit=desk.unit, phone="13812341234", by=desk.clerk)
    actions.change_contact(contact=company.contacts.get(), phone="13899991234", by=desk.clerk)
    kept = "".join(AuditEntry.objects.values_list("changes", flat=True))
    assert "138****1234" in kept
    assert "13812341234" not in kept
    assert "13899991234" not in kept
