"""Pages of the bulletin: list, draft, page, issue, files; who may, what nonsense does, what they cost."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports import issuing
from reports.documents import DOCUMENTS
from reports.kinds import MAIN
from reports.models import Report, ReportKind
from tests.campaigns.drives import day
from tests.campaigns.nonsense import NONSENSE
from tests.factories import make_unit, make_user
from tests.reports.factories import END, make_draft, make_editor, make_told_drive, write_sections
from units.models import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def drive(db):
    """Return a drive with figures."""
    return make_told_drive()


@pytest.fixture
def editor(drive, client):
    """Return a signed-in editor of the organiser."""
    user = make_editor(drive)
    client.force_login(user)
    return user


@pytest.fixture
def quick_files(monkeypatch):
    """Stand in for the files where a test asks about something else."""
    files = {kind: (lambda document, kind=kind: kind.encode(), type_) for kind, (_, type_) in DOCUMENTS.items()}
    monkeypatch.setattr(issuing, "DOCUMENTS", files)


def issue(report, editor):
    return issuing.issue(report=report, by=editor, today=day(10, 9))


def said(response):
    """Return the text of a page without tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", response.content.decode()))


FIELDS = {
    "title": "示范区总结",
    "as_of": "2026-09-30",
    "basis": "",
    "issuer": "示范区",
    "number": "第3期",
}


def main():
    return ReportKind.objects.get(code=MAIN)


TEXTS = {"主要做法": "一抓到底。", "下一步打算": "再接再厉。"}


def typed(report, **texts):
    """Return the fields of the form for sections of a draft, by their headings."""
    return {f"section_{row.pk}": texts[row.heading] for row in report.sections.all() if row.heading in texts}


# --- from the empty list to the issue -----------------------------------------------------------


def test_an_empty_list_names_the_next_step(client, editor):
    page = client.get("/reports/")
    assert "还没有期次" in said(page)
    assert 'href="/reports/new/"' in page.content.decode()


def test_a_new_draft_is_suggested_from_the_current_campaign(client, editor, drive):
    initial = client.get("/reports/new/").context["form"].initial
    assert (initial["campaign"], initial.get("title")) == (drive.campaign, None)  # the kind names it when left empty
    assert (initial["as_of"], initial["issuer"]) == (END, "示范区")


def test_write_change_issue_and_download(client, editor, drive):
    nonce = client.get("/reports/new/").context["nonce"]
    response = client.post(
        "/reports/new/", {**FIELDS, "campaign": drive.campaign.pk, "kind": main().pk, "nonce": nonce}
    )
    report = Report.objects.get()
    assert response.url == f"/reports/{report.pk}/"
    client.post("/reports/new/", {**FIELDS, "campaign": drive.campaign.pk, "kind": main().pk, "nonce": nonce})
    assert Report.objects.count() == 1  # sent twice, done once

    response = client.post(
        f"/reports/{report.pk}/change/", {**FIELDS, **typed(report, **TEXTS), "title": "改过的标题", "version": 1}
    )
    assert response.status_code == 302
    page = client.get(f"/reports/{report.pk}/")
    assert "改过的标题" in page.content.decode()
    assert "草稿" in said(page)
    assert page.context["title"] == "改过的标题"
    draft_pdf = client.get(f"/reports/{report.pk}/file/pdf/").content

    assert "确认印发" in said(client.get(f"/reports/{report.pk}/issue/"))
    assert client.post(f"/reports/{report.pk}/issue/", {"version": 2}).url == f"/reports/{report.pk}/"
    report.refresh_from_db()
    assert report.is_issued
    page = client.get(f"/reports/{report.pk}/")
    assert report.sha256 in page.content.decode()
    assert "/change/" not in page.content.decode()
    for kind, (_render, content_type) in DOCUMENTS.items():
        file = client.get(f"/reports/{report.pk}/file/{kind}/")
        assert (file.content, file.headers["Content-Type"]) == (
            bytes(report.files.get(kind=kind).content),
            content_type,
        )
        assert file.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''")
    assert draft_pdf[:5] == b"%PDF-"
    assert draft_pdf != bytes(report.files.get(kind="pdf").content)


def test_the_page_shows_the_figures_with_links_to_their_rows(client, editor, drive):
    page = client.get(make_draft(drive, editor).get_absolute_url()).content.decode()
    line = drive.lines["招商信息"]
    href = f"/campaigns/{drive.campaign.pk}/rows/?line={line}&amp;unit=&amp;basis=reported&amp;as_of=2026-09-30"
    assert f'<a href="{href}">14条</a>，占目标任务20条的70%' in page
    assert client.get(href.replace("&amp;", "&")).status_code == 200


def test_what_people_wrote_is_text_and_never_markup(client, editor, drive):
    report = make_draft(drive, editor, title="<b>题</b>", measures="<script>alert(1)</script>", plans="a & b")
    page = client.get(report.get_absolute_url()).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<b>题" not in page


def test_a_missing_figure_is_named_on_the_page_and_stops_file_and_issue(client, editor, drive):
    report = make_draft(drive, editor, as_of=day(8, 15))
    page = client.get(report.get_absolute_url())
    assert "「到位资金」没有任何单位报数" in said(page)
    assert "下载 PDF" not in said(page)
    for response in (
        client.get(f"/reports/{report.pk}/file/pdf/", follow=True),
        client.post(f"/reports/{report.pk}/issue/", {"version": 1}, follow=True),
    ):
        assert response.redirect_chain[-1][0] == report.get_absolute_url()
        assert "「到位资金」没有任何单位报数" in said(response)
    assert not Report.objects.get().is_issued


def test_an_unwritten_section_is_named_and_leads_to_writing(client, editor, drive):
    report = make_draft(drive, editor, measures="")
    assert "印发前还须写好：主要做法" in said(client.get(report.get_absolute_url()))
    page = client.get(f"/reports/{report.pk}/issue/")
    assert "请先写好：主要做法。" in said(page)
    assert "确认印发" not in said(page)
    client.post(f"/reports/{report.pk}/issue/", {"version": 1})
    assert not Report.objects.get().is_issued


@pytest.mark.parametrize("version", ["", "0", "7", "abc", "9" * 40, "-1"])
def test_an_issue_of_another_version_is_refused(client, editor, drive, version):
    report = make_draft(drive, editor)
    response = client.post(f"/reports/{report.pk}/issue/", {"version": version}, follow=True)
    assert "已被他人修改" in said(response)
    assert not Report.objects.get().is_issued


def test_two_editors_see_both_values_side_by_side(client, editor, drive):
    report = make_draft(drive, editor)
    write_sections(report, editor, 下一步打算="别人写的。")
    page = client.post(
        f"/reports/{report.pk}/change/", {**FIELDS, **typed(report, 下一步打算="我写的。"), "version": 1}
    )
    assert page.status_code == 200
    assert {(row["mine"], row["theirs"]) for row in page.context["conflict"]} >= {("我写的。", "别人写的。")}
    assert Report.objects.get().sections.get(heading="下一步打算").text == "别人写的。"


def test_the_campaign_of_a_draft_stays(client, editor, drive):
    report = make_draft(drive, editor)
    other = make_told_drive(name="另一战役", starts=day(1, 1), ends=day(6, 30)).campaign
    client.post(f"/reports/{report.pk}/change/", {**FIELDS, "campaign": other.pk, "version": 1})
    assert Report.objects.get().campaign == drive.campaign


@pytest.mark.parametrize("field", [*FIELDS, "campaign", "version", "nonce"])
def test_nonsense_gives_a_message_or_a_save_and_never_an_error(client, editor, drive, field):
    report = make_draft(drive, editor)
    for value in NONSENSE:
        fields = {**FIELDS, "campaign": drive.campaign.pk, field: value}
        made = client.post("/reports/new/", fields)
        changed = client.post(f"/reports/{report.pk}/change/", {"version": report.version, **fields})
        for response in (made, changed):
            assert response.status_code in {200, 302}
            if response.status_code == 200:
                assert response.context["form"].errors
        report.refresh_from_db()
    for kept in Report.objects.all():
        assert client.get(kept.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_in_the_address_of_the_list(client, editor, drive, value):
    make_draft(drive, editor)
    for name in ("q", "campaign", "status", "page", "sort"):
        assert client.get("/reports/", {name: value}).status_code in {200, 404}


@pytest.mark.parametrize("kind", ["doc", "exe", "html.pdf", "-"])
def test_an_unknown_kind_of_file_is_not_found(client, editor, drive, kind):
    assert client.get(f"/reports/{make_draft(drive, editor).pk}/file/{kind}/").status_code == 404


# --- who may ------------------------------------------------------------------------------------


def statuses(client, report):
    return [
        client.get(f"/reports/{report.pk}/").status_code,
        client.get(f"/reports/{report.pk}/file/html/").status_code,
        client.get(f"/reports/{report.pk}/change/").status_code,
        client.get(f"/reports/{report.pk}/issue/").status_code,
        client.post(f"/reports/{report.pk}/change/", {**FIELDS, "version": report.version}).status_code,
        client.post(f"/reports/{report.pk}/issue/", {"version": report.version}).status_code,
    ]


def test_an_editor_of_a_unit_reads_what_was_issued_and_writes_nothing(client, drive, quick_files):
    editor = make_editor(drive)
    draft, issued = make_draft(drive, editor), issue(make_draft(drive, editor), editor)
    client.force_login(make_user("below", Role.EDITOR, drive.units["甲镇"]))
    assert statuses(client, draft) == [404] * 6
    assert statuses(client, issued) == [200, 200, 403, 403, 403, 403]


def test_a_clerk_reads_what_was_issued(client, drive, quick_files):
    editor = make_editor(drive)
    draft, issued = make_draft(drive, editor), issue(make_draft(drive, editor), editor)
    client.force_login(make_user("clerk", Role.CLERK, drive.units["甲镇"]))
    assert statuses(client, issued) == [200, 200, 403, 403, 403, 403]
    assert statuses(client, draft)[:2] == [404, 404]
    assert [row.pk for row in client.get("/reports/").context["table"].data] == [issued.pk]
    assert "/reports/new/" not in client.get("/reports/").content.decode()


def test_a_stranger_finds_nothing(client, drive, quick_files):
    editor = make_editor(drive)
    issued = issue(make_draft(drive, editor), editor)
    client.force_login(make_user("stranger", Role.EDITOR, make_unit("外区")))
    assert statuses(client, issued) == [404] * 6
    assert len(client.get("/reports/").context["table"].data) == 0


def test_an_issued_report_asks_no_more(client, editor, drive, quick_files):
    issued = issue(make_draft(drive, editor), editor)
    assert client.get(f"/reports/{issued.pk}/issue/").url == issued.get_absolute_url()
    assert client.get(f"/reports/{issued.pk}/change/").status_code == 403


# --- what it costs ------------------------------------------------------------------------------


def cost(client, url):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def test_the_list_costs_the_same_with_one_report_and_with_thirty(client, editor, drive):
    make_draft(drive, editor)
    client.get("/reports/")
    one = cost(client, "/reports/")
    for _number in range(29):
        make_draft(drive, editor)
    assert cost(client, "/reports/") == one <= 8


def test_the_list_loads_no_files(client, editor, drive, quick_files):
    issue(make_draft(drive, editor), editor)
    with CaptureQueriesContext(connection) as queries:
        client.get("/reports/")
    assert not any('"pdf"' in query["sql"].split("FROM")[0] for query in queries)


def test_the_page_costs_the_same_with_three_units_and_with_forty(client, editor, drive):
    from tests.campaigns.factories import make_units, seat_many

    url = make_draft(drive, editor).get_absolute_url()
    client.get(url)
    few = cost(client, url)
    seat_many(drive.campaign, make_units(37, drive.organiser), group="部门")
    assert cost(client, url) == few


def test_a_page_has_one_first_heading_and_folds_long_history(client, editor, drive):
    draft = make_draft(drive, editor)
    text = client.get(f"/reports/{draft.pk}/").content.decode()
    assert text.count("<h1") == 1
    long = "走出去请进来" * 40
    write_sections(draft, editor, draft.version, 主要做法=long)
    text = client.get(f"/reports/{draft.pk}/").content.decode()
    assert f"<ins>{long}</ins></details>" in text
    assert f"<summary>{long[:37]}...</summary>" in text
