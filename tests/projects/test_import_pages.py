"""The pages of imports: who sees which, what bad input is answered with, and what they cost."""

import io
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from projects.imports import batches, progress
from projects.models import ImportBatch, Project
from tests.projects import factories
from tests.projects.imports import hostile, sheets_in
from tests.projects.imports.test_batches import LEDGER


@pytest.fixture
def desk(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return factories.make_desk()


@pytest.fixture
def browser(client, desk):
    client.force_login(desk.clerk)
    return client


def page(name, batch):
    """Return the address of a page of an import."""
    return reverse(f"projects:{name}", args=[batch.pk])


def send_file(browser, desk, content=LEDGER, name="台账.csv", **facts):
    """Upload a file as the form does."""
    told = {"kind": "project", "unit": desk.unit.pk, "file": SimpleUploadedFile(name, content), "nonce": "n1"}
    return browser.post(reverse("projects:import_create"), {**told, **facts})


def chosen(browser, batch):
    """Return the fields of the column form as the page shows them."""
    form = browser.get(page("import_map", batch)).context["form"]
    return {field.name: field.value() for field in form} | {"nonce": "n2"}


def test_file_goes_from_upload_to_receipt_and_is_undone(browser, desk):
    empty = browser.get(reverse("projects:import_list")).content.decode()
    assert "还没有导入过" in empty
    assert reverse("projects:import_create") in empty
    answer = send_file(browser, desk)
    batch = ImportBatch.objects.get()
    assert answer.url == page("import_map", batch)
    answer = browser.post(page("import_map", batch), chosen(browser, batch))
    assert answer.url == batch.get_absolute_url()
    shown = browser.get(answer.url).content.decode()
    for words in ("确认导入 2 行", "没有填项目名称", "A4", "蓝天一期"):
        assert words in shown
    refused = browser.get(answer.url, {"outcome": "refused"})
    assert [line.number for line in refused.context["lines"]] == [4]
    batch.refresh_from_db()
    answer = browser.post(page("import_confirm", batch), {"version": batch.version, "nonce": "n3"}, follow=True)
    batch.refresh_from_db()
    assert batch.receipt in answer.content.decode()
    assert Project.objects.count() == 2
    form = browser.get(page("import_undo", batch)).context["form"]
    told = {"version": form["version"].value(), "seen": form["seen"].value(), "nonce": "n4"}
    answer = browser.post(page("import_undo", batch), told, follow=True)
    assert "已撤销" in answer.content.decode()
    assert Project.objects.count() == 0
    browser.get(ImportBatch.objects.get(undoes=batch).get_absolute_url())


def test_strangers_see_neither_import_nor_file(client, desk):
    batch = sheets_in.preview(desk, LEDGER)
    names = ("preview", "map", "progress", "confirm", "undo", "retry", "refused", "file")
    client.force_login(desk.other_clerk)
    assert {client.get(page(f"import_{name}", batch)).status_code for name in names} == {404}
    assert "台账.csv" not in client.get(reverse("projects:import_list")).content.decode()
    client.force_login(desk.leader)
    assert {client.get(page(f"import_{name}", batch)).status_code for name in names} == {403}
    client.force_login(desk.editor)
    answer = client.get(page("import_file", batch))
    assert b"".join(answer.streaming_content) == LEDGER
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_file_for_a_unit_of_others_is_refused(browser, desk):
    assert "unit" in send_file(browser, desk, unit=desk.units[1].pk).context["form"].errors
    assert ImportBatch.objects.count() == 0


@pytest.mark.parametrize("name", ["a.pdf", "a.xlsx", "a.xls", "a.csv", "无后缀", "a.xlsm"])
def test_files_that_are_no_workbook_are_refused_beside_the_field(browser, desk, name):
    for content in (b"x", b"PK\x03\x04broken", b"%PDF-1.4", bytes(range(256)) * 4):
        answer = send_file(browser, desk, content=content, name=name, nonce="")
        assert answer.status_code == 200
        assert "file" in answer.context["form"].errors
    assert ImportBatch.objects.count() == 0


def test_hostile_workbooks_never_break_a_page(browser, desk):
    for number, book in enumerate(hostile.hostile_workbooks()[::10]):
        answer = send_file(browser, desk, content=book.data, name=book.name, nonce=f"h{number}")
        if answer.status_code == 302:
            batch = ImportBatch.objects.latest("pk")
            answer = browser.post(page("import_map", batch), chosen(browser, batch) | {"nonce": ""}, follow=True)
        assert answer.status_code == 200, book.title
    assert Project.objects.count() == 0


@pytest.mark.parametrize("value", factories.NONSENSE)
def test_nonsense_in_any_field_is_answered(browser, desk, value):
    batch = sheets_in.preview(desk, LEDGER)
    for name in ("kind", "unit"):
        assert send_file(browser, desk, nonce="", **{name: value}).status_code == 200
    fields = chosen(browser, batch)
    for name in fields:
        if name != "nonce":
            answer = browser.post(page("import_map", batch), {**fields, name: value, "nonce": ""})
            assert answer.status_code in (200, 302), name
    for target, told in (
        ("import_confirm", {"version": value}),
        ("import_undo", {"version": value, "seen": value}),
        ("import_retry", {"nonce": value}),
    ):
        assert browser.post(page(target, batch), told).status_code in (200, 302)
    for query in ("outcome", "page", "sheet"):
        for target in ("import_preview", "import_map"):
            assert browser.get(page(target, batch), {query: value}).status_code == 200
    assert Project.objects.count() == 0


def test_form_opened_before_a_second_preview_is_refused(browser, desk):
    batch = sheets_in.preview(desk, LEDGER)
    answer = browser.post(page("import_confirm", batch), {"version": batch.version - 1, "nonce": "n5"})
    assert "已被他人修改" in answer.content.decode()
    assert Project.objects.count() == 0


def test_same_form_sent_twice_imports_once(browser, desk):
    batch = sheets_in.preview(desk, LEDGER)
    told = {"version": batch.version, "nonce": "same"}
    for _time in range(2):
        assert browser.post(page("import_confirm", batch), told).status_code == 302
    assert Project.objects.count() == 2


def test_progress_is_told_in_the_background_and_the_page_comes_anew(browser, desk):
    batch = sheets_in.preview(desk, LEDGER)
    ImportBatch.objects.filter(pk=batch.pk).update(state="running", work="confirm")
    assert "正在排队" in browser.get(batch.get_absolute_url()).content.decode()
    with progress.reporting(batch) as tell:
        tell(1, 4)
        told = browser.get(page("import_progress", batch), headers={"X-Background": "1"}).content.decode()
    assert "已完成 25%" in told
    assert 'hx-trigger="every 1s"' in told
    assert '"X-Background": "1"' in told
    assert '<meta http-equiv="refresh"' in browser.get(batch.get_absolute_url()).content.decode()
    ImportBatch.objects.filter(pk=batch.pk).update(state="done")
    assert browser.get(page("import_progress", batch))["HX-Refresh"] == "true"


def test_polling_does_not_prolong_the_session(browser, desk):
    batch = sheets_in.preview(desk, LEDGER)
    browser.get(batch.get_absolute_url())
    session = browser.session
    session["seen_at"] -= 600
    session.save()
    before = browser.session["seen_at"]
    browser.get(page("import_progress", batch), headers={"X-Background": "1"})
    assert browser.session["seen_at"] == before


@pytest.mark.parametrize("kind", ImportBatch.Kind.values)
def test_template_has_drop_downs_notes_and_a_marked_example(browser, desk, kind):
    answer = browser.get(reverse("projects:import_template", args=[kind]))
    book = load_workbook(io.BytesIO(answer.content))
    sheet = book.worksheets[0]
    assert sheet.data_validations.dataValidation
    assert any(cell.comment for cell in sheet[1])
    assert any(str(cell.value).startswith("【示例】") for cell in sheet[2])
    assert all(cell.data_type != "f" for row in sheet for cell in row)
    assert browser.get(reverse("projects:import_template", args=["none"])).status_code == 404


def test_refused_rows_are_a_workbook_without_formulas(browser, desk):
    content = sheets_in.csv_of(("项目名称", "投资方", "总投资(亿元)"), [("=1+1", "甲公司", "近三亿")])
    batch = sheets_in.preview(desk, content)
    sheet = load_workbook(io.BytesIO(browser.get(page("import_refused", batch)).content)).active
    rows = [[cell.value for cell in row] for row in sheet]
    assert rows[0] == ["项目名称", "投资方", "计划总投资(亿元)", "原表行号", "不能导入的原因"]
    assert rows[1][:4] == ["'=1+1", "甲公司", "近三亿", 2]
    assert rows[1][4].startswith("C2：")


def cost(browser, url):
    """Return how many queries a page takes."""
    with CaptureQueriesContext(connection) as queries:
        assert browser.get(url).status_code == 200
    return len(queries)


def test_pages_cost_the_same_at_any_length(browser, desk):
    def ledger(size, start):
        rows = [(f"项目{start + n}", f"公司{start + n}", "", "工业", "1", "", "", "", "") for n in range(size)]
        return sheets_in.ledger_of(rows)

    one, many = sheets_in.preview(desk, ledger(1, 0)), sheets_in.preview(desk, ledger(30, 100))
    for name in ("import_preview", "import_map", "import_confirm"):
        assert cost(browser, page(name, one)) == cost(browser, page(name, many)) <= 16, name
    sheets_in.confirm(desk, one)
    sheets_in.confirm(desk, many)
    assert cost(browser, page("import_undo", one)) == cost(browser, page("import_undo", many))
    short = cost(browser, reverse("projects:import_list"))
    for number in range(20):
        sheets_in.upload(desk, ledger(1, 1000 + number))
    assert cost(browser, reverse("projects:import_list")) == short


def test_work_costs_the_same_queries_at_any_length(desk):
    def ledger(size, start):
        rows = [
            (f"项目{start + n}", f"公司{start + n}", "", "工业", "1", "2026-03-01", "100", "2026-04-01", "")
            for n in range(size)
        ]  # fmt: skip
        return sheets_in.ledger_of(rows)

    def taken(size, start):
        batch = sheets_in.upload(desk, ledger(size, start))
        counts = []
        for step in (
            lambda: batches.map_columns(
                batch=batch, sheet=batch.sheet, mapping=batches.suggested(batch), by=desk.clerk, today=desk.today
            ),
            lambda: sheets_in.confirm(desk, batch),
            lambda: sheets_in.undo(desk, batch),
        ):
            with CaptureQueriesContext(connection) as queries:
                step()
            counts.append(len(queries))
        return counts

    few, many = taken(3, 0), taken(60, 100)
    assert all(more <= less + 6 for less, more in zip(few, many, strict=True)), json.dumps([few, many])


LISTS = (
    ("project_list", "project"), ("visit_list", "visit"), ("trip_list", "trip"), ("milestone_list", "instalment"),
    ("problem_list", "problem"), ("company_list", "company"),
)  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), LISTS, ids=[kind for _name, kind in LISTS])
def test_list_leads_to_the_import_of_its_kind(client, desk, name, kind):
    link = f"{reverse('projects:import_create')}?kind={kind}"
    for user, sees in ((desk.clerk, True), (desk.editor, True), (desk.leader, False)):
        client.force_login(user)
        assert (link in client.get(reverse(f"projects:{name}")).content.decode()) is sees
    client.force_login(desk.clerk)
    form = client.get(link).context["form"]
    assert form["kind"].value() == kind


def test_every_kind_stands_on_the_page_with_its_template(browser):
    shown = browser.get(reverse("projects:import_create")).content.decode()
    for kind in ImportBatch.Kind:
        assert f'value="{kind}"' in shown
        assert reverse("projects:import_template", args=[kind]) in shown
        assert browser.get(reverse("projects:import_template", args=[kind])).status_code == 200


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("trip", "单位,出行目的,带队人,出发日期,返回日期\n商务局,赴岭南,张三,2026-05-18,2026-05-20\n"),
        ("problem", "项目,问题,责任单位,提出日期,承诺期限\n蓝天一期,用地未批,商务局,2026-05-18,2026-06-30\n"),
    ],
)
def test_row_of_the_receipt_leads_to_its_record(browser, desk, kind, content):
    factories.make_project(desk)
    send_file(browser, desk, content=content.encode(), kind=kind)
    batch = ImportBatch.objects.get()
    browser.post(page("import_map", batch), chosen(browser, batch))
    batch.refresh_from_db()
    browser.post(page("import_confirm", batch), {"version": batch.version, "nonce": "n3"})
    batch.refresh_from_db()
    (line,) = browser.get(batch.get_absolute_url()).context["lines"]
    assert (batch.state, line.outcome) == ("done", "新增")
    assert line.title in browser.get(line.url).content.decode()


@pytest.mark.parametrize(
    ("kind", "units"), [("trip", ["商务局"]), ("problem", ["示范区", "商务局", "工信局", "文旅局"])]
)
def test_template_offers_the_units_that_its_rows_may_name(browser, kind, units):
    answer = browser.get(reverse("projects:import_template", args=[kind]))
    book = load_workbook(io.BytesIO(answer.content))
    place = [cell.value for cell in book.worksheets[0][1]].index("单位" if kind == "trip" else "责任单位") + 1
    offered = [row[place - 1] for row in book["选项"].iter_rows(values_only=True)]
    assert [text for text in offered if text] == units
