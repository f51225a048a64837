"""Shares hold from a day on: a fact is split by those of its own day, and former ones are kept."""

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from campaigns import actions as campaign_actions
from campaigns.models import Entry
from campaigns.standings import standings
from projects import actions, counting
from projects.models import Credit, Milestone, Project
from projects.reconciling import differences
from reports.figures import of_roster
from tests.factories import make_unit, make_user
from tests.projects.factories import add_rule, make_contract, make_desk, make_milestone, make_project
from tests.projects.forms import nonsense_in_every_field, send
from units.models import AuditEntry, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    made = make_desk()
    made.money = add_rule("到位资金额", "money", fact="milestone.funding", measure="amount")
    return made


def days_ago(desk, number):
    return desk.today - timedelta(days=number)


def share(desk, project, *parts, since=None, **facts):
    """Set shares of the desk's units in their order: the first introduces, the second lands, the third leads."""
    roles = ("introducing", "landing", "leading")
    rows = [(unit, role, Decimal(part)) for unit, role, part in zip(desk.units, roles, parts, strict=False)]
    facts = {"document": "会议纪要〔2026〕3 号", "by": desk.editor, "today": desk.today, **facts}
    return actions.set_shares(project=project, shares=rows, from_on=since, **facts)


def fund(desk, project, number, amount=1000):
    """Return an instalment of some days ago."""
    return make_milestone(desk, project, "funding", on=days_ago(desk, number), amount=Decimal(amount))


def funded(desk, basis="reported"):
    """Return {unit name: amount} of the instalments."""
    rows = Entry.objects.filter(indicator=desk.money, basis=basis).values_list("unit__name")
    sums = rows.annotate(signs=Sum("sign"), total=Sum("amount"))
    return {name: total for name, signs, total in sums if signs}


def kept(project):
    """Return the shares of all days: (unit, share, from, until)."""
    return list(
        Credit.ever.filter(project=project).order_by("pk").values_list("unit__name", "share", "from_on", "until_on")
    )


def check():
    """Fail unless sources and ledger agree."""
    call_command("check_ledger", stdout=StringIO())


def test_fact_is_split_by_the_shares_of_its_own_day(desk):
    project = make_contract(desk, on=days_ago(desk, 30)).project
    fund(desk, project, 20)
    fund(desk, project, 10)
    share(desk, project, 60, 40, since=days_ago(desk, 15))
    assert funded(desk) == {"商务局": Decimal(1600), "工信局": Decimal(400)}
    turn = days_ago(desk, 15)
    assert kept(project) == [
        ("商务局", Decimal(100), None, turn - timedelta(days=1)),
        ("商务局", Decimal(60), turn, None),
        ("工信局", Decimal(40), turn, None),
    ]
    assert [row.unit.name for row in project.credits.all()] == ["商务局", "工信局"]
    check()


def test_day_itself_counts_by_the_new_shares_and_the_day_before_by_the_former(desk):
    project = make_contract(desk, on=days_ago(desk, 30)).project
    fund(desk, project, 16, 100)
    fund(desk, project, 15, 10)
    share(desk, project, 0, 100, since=days_ago(desk, 15))
    assert funded(desk) == {"商务局": Decimal(100), "工信局": Decimal(10)}


def test_both_bases_split_alike_though_it_was_recognised_later(desk):
    project = make_contract(desk, on=days_ago(desk, 30)).project
    before = fund(desk, project, 20)
    share(desk, project, 60, 40, since=days_ago(desk, 15))
    actions.recognise_milestone(
        milestone=before, verdict="reduced", amount=Decimal(500), reason="凭证不足", on=days_ago(desk, 1),
        by=desk.verifier,
    )  # fmt: skip
    assert funded(desk) == {"商务局": Decimal(1000)}
    assert funded(desk, "recognised") == {"商务局": Decimal(500)}
    check()


def test_same_day_corrects_the_present_shares(desk):
    project = make_contract(desk, on=days_ago(desk, 30)).project
    fund(desk, project, 10)
    share(desk, project, 60, 40, since=days_ago(desk, 15))
    share(desk, project, 50, 50, since=days_ago(desk, 15), document="更正")
    assert funded(desk) == {"商务局": Decimal(500), "工信局": Decimal(500)}
    assert [row[1] for row in kept(project)] == [Decimal(100), Decimal(50), Decimal(50)]
    check()


def test_third_agreement_keeps_both_former_ones(desk):
    project = make_contract(desk, on=days_ago(desk, 30)).project
    for number in (25, 15, 5):
        fund(desk, project, number)
    share(desk, project, 60, 40, since=days_ago(desk, 20))
    share(desk, project, 30, 30, 40, since=days_ago(desk, 10))
    assert funded(desk) == {"商务局": Decimal(1900), "工信局": Decimal(700), "文旅局": Decimal(400)}
    assert [row[2:] for row in kept(project)] == [
        (None, days_ago(desk, 21)),
        *[(days_ago(desk, 20), days_ago(desk, 11))] * 2,
        *[(days_ago(desk, 10), None)] * 3,
    ]
    check()


@pytest.mark.parametrize(("ago", "field"), [(16, "from_on"), (None, "from_on"), (-1, "from_on")])
def test_earlier_days_and_days_to_come_are_refused(desk, ago, field):
    project = make_project(desk)
    share(desk, project, 60, 40, since=days_ago(desk, 15))
    with pytest.raises(ValidationError) as caught:
        share(desk, project, 50, 50, since=None if ago is None else days_ago(desk, ago))
    assert list(caught.value.message_dict) == [field]
    assert len(kept(project)) == 3


def test_unit_of_another_district_is_refused(desk):
    other = make_unit("外区")
    with pytest.raises(ValidationError, match="外区不是本区的单位"):
        actions.set_shares(
            project=make_project(desk), shares=[(other, "introducing", Decimal(100))], document="x", by=desk.editor
        )


def test_district_itself_may_hold_a_share_and_its_total_counts_the_project_once(desk):
    contract = make_contract(desk)
    rows = [(desk.units[0], "introducing", Decimal(70)), (desk.district, "leading", Decimal(30))]
    actions.set_shares(project=contract.project, shares=rows, document="x", by=desk.editor)
    state = standings(desk.campaign, desk.today)
    line = desk.lines["签约项目"].pk
    assert state.totals[line].done == 1
    assert {row.unit: row.done for row in state.of_column(line)} == {
        "商务局": Decimal("0.7"), "工信局": Decimal(0), "文旅局": Decimal(0),
    }  # fmt: skip


def test_trail_tells_the_day_and_the_document(desk):
    share(desk, make_project(desk), 60, 40, since=days_ago(desk, 15), reason="镇园共引")
    row = AuditEntry.objects.get(action="project.shares_set")
    assert json.loads(row.changes) == {
        "商务局": ["招引单位 100%", "招引单位 60%"],
        "工信局": ["", "落地单位 40%"],
        "起算日期": ["自始", days_ago(desk, 15).isoformat()],
        "依据文件": ["", "会议纪要〔2026〕3 号"],
    }
    assert row.reason == "镇园共引"


def test_former_unit_still_sees_the_project_and_no_longer_changes_it(desk):
    project = make_project(desk)
    rows = [(desk.units[1], "introducing", Decimal(100))]
    actions.set_shares(project=project, shares=rows, from_on=days_ago(desk, 5), document="划转", by=desk.editor)
    assert Project.objects.visible_to(desk.clerk).get() == project
    assert list(Project.objects.editable_by(desk.clerk)) == []
    assert list(Project.objects.editable_by(desk.other_clerk)) == [project]
    with pytest.raises(PermissionDenied):
        make_milestone(desk, project, "talks", by=desk.clerk)
    make_milestone(desk, project, "talks", by=desk.other_clerk)


def test_changed_shares_leave_a_closed_month_alone(desk):
    start = days_ago(desk, 40).replace(day=1)
    project = make_contract(desk, on=start).project
    make_milestone(desk, project, "funding", on=start, amount=Decimal(1000))
    campaign_actions.close_month(month=start, reason="已通报", by=User.objects.system())
    month = {"indicator": desk.money, "on__lt": (start + timedelta(days=31)).replace(day=1)}
    before = Entry.objects.filter(**month).aggregate(total=Sum("amount"), count=Sum("sign"))
    share(desk, project, 60, 40, since=start)
    assert Entry.objects.filter(**month).aggregate(total=Sum("amount"), count=Sum("sign")) == before
    later = Entry.objects.filter(indicator=desk.money, basis="reported").exclude(**month)
    assert sorted(later.values_list("unit__name", "amount", "fact_on")) == [
        ("商务局", Decimal(-1000), start), ("商务局", Decimal(600), start), ("工信局", Decimal(400), start),
    ]  # fmt: skip
    assert funded(desk) == {"商务局": Decimal(600), "工信局": Decimal(400)}
    check()


def test_sharers_of_a_contract_are_those_of_its_day(desk):
    project = make_contract(desk, on=days_ago(desk, 20)).project
    outside = make_unit("名单外的镇", parent=desk.district)
    rows = [(outside, "introducing", Decimal(100))]
    actions.set_shares(project=project, shares=rows, from_on=days_ago(desk, 5), document="划转", by=desk.editor)
    state = standings(desk.campaign, desk.today)
    assert [row.project for row in of_roster(state, Milestone.objects.all())] == [project]
    actions.set_shares(project=project, shares=rows, from_on=days_ago(desk, 5), document="更正", by=desk.editor)
    late = make_milestone(desk, project, "funding", amount=Decimal(5), by=User.objects.system())
    assert of_roster(state, Milestone.objects.filter(pk=late.pk)) == []


def test_former_shares_that_do_not_add_up_are_found(desk):
    project = make_project(desk)
    turn = days_ago(desk, 15)
    share(desk, project, 60, 40, since=turn)
    Credit.ever.filter(until_on__isnull=False).update(share=Decimal(90))
    assert [row.text for row in differences()] == ["项目「蓝天一期」份额合计 90%，应为 100%"]
    Credit.ever.filter(until_on__isnull=False).update(share=Decimal(100), until_on=days_ago(desk, 20))
    gap = days_ago(desk, 19).isoformat()
    assert [row.text for row in differences()] == [f"项目「蓝天一期」自 {gap} 起份额合计 0%，应为 100%"]


@pytest.mark.parametrize("count", [1, 12])
def test_shares_are_read_once_a_batch(desk, count, django_assert_num_queries):
    for number in range(count):
        project = make_contract(desk, name=f"项目{number}", on=days_ago(desk, 30)).project
        share(desk, project, 60, 40, since=days_ago(desk, 15))
    with django_assert_num_queries(3):  # rules, milestones, shares
        counting.milestone_entries(Milestone.objects.all())


# --- the page


def sent(project, *rows, **changed):
    """Return a filled-in form: (unit, role, percent) a row."""
    filled = {"document": "会议纪要", "version": project.version, "step": "check", "from_on": "", "reason": ""}
    for number in range(6):
        unit, role, part = rows[number] if number < len(rows) else (None, "landing", "")
        filled |= {f"unit_{number}": unit.pk if unit else "", f"role_{number}": role, f"share_{number}": part}
    return filled | changed


def page_of(project):
    return f"/projects/{project.pk}/shares/"


def test_preview_shows_what_changes_and_writes_nothing(client, desk):
    start = days_ago(desk, 40).replace(day=1)
    project = make_contract(desk, on=start).project
    make_milestone(desk, project, "funding", on=start, amount=Decimal(1000))
    campaign_actions.close_month(month=start, reason="已通报", by=User.objects.system())
    rows = ((desk.units[0], "introducing", "60"), (desk.units[1], "landing", "40"))
    client.force_login(desk.editor)
    count = Entry.objects.count()
    response = send(client, page_of(project), **sent(project, *rows, from_on=start.isoformat()))
    told = {(row.indicator, row.unit, row.basis): row for row in response.context["changes"]}
    row = told["到位资金额", "工信局", "上报"]
    assert (row.before, row.after, row.difference) == ("0 万元", "400 万元", "+400 万元")
    opened = (start + timedelta(days=31)).replace(day=1)
    assert row.notes == (f"{start:%Y年%m月}已封账，+400 万元 记入 {opened.isoformat()}",)
    assert (Entry.objects.count(), len(kept(project))) == (count, 1)
    assert "确认保存" in response.content.decode()
    saved = send(client, page_of(project), **sent(project, *rows, from_on=start.isoformat(), step="save"))
    assert (saved.status_code, len(kept(project))) == (302, 3)
    shown = {row.unit: row.after for row in told.values() if (row.indicator, row.basis) == ("到位资金额", "上报")}
    assert {name: f"{amount:g} 万元" for name, amount in funded(desk).items()} == shown
    check()


def test_preview_leads_back_to_what_was_typed(client, desk):
    project = make_project(desk)
    client.force_login(desk.editor)
    rows = ((desk.units[0], "introducing", "55"), (desk.units[1], "landing", "45"))
    response = send(client, page_of(project), **sent(project, *rows, step="edit"))
    assert 'value="55"' in response.content.decode()
    assert ("proposed" in response.context, len(kept(project))) == (False, 1)


def test_page_tells_the_history_with_documents_and_days(client, desk):
    project = make_project(desk)
    share(desk, project, 60, 40, since=days_ago(desk, 15))
    client.force_login(desk.editor)
    response = client.get(page_of(project))
    turn = days_ago(desk, 15)
    assert [(row.days, row.document, row.rows) for row in response.context["history"]] == [
        (f"{turn} 起", "会议纪要〔2026〕3 号", (("商务局", "招引单位", "60%"), ("工信局", "落地单位", "40%"))),
        (f"自始至 {turn - timedelta(days=1)}", "", (("商务局", "招引单位", "100%"),)),
    ]
    text = client.get(f"/projects/{project.pk}/").content.decode()
    assert f"{turn} 起；依据：会议纪要〔2026〕3 号" in text


def test_earlier_day_and_missing_document_are_told_beside_their_fields(client, desk):
    project = make_project(desk)
    share(desk, project, 60, 40, since=days_ago(desk, 15))
    project.refresh_from_db()
    client.force_login(desk.editor)
    rows = ((desk.units[0], "introducing", "55"), (desk.units[1], "landing", "45"))
    for step in ("check", "save"):
        response = send(client, page_of(project), **sent(project, *rows, from_on="2020-01-01", step=step))
        assert "新归属不能更早" in str(response.context["form"].errors["from_on"])
        response = send(client, page_of(project), **sent(project, *rows, document="", step=step))
        assert "document" in response.context["form"].errors


def test_nonsense_never_breaks_the_preview(client, desk):
    project = make_contract(desk).project
    client.force_login(desk.editor)
    filled = sent(project, (desk.units[0], "introducing", "100"))
    fields = ("unit_0", "role_0", "share_0", "from_on", "document", "reason", "version")
    assert nonsense_in_every_field(client, page_of(project), filled, fields) == []
    assert len(kept(project)) == 1


def test_page_costs_the_same_with_many_former_shares(client, desk):
    project = make_project(desk)
    client.force_login(desk.editor)
    client.get(page_of(project))
    with CaptureQueriesContext(connection) as few:
        client.get(page_of(project))
    for number in range(30, 0, -1):
        share(desk, project, 60 + number, 40 - number, since=days_ago(desk, number))
    with CaptureQueriesContext(connection) as many:
        client.get(page_of(project))
    assert len(many) == len(few)


def test_only_an_editor_previews(client, desk):
    project = make_project(desk)
    rows = ((desk.units[0], "introducing", "100"),)
    for user in (desk.clerk, desk.leader, make_user("v2", Role.VERIFIER, desk.district)):
        client.force_login(user)
        assert send(client, page_of(project), **sent(project, *rows)).status_code == 403


# --- what the entries are derived from


def test_source_of_money_goes_before_the_company_it_came_through(desk):
    abroad = add_rule("外资到位", "money", fact="milestone.funding", measure="amount", origins=["abroad"])
    project = make_contract(desk, on=days_ago(desk, 30)).project
    row = fund(desk, project, 5)
    assert Entry.objects.filter(indicator=abroad).count() == 0
    actions.correct_milestone(milestone=row, source_origin="abroad", reason="穿透核实", by=desk.clerk)
    assert Entry.objects.filter(indicator=abroad, basis="reported").count() == 1
    actions.change_company(company=project.company, origin="city", by=desk.clerk)
    assert Entry.objects.live().filter(indicator=abroad, basis="reported").count() == 1
    check()


def test_project_that_lands_outside_is_counted_apart(desk):
    inside, outside = add_rule("区内签约", lands=["inside"]), add_rule("区外签约", lands=["outside"])
    project = make_contract(desk).project
    assert [Entry.objects.live().filter(indicator=row, basis="reported").count() for row in (inside, outside)] == [
        1,
        0,
    ]
    actions.change_project(project=project, outside="市高新区", by=desk.clerk)
    assert [Entry.objects.live().filter(indicator=row, basis="reported").count() for row in (inside, outside)] == [
        0,
        1,
    ]
    assert outside.rules.get().in_words == "正式合同，按个数计（区外落地）"
    check()
