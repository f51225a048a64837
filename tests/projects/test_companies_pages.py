"""The list of companies, the page of one, its phone number, changing it."""

import pytest

from projects import actions
from projects.models import Company
from tests.projects.factories import NONSENSE, make_company, make_contract, make_desk, make_project, make_visit
from tests.projects.forms import nonsense_in_every_field, rows_of, send
from units.models import AuditEntry

pytestmark = pytest.mark.django_db
PHONE, HIDDEN = "13812341234", "138****1234"


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    made.company = actions.create_company(name="蓝天公司", unit=made.unit, phone=PHONE, by=made.clerk)
    return made


def change(company, **changed):
    """Return a filled-in change."""
    filled = {
        "name": company.name, "credit_code": "91360800ma0000000x", "origin": "hmt", "place": "深圳",
        "contact": "总经办", "new_phone": "", "version": company.version,
    }  # fmt: skip
    return filled | changed


def test_list_counts_only_what_one_may_see(client, desk):
    make_project(desk, company=desk.company)
    make_visit(desk, company=desk.company)
    make_visit(desk, company=desk.company, unit=desk.units[1], by=desk.other_clerk)
    row = client.get("/companies/").context["table"].rows[0]
    assert (row.get_cell("project_count"), row.get_cell("visit_count")) == (1, 1)
    client.force_login(desk.leader)
    row = client.get("/companies/").context["table"].rows[0]
    assert (row.get_cell("project_count"), row.get_cell("visit_count")) == (1, 2)


def test_list_filters_and_sorts(client, desk):
    other = make_company(desk, "乙公司")
    actions.change_company(company=other, origin="city", credit_code="91360800MA0000000Y", by=desk.clerk)
    for query, found in (
        ("q=蓝天", ["蓝天公司"]), ("q=0000Y", ["乙公司"]), ("origin=city", ["乙公司"]), ("q=没有", []),
    ):  # fmt: skip
        table = client.get(f"/companies/?{query}").context["table"]
        assert [row.record.name for row in table.rows] == found, query
    for column in ("name", "origin", "place", "project_count", "visit_count"):
        assert len(client.get(f"/companies/?sort=-{column}").context["table"].rows) == 2


@pytest.mark.parametrize("field", ["q", "origin", "sort"])
def test_list_bears_nonsense_in_its_address(client, desk, field):
    for text in NONSENSE:
        assert client.get("/companies/", {field: text}).status_code == 200


@pytest.mark.parametrize("rows", [1, 30])
def test_list_costs_the_same_at_any_length(client, desk, rows, django_assert_num_queries):
    for number in range(rows):
        make_contract(desk, name=f"项目{number}", company=make_company(desk, f"公司{number}"))
    client.get("/companies/")
    with django_assert_num_queries(5):  # session, user, roles, count, rows
        client.get("/companies/")


def test_export_hides_the_phone_number(client, desk):
    rows = rows_of(client.get("/companies/?export=xlsx"))
    assert rows[1][4] == HIDDEN
    assert PHONE not in str(rows)


def test_page_hides_the_phone_number_and_shows_what_one_may_see(client, desk):
    make_project(desk, company=desk.company, name="我的项目")
    make_project(desk, company=desk.company, name="别家项目", unit=desk.units[1], by=desk.other_clerk)
    make_visit(desk, company=desk.company)
    response = client.get(f"/companies/{desk.company.pk}/")
    text = response.content.decode()
    assert HIDDEN in text
    assert PHONE not in text
    assert "我的项目" in text
    assert "别家项目" not in text
    assert len(response.context["visits"]) == 1


def test_phone_number_shows_once_and_leaves_a_row(client, desk):
    url = f"/companies/{desk.company.pk}/phone/"
    response = client.post(url)
    assert PHONE in response.content.decode()
    row = AuditEntry.objects.get(action="company.phone_shown")
    assert (row.by, row.object_id) == (desk.clerk, desk.company.pk)
    assert PHONE not in client.get(f"/companies/{desk.company.pk}/").content.decode()
    assert client.get(url).status_code in {403, 405}


def test_phone_number_is_for_the_entering_unit_and_editors(client, desk):
    make_visit(desk, company=desk.company, unit=desk.units[1], by=desk.other_clerk)
    url = f"/companies/{desk.company.pk}/phone/"
    client.force_login(desk.editor)
    assert PHONE in client.post(url).content.decode()
    for user in (desk.other_clerk, desk.leader, desk.verifier):
        client.force_login(user)
        response = client.post(url)
        assert response.status_code == 403
        assert PHONE not in response.content.decode()
        assert PHONE not in client.get(f"/companies/{desk.company.pk}/").content.decode()
    assert AuditEntry.objects.filter(action="company.phone_shown").count() == 1


def test_company_of_another_unit_is_not_found(client, desk):
    client.force_login(desk.other_clerk)
    for path in ("", "change/"):
        assert client.get(f"/companies/{desk.company.pk}/{path}").status_code == 404
    assert client.post(f"/companies/{desk.company.pk}/phone/").status_code == 404
    assert send(client, f"/companies/{desk.company.pk}/change/", **change(desk.company)).status_code == 404
    desk.company.refresh_from_db()
    assert desk.company.origin == "country"
    assert not AuditEntry.objects.filter(action="company.phone_shown").exists()


def test_unit_that_met_a_company_reads_and_does_not_change_it(client, desk):
    make_visit(desk, company=desk.company, unit=desk.units[1], by=desk.other_clerk)
    client.force_login(desk.other_clerk)
    assert client.get(f"/companies/{desk.company.pk}/").status_code == 200
    assert client.get(f"/companies/{desk.company.pk}/change/").status_code == 403
    assert send(client, f"/companies/{desk.company.pk}/change/", **change(desk.company)).status_code == 403


def test_change_keeps_an_unchanged_phone_number(client, desk):
    url = f"/companies/{desk.company.pk}/change/"
    text = client.get(url).content.decode()
    assert HIDDEN in text
    assert PHONE not in text
    assert send(client, url, **change(desk.company)).status_code == 302
    desk.company.refresh_from_db()
    kept = (desk.company.phone, desk.company.credit_code, desk.company.origin)
    assert kept == (PHONE, "91360800MA0000000X", "hmt")
    send(client, url, **change(desk.company, new_phone="0796-1234567"))
    desk.company.refresh_from_db()
    assert desk.company.phone == "0796-1234567"


def test_conflict_does_not_show_the_phone_number(client, desk):
    actions.change_company(company=desk.company, place="他处", by=desk.clerk)
    response = send(client, f"/companies/{desk.company.pk}/change/", **change(desk.company, version=1))
    assert "他处" in response.content.decode()
    assert PHONE not in response.content.decode()


@pytest.mark.parametrize(
    ("changed", "field", "told"),
    [
        ({"credit_code": "123"}, "credit_code", "18 位"),
        ({"new_phone": "电话"}, "new_phone", "电话只能是"),
        ({"name": ""}, "name", "必填"),
    ],
)
def test_bad_input_is_told_beside_its_field(client, desk, changed, field, told):
    response = send(client, f"/companies/{desk.company.pk}/change/", **change(desk.company, **changed))
    assert told in " ".join(response.context["form"].errors[field])


def test_name_and_code_of_another_company_are_refused(client, desk):
    other = make_company(desk, "乙公司")
    actions.change_company(company=other, credit_code="91360800MA0000000X", by=desk.clerk)
    response = send(client, f"/companies/{desk.company.pk}/change/", **change(desk.company))
    assert "已有企业使用这一信用代码" in response.content.decode()
    response = send(
        client, f"/companies/{desk.company.pk}/change/", **change(desk.company, name="乙公司", credit_code="")
    )
    assert "已有同名企业" in response.content.decode()
    assert Company.objects.filter(name="蓝天公司").exists()


def test_nonsense_in_a_change_never_breaks_the_page(client, desk):
    assert nonsense_in_every_field(client, f"/companies/{desk.company.pk}/change/", change(desk.company)) == []


def test_short_phone_numbers_are_hidden_whole():
    assert Company(phone="12345").masked_phone == "*****"
    assert Company(phone="").masked_phone == ""
    assert Company(phone=PHONE).masked_phone == HIDDEN
