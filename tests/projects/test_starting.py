"""Beginning a campaign from a template, and filing plans for it."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from campaigns import actions as campaign_actions
from campaigns.models import Campaign, Indicator, Target
from projects import campaign_templates, outings
from projects.actions import file_plan, start_campaign
from projects.models import CountingRule, Evidence, Plan
from tests.factories import make_unit, make_user
from tests.projects.factories import make_desk
from units.models import AuditEntry, Role, Unit, User

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


@pytest.fixture
def top():
    district = make_unit("示范区")
    for name, kind in (("甲镇", "township"), ("高新园区", "park"), ("商务局", "department"), ("专班", "team")):
        make_unit(name, Unit.Kind(kind), district)
    return district


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    """Keep files in a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def desk():
    return make_desk()


def paper(name="方案.pdf", content=PDF):
    return SimpleUploadedFile(name, content)


@pytest.mark.parametrize("slug", campaign_templates.ORDER)
def test_every_template_makes_a_campaign_that_lacks_nothing(client, top, slug):
    client.force_login(make_user("editor", Role.EDITOR, top))
    template = campaign_templates.load(slug)
    assert template.name in client.get("/campaigns/start/").content.decode()
    assert client.get(f"/campaigns/start/{slug}/").status_code == 200
    form = {"name": "新战役", "organiser": top.pk, "starts_on": "2027-01-01", "with_targets": "on", "nonce": "s"}
    response = client.post(f"/campaigns/start/{slug}/", form)
    campaign = Campaign.objects.get()
    assert response.url == f"/campaigns/{campaign.pk}/setup/"
    assert campaign.ends_on == (date(2027, 12, 31) if template.days is None else campaign.ends_on)
    assert campaign.lines.count() == len(template.indicators)
    assert campaign.phases.count() == len(template.phases)
    assert sum(line.weight for line in campaign.lines.all()) == 100
    fed = Indicator.objects.filter(fed_by=Indicator.Feed.FACTS)
    assert set(CountingRule.objects.values_list("indicator", flat=True)) == set(fed.values_list("pk", flat=True))
    assert not fed.filter(recounting=False).exists()  # the recount runs once the page is committed
    assert Target.objects.filter(unit=top).count() == len(template.indicators)


def test_template_proposes_a_name(client, top):
    client.force_login(make_user("editor", Role.EDITOR, top))
    names = [
        client.get(f"/campaigns/start/{slug}/").context["form"]["name"].value() for slug in ("contest", "annual")
    ]
    assert [name[4:] for name in names] == ["年百日竞赛", "年度招商目标"]


def test_template_puts_the_next_units_in_groups_and_leaves_teams_out(top):
    campaign = start_campaign(
        template=campaign_templates.load("hundred_days"), name="百日会战", organiser=top,
        starts_on=date(2026, 3, 1), with_targets=False, by=User.objects.system(),
    )  # fmt: skip
    assert list(campaign.roster.values_list("unit__name", "group")) == [
        ("甲镇", "乡镇街道"), ("高新园区", "园区"), ("商务局", "部门"),
    ]  # fmt: skip
    assert (campaign.days, Target.objects.count()) == (100, 0)


def test_template_keeps_the_rules_of_an_indicator_that_is_known(top):
    campaign_actions.create_indicator(name="新签项目", dimension="个", fed_by="facts", by=User.objects.system())
    start_campaign(
        template=campaign_templates.load("annual"), name="年度", organiser=top, starts_on=date(2026, 1, 1),
        with_targets=False, by=User.objects.system(),
    )  # fmt: skip
    assert not CountingRule.objects.filter(indicator__name="新签项目").exists()
    assert CountingRule.objects.get(indicator__name="纳税500万元以上企业").from_on == date(2026, 1, 1)


def test_unknown_template_is_not_there(client, top):
    client.force_login(make_user("editor", Role.EDITOR, top))
    assert client.get("/campaigns/start/etc/").status_code == 404


# --- plans ------------------------------------------------------------------------------------------


def test_unit_files_its_plan_and_stands_no_longer_among_those_without(client, desk):
    before = outings.unfiled(desk.leader, desk.today)
    assert desk.unit.name in before.planless
    client.force_login(desk.clerk)
    form = {"on": desk.today.isoformat(), "note": "", "files": paper(), "nonce": "p"}
    address = f"/campaigns/{desk.campaign.pk}/plans/{desk.unit.pk}/"
    assert client.post(address, form).url == f"/campaigns/{desk.campaign.pk}/plans/"
    plan = Plan.objects.get()
    assert (plan.unit, plan.recorded_by, plan.evidence.get().name) == (desk.unit, desk.clerk, "方案.pdf")
    assert desk.unit.name not in outings.unfiled(desk.leader, desk.today).planless
    assert AuditEntry.objects.filter(action="plan.filed").count() == 1
    assert b"".join(client.get(plan.evidence.get().get_absolute_url()).streaming_content) == PDF
    client.force_login(desk.other_clerk)
    assert client.get(plan.evidence.get().get_absolute_url()).status_code == 404
    assert client.post(address, form).status_code == 403


def test_units_of_one_line_file_and_read_their_plans_together(client, desk):
    seat, *others = desk.campaign.roster.select_related("unit")
    mine = {
        "unit": desk.unit,
        "title": "联合小组",
        "further": [Unit.objects.get(pk=desk.other_clerk.first_unit(Role.CLERK))],
    }
    Target.objects.filter(unit__in=mine["further"]).delete()  # the line owes, not each of its units
    taken = {mine["unit"], *mine["further"]}
    rest = [{"unit": row.unit} for row in (seat, *others) if row.unit not in taken]
    campaign_actions.set_roster(campaign=desk.campaign, seats=[mine, *rest], by=desk.editor)
    address = f"/campaigns/{desk.campaign.pk}/plans/"
    client.force_login(desk.other_clerk)
    page = client.get(address).content.decode()
    assert "联合小组" in page
    assert f"{address}{mine['further'][0].pk}/" in page
    file_plan(campaign=desk.campaign, unit=desk.unit, on=desk.today, files=[paper()], by=desk.clerk)
    assert b"".join(client.get(Evidence.objects.get().get_absolute_url()).streaming_content) == PDF
    file_plan(
        campaign=desk.campaign, unit=mine["further"][0], on=desk.today, files=[paper("补充.pdf")], by=desk.other_clerk
    )
    client.force_login(desk.clerk)
    page = client.get(address).content.decode()
    assert "方案.pdf" in page
    assert "补充.pdf" in page


def test_plan_is_checked_as_evidence_is(desk):
    with pytest.raises(ValidationError):
        file_plan(
            campaign=desk.campaign, unit=desk.unit, on=desk.today, files=[paper("方案.pdf", b"MZ")], by=desk.clerk
        )
    assert not Evidence.objects.exists()


def test_plan_of_the_organiser_is_the_campaigns_and_everybody_on_the_roster_reads_it(client, desk):
    campaign = desk.campaign
    file_plan(campaign=campaign, unit=campaign.organiser, on=desk.today, files=[paper()], by=desk.editor)
    client.force_login(desk.other_clerk)
    page = client.get(f"/campaigns/{campaign.pk}/plans/")
    assert "方案.pdf" in page.content.decode()
    assert b"".join(client.get(Evidence.objects.get().get_absolute_url()).streaming_content) == PDF


def test_plan_is_of_a_unit_on_the_roster_and_by_its_people(client, desk):
    with pytest.raises(PermissionDenied):
        file_plan(campaign=desk.campaign, unit=desk.unit, on=desk.today, files=[paper()], by=desk.other_clerk)
    off = make_unit("名单外", Unit.Kind.DEPARTMENT, desk.district)
    with pytest.raises(ValidationError, match="不在该战役的参战名单中"):
        file_plan(campaign=desk.campaign, unit=off, on=desk.today, files=[paper()], by=desk.editor)
    client.force_login(desk.editor)
    assert client.get(f"/campaigns/{desk.campaign.pk}/plans/{off.pk}/").status_code == 404


def test_plans_page_costs_the_same_at_any_number_of_units(client, desk):
    client.force_login(desk.editor)
    address = f"/campaigns/{desk.campaign.pk}/plans/"
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    seats = [{"unit": row.unit} for row in desk.campaign.roster.select_related("unit")]
    seats += [{"unit": make_unit(f"新{n}", Unit.Kind.DEPARTMENT, desk.district)} for n in range(30)]
    campaign_actions.set_roster(campaign=desk.campaign, seats=seats, by=desk.editor)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    assert len(few) == len(many)
