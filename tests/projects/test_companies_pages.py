"""Companies through their pages: masked numbers, what each reader sees of them, changes and their consequences."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.models import Entry
from projects import actions
from projects.models import Contact, CountingRule
from tests.factories import make_user
from tests.projects.factories import NONSENSE, make_company, make_contract, make_desk, make_visit
from tests.projects.forms import list_rows
from units.models import AuditEntry, Role

pytestmark = pytest.mark.django_db
PHONE = "13812341234"
MASKED = "138****1234"


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


@pytest.fixture
def company(desk):
    """Return a company with a number, met by its own and by another unit."""
    made = actions.create_company(name="蓝天公司", unit=desk.unit, phone=PHONE, contact="办公室主任", by=desk.clerk)
    make_visit(desk, company=made, unit=desk.units[1], by=desk.other_clerk)
    return made


def changed(company, **more):
    """Return a filled-in form that changes nothing yet."""
    return {
        "name": company.name, "credit_code": "", "origin": "country", "place": "", "version": company.version,
        "nonce": "c1",
    } | more  # fmt: skip


# --- the number


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("", ""),
        ("1234", "****"),
        ("12345", "****5"),
        ("8123456", "****456"),
        ("81234567", "****4567"),
        (PHONE, MASKED),
        ("+86 138 1234 1234", "+86**********1234"),
        (" 13812341234 ", MASKED),
    ],
)
def test_mask_hides_at_least_four_places(phone, shown):
    assert Contact(phone=phone).masked_phone == shown


@pytest.mark.parametrize("who", ["clerk", "other_clerk", "leader", "verifier", "editor"])
def test_number_is_masked_on_page_list_export_and_history(client, desk, company, who):
    client.force_login(getattr(desk, who))
    for url in (company.get_absolute_url(), "/companies/"):
        text = client.get(url).content.decode()
        assert MASKED in text
        assert PHONE not in text
    heads, *rows = list_rows(client.get("/companies/?export=xlsx"))
    assert rows[0][heads.index("联系电话")] == MASKED


def person(company):
    """Return the first contact of a company."""
    return company.contacts.get()


def test_number_does_not_enter_the_trail(client, desk, company):
    contact = person(company)
    data = {"name": "办公室主任", "title": "", "note": "", "version": 1, "nonce": "p1", "new_phone": "13899991234"}
    assert client.post(f"/contacts/{contact.pk}/change/", data).url == company.get_absolute_url()
    contact.refresh_from_db()
    assert contact.phone == "13899991234"
    assert not AuditEntry.objects.filter(changes__contains=PHONE).exists()
    assert not AuditEntry.objects.filter(changes__contains="13899991234").exists()
    assert AuditEntry.objects.get(action="company.contact_changed").lines == [("联系电话", MASKED, MASKED)]


@pytest.mark.parametrize("who", ["clerk", "editor"])
def test_number_is_shown_on_request_and_leaves_exactly_one_row(client, desk, company, who):
    user = getattr(desk, who)
    client.force_login(user)
    assert "显示完整电话" in client.get(company.get_absolute_url()).content.decode()
    before = AuditEntry.objects.count()
    response = client.post(f"/contacts/{person(company).pk}/phone/")
    assert PHONE in response.content.decode()
    assert AuditEntry.objects.count() == before + 1
    row = AuditEntry.objects.first()
    assert (row.by, row.action, row.object_id) == (user, "company.phone_shown", company.pk)
    assert PHONE not in row.changes
    assert PHONE not in client.get(company.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("who", "status"), [("other_clerk", 403), ("leader", 403), ("verifier", 403)])
def test_number_is_refused_to_others(client, desk, company, who, status):
    client.force_login(getattr(desk, who))
    assert "显示完整电话" not in client.get(company.get_absolute_url()).content.decode()
    response = client.post(f"/contacts/{person(company).pk}/phone/")
    assert response.status_code == status
    assert PHONE not in response.content.decode()
    assert not AuditEntry.objects.filter(action="company.phone_shown").exists()
    assert AuditEntry.objects.first().action == "page.refused"


def test_number_of_a_company_one_never_met_is_not_found(client, desk):
    unseen = actions.create_company(name="红土公司", unit=desk.unit, phone=PHONE, by=desk.clerk)
    client.force_login(desk.other_clerk)
    assert client.post(f"/contacts/{person(unseen).pk}/phone/").status_code == 404
    assert not AuditEntry.objects.filter(action="company.phone_shown").exists()


def test_number_is_no_page_to_read(client, company):
    assert client.get(f"/contacts/{person(company).pk}/phone/").status_code == 403


# --- who sees what


def test_company_of_others_is_not_found(client, desk):
    unseen = make_company(desk, "红土公司")
    client.force_login(desk.other_clerk)
    assert "红土公司" not in client.get("/companies/").content.decode()
    for page in ("", "change/"):
        assert client.get(f"/companies/{unseen.pk}/{page}").status_code == 404
    assert client.post(f"/companies/{unseen.pk}/change/", changed(unseen, name="改名公司")).status_code == 404
    unseen.refresh_from_db()
    assert (unseen.name, unseen.version) == ("红土公司", 1)


@pytest.mark.parametrize("who", ["other_clerk", "leader", "verifier", "editor"])
def test_only_a_clerk_of_the_unit_that_entered_it_changes_it(client, desk, company, who):
    client.force_login(getattr(desk, who))
    url = f"/companies/{company.pk}/change/"
    assert url not in client.get(company.get_absolute_url()).content.decode()
    assert client.get(url).status_code == 403
    assert client.post(url, changed(company, name="改名公司")).status_code == 403
    company.refresh_from_db()
    assert (company.name, company.version) == ("蓝天公司", 1)


def test_page_and_list_count_only_what_the_reader_may_see(client, desk, company):
    make_visit(desk, company=company)
    withdrawn = make_visit(desk, company=company)
    actions.withdraw_visit(visit=withdrawn, reason="填错", by=desk.clerk)
    make_contract(desk, company=company, name="蓝天一期")
    make_contract(desk, company=company, name="他人项目", unit=desk.units[1], by=desk.other_clerk)

    def counts(user):
        client.force_login(user)
        (row,) = client.get("/companies/").context["table"].data.data
        return row.project_count, row.visit_count

    assert counts(desk.leader) == (2, 2)
    assert counts(desk.clerk) == (1, 1)
    response = client.get(company.get_absolute_url())
    text = response.content.decode()
    assert "蓝天一期" in text
    assert "他人项目" not in text
    assert len(response.context["visits"]) == 2


def test_page_shows_the_latest_visits_and_leads_to_the_rest(client, desk, company, monkeypatch):
    monkeypatch.setattr("projects.views.companies.SHOWN", 2)
    for _number in range(3):
        make_visit(desk, company=company)
    response = client.get(company.get_absolute_url())
    assert len(response.context["visits"]) == 2
    assert "最近 2 次" in response.content.decode()
    assert "/visits/?q=%E8%93%9D%E5%A4%A9" in response.content.decode()


def test_page_without_projects_or_meetings_says_so(client, desk):
    text = client.get(make_company(desk, "红土公司").get_absolute_url()).content.decode()
    assert "还没有项目" in text
    assert "还没有走访来访" in text
    assert "<title>红土公司" in text


# --- change


def test_change_is_saved_and_stands_in_the_history(client, company):
    url = f"/companies/{company.pk}/change/"
    response = client.post(url, changed(company, place="深圳", credit_code="91530100ma6k2ab12d"))
    company.refresh_from_db()
    assert (response.url, company.place, company.credit_code) == (
        company.get_absolute_url(), "深圳", "91530100MA6K2AB12D",
    )  # fmt: skip
    assert "<ins>91530100MA6K2AB12D</ins>" in client.get(response.url).content.decode()


def test_changed_origin_counts_all_its_facts_anew(client, desk):
    CountingRule.objects.filter(fact="visit.outbound").update(conditions={"origins": ["abroad"]})
    company = make_company(desk)
    make_visit(desk, company=company)
    make_visit(desk, company=company, unit=desk.units[1], by=desk.other_clerk)
    standing = Entry.objects.live().filter(source_kind="projects.visit")
    assert standing.count() == 0
    client.post(f"/companies/{company.pk}/change/", changed(company, origin="abroad"))
    assert sorted(standing.values_list("unit__name", "amount")) == [
        ("商务局", Decimal(1)),
        ("工信局", Decimal(1)),
    ]


def test_taken_name_and_code_are_refused_beside_the_field(client, desk, company):
    actions.create_company(name="白云公司", unit=desk.unit, credit_code="91530100MA6K2AB12D", by=desk.clerk)
    url = f"/companies/{company.pk}/change/"
    assert "已有同名企业" in str(client.post(url, changed(company, name="白云公司")).context["form"].errors["name"])
    response = client.post(url, changed(company, credit_code="91530100MA6K2AB12D"))
    assert "已有企业使用这一信用代码" in response.content.decode()
    company.refresh_from_db()
    assert (company.name, company.credit_code) == ("蓝天公司", "")


def test_second_of_two_clerks_sees_both_values(client, desk, company):
    colleague = Client()
    colleague.force_login(make_user("colleague", Role.CLERK, desk.unit))
    url = f"/companies/{company.pk}/change/"
    colleague.post(url, changed(company, place="广州"))
    response = client.post(url, changed(company, place="深圳"))
    shown = {row["label"]: (row["mine"], row["theirs"]) for row in response.context["conflict"]}
    assert shown == {"所在地": ("深圳", "广州")}
    company.refresh_from_db()
    assert company.place == "广州"


def test_form_sent_twice_changes_once(client, company):
    url = f"/companies/{company.pk}/change/"
    data = changed(company, place="深圳")
    assert client.post(url, data).url == client.post(url, data).url
    assert AuditEntry.objects.filter(action="company.changed").count() == 1


# --- the list


def test_list_filters_sorts_and_exports_without_formulas(client, desk, company):
    actions.create_company(
        name="=1+1", unit=desk.unit, origin="abroad", credit_code="91530100MA6K2AB12D", contact="@SUM(A1)",
        by=desk.clerk,
    )  # fmt: skip

    def found(**query):
        return [row.name for row in client.get("/companies/", query).context["table"].data.data]

    assert found() == ["=1+1", "蓝天公司"]
    assert found(q="蓝天") == ["蓝天公司"]
    assert found(q="6k2ab") == ["=1+1"]
    assert found(origin="abroad") == ["=1+1"]
    for column in ("name", "origin", "place", "contact", "project_count", "visit_count"):
        assert set(found(sort=column)) == set(found(sort=f"-{column}")) == {"=1+1", "蓝天公司"}
    assert found(sort="-name") == ["蓝天公司", "=1+1"]
    rows = list_rows(client.get("/companies/?export=xlsx"))
    assert [row[1:] for row in rows] == [
        ["企业名称", "资金来源", "所在地", "联系人", "联系电话", "项目数", "走访来访次数"],
        ["'=1+1", "国外", None, "'@SUM(A1)", None, 0, 0],
        ["蓝天公司", "省外", None, "办公室主任", MASKED, 0, 0],
    ]


def test_empty_list_names_the_next_step(client, desk):
    text = client.get("/companies/").content.decode()
    assert "还没有企业" in text
    assert "/visits/new/" in text


# --- nonsense


@pytest.mark.parametrize("junk", NONSENSE)
def test_nonsense_in_any_field_gets_a_message(client, company, junk):
    for number, name in enumerate(changed(company)):
        company.refresh_from_db()
        data = changed(company, **{"nonce": f"{junk[:3]}{number}", name: junk})
        response = client.post(f"/companies/{company.pk}/change/", data)
        assert response.status_code == 302 or response.context["form"].errors, (name, junk)
        assert client.get(company.get_absolute_url()).status_code == 200
    for name in ("q", "origin", "page", "per_page", "sort"):
        assert client.get("/companies/", {name: junk}).status_code == 200


# --- cost


def queries(client, url):
    """Return how many queries a page takes, and that it is shown."""
    client.get(url)
    with CaptureQueriesContext(connection) as taken:
        assert client.get(url).status_code == 200
    return len(taken)


def test_list_costs_the_same_at_any_length(client, desk, company):
    few = queries(client, "/companies/")
    for number in range(30):
        row = make_company(desk, f"公司{number}")
        make_visit(desk, company=row)
        make_contract(desk, company=row, name=f"项目{number}")
    assert queries(client, "/companies/") == few <= 10


def test_page_costs_the_same_with_one_row_and_with_thirty(client, desk, company):
    """Three for the user; company, projects, shares, visits, history; contacts, names, lists, claims, plans."""
    make_visit(desk, company=company)
    make_contract(desk, company=company)
    few = queries(client, company.get_absolute_url())
    for number in range(30):
        make_visit(desk, company=company)
        make_contract(desk, company=company, name=f"项目{number}")
    assert queries(client, company.get_absolute_url()) == few <= 14
