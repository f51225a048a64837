"""The list page: what it costs, what it says, what it exports."""

import io

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from tests.factories import make_unit, make_user
from units import actions
from units.models import AuditEntry, Role, Unit
from units.sheets import XLSX, safe_cell, workbook_response

LISTS = {
    "/units/": Role.SYSTEM_ADMIN,
    "/accounts/": Role.SYSTEM_ADMIN,
    "/roles/": Role.SECURITY_ADMIN,
    "/audit/": Role.AUDIT_ADMIN,
}


def grow(start, stop):
    """Add units, accounts with two roles each, and with them rows of the trail."""
    top = Unit.objects.filter(parent=None).first()
    for number in range(start, stop):
        unit = make_unit(f"单位{number}", Unit.Kind.PARK, top)
        user = make_user(f"user{number}", Role.CLERK, unit)
        actions.grant_role(user=user, unit=unit, role=Role.VERIFIER, by=AuditEntry.objects.first().by)


def rows_of(response):
    """Return the cells of an exported workbook."""
    book = load_workbook(io.BytesIO(response.content))
    return [list(row) for row in book.active.iter_rows(values_only=True)]


@pytest.mark.django_db
@pytest.mark.parametrize("url", LISTS)
def test_list_costs_the_same_with_one_row_and_with_thirty(client, url, django_assert_max_num_queries):
    client.force_login(make_user("boss", LISTS[url]))
    with django_assert_max_num_queries(8) as few:
        client.get(url)
    grow(0, 30)
    with django_assert_max_num_queries(8) as many:
        response = client.get(url)
    assert len(many) == len(few)
    assert len(response.context["table"].page.object_list) == 25


@pytest.mark.django_db
@pytest.mark.parametrize("url", LISTS)
def test_list_exports_what_the_filter_leaves_on_all_pages(client, url):
    client.force_login(make_user("boss", LISTS[url]))
    grow(0, 30)
    response = client.get(f"{url}?q=单位" if url == "/units/" else url, {"export": "xlsx"})
    assert response.headers["Content-Type"] == XLSX
    table = client.get(url).context["table"]
    title, told, as_of, *exported = rows_of(response)
    assert told[0] == "筛选：全部"
    assert as_of[0] == f"截至：{timezone.localdate()}"
    assert exported[0] == [str(column.header) for column in table.columns if column.name != "actions"]
    assert len(exported) - 1 == table.paginator.count


@pytest.mark.django_db
def test_export_holds_no_formula(client):
    client.force_login(make_user("boss", Role.SYSTEM_ADMIN))
    make_unit('=HYPERLINK("http://evil.example","x")', Unit.Kind.PARK, Unit.objects.get())
    response = client.get("/units/?kind=park&export=xlsx")
    book = load_workbook(io.BytesIO(response.content))
    cell = book.active["A5"]
    assert (cell.data_type, cell.value) == ("s", '\'=HYPERLINK("http://evil.example","x")')


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1"])
def test_safe_cell_takes_the_formula_out_of_text(text):
    assert safe_cell(text)[0] in "'="
    assert safe_cell(text) == "'" + text.replace("\r", "")


@pytest.mark.parametrize("value", ["招商信息", "a=b", "", 12, None, "第一行\n第二行"])
def test_safe_cell_leaves_the_rest_alone(value):
    assert safe_cell(value) == value


def test_safe_cell_drops_what_a_workbook_cannot_hold():
    assert safe_cell("甲\x00\x0b乙") == "甲乙"


def test_workbook_has_a_name_and_a_title_that_excel_takes():
    response = workbook_response("台账", "进度/排名[示范]：" + "长" * 40, [["名称"], ["甲"]])
    assert "filename*=UTF-8''%E5%8F%B0%E8%B4%A6-" in response.headers["Content-Disposition"]
    assert rows_of(response) == [["名称"], ["甲"]]


@pytest.mark.django_db
def test_list_says_what_it_is_filtered_by_and_how_to_undo_it(client):
    client.force_login(make_user("boss", Role.SYSTEM_ADMIN))
    response = client.get("/units/?q=经开&kind=park&sort=name&page=1")
    assert response.context["chips"] == [
        {"label": "名称：经开", "url": "?kind=park&sort=name"},
        {"label": "类别：园区", "url": "?q=%E7%BB%8F%E5%BC%80&sort=name"},
    ]
    page = response.content.decode()
    assert "没有符合筛选条件的记录" in page
    assert "/units/new/" in page


@pytest.mark.django_db
def test_list_sorts_by_its_columns(client):
    client.force_login(make_user("boss", Role.SYSTEM_ADMIN))
    grow(0, 3)
    names = [row.name for row in client.get("/units/?sort=-name").context["table"].data.data]
    assert names == sorted(names, reverse=True)
