"""Kinds of bulletin changed in the browser: facts, outline, copies, retired, put back; forms of words are checked."""

import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports import drafting, kind_actions, kinds
from reports.models import ReportKind
from tests.campaigns.nonsense import NONSENSE
from tests.factories import make_user
from tests.reports.factories import END, make_editor, make_told_drive
from units import versions
from units.models import AuditEntry, Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(db, client):
    drive = make_told_drive()
    user = make_editor(drive)
    user.drive = drive
    client.force_login(user)
    return user


@pytest.fixture
def monthly(db):
    return ReportKind.objects.get(code="monthly")


def said(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


def facts_of(kind, **facts):
    """Return the fields of the form as it was opened."""
    names = ("name", "about", "rhythm", "head", "mark", "number_form", "title_form", "addressee", "cc", "version")
    return {name: getattr(kind, name) for name in names} | facts


def outline(kind):
    return [(row.level, row.heading, row.part) for row in kind.sections.all()]


# --- actions ------------------------------------------------------------------------------------


def test_a_kind_is_copied_with_its_outline(editor, monthly):
    made = kind_actions.create_kind(name=" 镇级月报 ", copy_of=monthly, by=editor)
    assert (made.name, made.is_own, made.head, outline(made)) == ("镇级月报", True, monthly.head, outline(monthly))
    assert made.code.startswith("own-")
    assert made.position == max(ReportKind.objects.values_list("position", flat=True))
    assert AuditEntry.objects.first().action == "kind.created"


def test_a_blank_kind_has_one_section_and_gives_an_issue(editor):
    made = kind_actions.create_kind(name="专报", by=editor)
    assert outline(made) == [(1, "总体情况", "totals")]
    report = drafting.create_report(campaign=editor.drive.campaign, kind=made, as_of=END, by=editor)
    assert report.title == "示范区“百日会战”情况通报"


def test_a_changed_kind_is_the_bureaus_own_and_leaves_issues_alone(editor, monthly):
    report = drafting.create_report(campaign=editor.drive.campaign, kind=monthly, as_of=END, by=editor)
    before = [row.heading for row in report.sections.all()]
    row = monthly.sections.exclude(heading="").first()
    kept = kind_actions.change_kind(
        kind=monthly, by=editor, version=1, about="改过", rows={row.pk: {"heading": "要情", "hint": "写要情"}}
    )
    assert (kept.is_own, kept.version, kept.about) == (True, 2, "改过")
    assert kept.sections.get(pk=row.pk).hint == "写要情"
    assert [row.heading for row in report.sections.all()] == before
    kinds.load_kinds()
    assert ReportKind.objects.get(pk=monthly.pk).about == "改过"
    with pytest.raises(versions.Conflict):
        kind_actions.change_kind(kind=monthly, by=editor, version=1, about="再改")


def test_an_outline_obeys_and_the_trail_keeps_it(editor, monthly):
    row = monthly.sections.exclude(heading="").first()
    kept = kind_actions.change_kind(kind=monthly, by=editor, order=f"remove:{row.pk}")
    assert row.heading not in [each.heading for each in kept.sections.all()]
    label, before, after = next(line for line in AuditEntry.objects.first().lines if line[0] == "提纲")
    assert (row.heading in before, row.heading in after.split("\n")) == (True, False)


@pytest.mark.parametrize(
    ("field", "form", "told"),
    [
        ("title_form", "{organiser}的{monat}通报", "不认识 {monat}，可以写 {organiser}、{campaign}"),
        ("number_form", "〔{year}〕{nummer}号", "不认识 {nummer}，可以写 {year}、{n}"),
        ("mark", "{issuer", "不认识 {，可以写 {issuer}"),
        ("mark", "}", "不认识 }，可以写 {issuer}"),
    ],
)
def test_a_form_of_words_with_an_unknown_name_is_refused(editor, monthly, field, form, told):
    with pytest.raises(ValidationError) as error:
        kind_actions.change_kind(kind=monthly, by=editor, **{field: form})
    assert told in error.value.message_dict[field][0]
    assert not ReportKind.objects.get(pk=monthly.pk).is_own


def test_a_retired_kind_is_offered_no_more_and_comes_back(client, editor, monthly):
    kind_actions.set_kind_active(kind=monthly, is_active=False, by=editor, version=1)
    assert monthly not in client.get("/reports/new/").context["form"].fields["kind"].queryset
    kind_actions.set_kind_active(kind=monthly, is_active=True, by=editor)
    assert monthly in client.get("/reports/new/").context["form"].fields["kind"].queryset
    actions = list(AuditEntry.objects.values_list("action", flat=True)[:2])
    assert actions == ["kind.enabled", "kind.disabled"]


def test_a_shipped_kind_is_put_back_with_facts_and_outline(editor, monthly):
    before = outline(monthly)
    row = monthly.sections.first()
    kind_actions.change_kind(kind=monthly, by=editor, about="改过", order=f"remove:{row.pk}")
    kept = kind_actions.put_back(kind=monthly, by=editor)
    told = kinds.shipped()["monthly"]
    assert (kept.about, outline(kept), kept.is_own) == (told["about"], before, False)
    assert AuditEntry.objects.first().action == "kind.shipped"


def test_an_own_kind_has_nothing_to_be_put_back_to(editor):
    made = kind_actions.create_kind(name="专报", by=editor)
    with pytest.raises(ValidationError, match="没有可以还原的原样"):
        kind_actions.put_back(kind=made, by=editor)


@pytest.mark.parametrize("role", [Role.LEADER, Role.CLERK, Role.VERIFIER])
def test_only_editors_change_kinds(editor, monthly, role):
    person = make_user("person", role, editor.drive.organiser)
    for write in (
        lambda: kind_actions.create_kind(name="x", by=person),
        lambda: kind_actions.change_kind(kind=monthly, by=person, about="x"),
        lambda: kind_actions.set_kind_active(kind=monthly, is_active=False, by=person),
        lambda: kind_actions.put_back(kind=monthly, by=person),
    ):
        with pytest.raises(PermissionDenied):
            write()
    assert not ReportKind.objects.visible_to(person).exists()


# --- pages --------------------------------------------------------------------------------------


def test_the_list_leads_to_every_kind_and_to_a_new_one(client, editor, monthly):
    page = client.get("/report-kinds/")
    assert len(page.context["table"].data) == len(kinds.shipped())
    assert f'href="/report-kinds/{monthly.pk}/"' in page.content.decode()
    assert 'href="/report-kinds/new/"' in page.content.decode()
    assert 'href="/report-kinds/"' in client.get("/reports/").content.decode()
    assert [row.code for row in client.get("/report-kinds/", {"q": "月通报"}).context["table"].data.data] == [
        "half-monthly",
        "monthly",
    ]


def test_a_kind_is_made_changed_and_tried_in_the_browser(client, editor, monthly):
    response = client.post("/report-kinds/new/", {"name": "专报", "copy_of": monthly.pk, "nonce": "n1"})
    made = ReportKind.objects.get(name="专报")
    assert response.url == f"/report-kinds/{made.pk}/"
    assert client.get(response.url).status_code == 200
    row = made.sections.exclude(heading="").first()
    fields = facts_of(made, mark="{issuer}专报", order=f"add:{row.pk}")
    fields |= {f"heading_{row.pk}": "要情", f"part_{row.pk}": "totals", f"hint_{row.pk}": "提示"}
    response = client.post(f"/report-kinds/{made.pk}/", fields)
    assert response.url == f"/report-kinds/{made.pk}/#row-{row.pk}"
    row.refresh_from_db()
    assert (row.heading, row.part, row.hint, row.is_written) == ("要情", "totals", "提示", False)
    page = client.get(f"/report-kinds/{made.pk}/preview/", {"campaign": editor.drive.campaign.pk})
    assert "要情" in said(page)
    assert "示范区专报" in said(page)


def test_a_wrong_form_of_words_stands_beside_its_field(client, editor, monthly):
    page = client.post(f"/report-kinds/{monthly.pk}/", facts_of(monthly, title_form="{monat}"))
    assert "不认识 {monat}" in page.context["form"].errors["title_form"][0]


def test_two_editors_of_a_kind_see_both_values(client, editor, monthly):
    kind_actions.change_kind(kind=monthly, by=editor, about="别人的")
    page = client.post(f"/report-kinds/{monthly.pk}/", facts_of(monthly, about="我的", version=1))
    assert ("我的", "别人的") in {(row["mine"], row["theirs"]) for row in page.context["conflict"]}


def test_retire_use_and_put_back_by_their_buttons(client, editor, monthly):
    do = f"/report-kinds/{monthly.pk}/do/"
    client.post(do, {"decision": "retire", "version": 1})
    assert not ReportKind.objects.get(pk=monthly.pk).is_active
    assert "已被他人修改" in said(client.post(do, {"decision": "use", "version": 1}, follow=True))
    client.post(do, {"decision": "use", "version": 2})
    assert ReportKind.objects.get(pk=monthly.pk).is_active
    client.post(do, {"decision": "put_back", "version": 3})
    assert not ReportKind.objects.get(pk=monthly.pk).is_own
    assert "请选择停用、启用或还原" in said(client.post(do, {"decision": "x"}, follow=True))


def test_a_campaign_that_is_not_ones_own_is_not_found(client, editor, monthly):
    for asked in ("", "x", "0", "9" * 30):
        assert client.get(f"/report-kinds/{monthly.pk}/preview/", {"campaign": asked}).status_code == 404


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_is_answered(client, editor, monthly, value):
    for field in ("name", "rhythm", "head", "mark", "title_form", "version", "order"):
        fields = facts_of(ReportKind.objects.get(pk=monthly.pk), **{field: value})
        assert client.post(f"/report-kinds/{monthly.pk}/", fields).status_code in {200, 302}
        assert client.post("/report-kinds/new/", {"name": value, "copy_of": value}).status_code in {200, 302}
    assert client.get(f"/report-kinds/{monthly.pk}/").status_code == 200
    assert client.get("/report-kinds/", {"q": value, "is_active": value}).status_code == 200


def test_the_list_costs_the_same_with_eleven_kinds_and_with_forty(client, editor):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/report-kinds/?per_page=100").status_code == 200
        return len(queries)

    cost()
    few = cost()
    for number in range(29):
        kind_actions.create_kind(name=f"自拟{number}", by=editor)
    assert cost() == few
