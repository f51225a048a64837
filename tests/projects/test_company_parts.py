"""What belongs to a company: several contacts, other names, places on top-500 lists; who changes them."""

import pytest

from projects import actions
from projects.models import CompanyName, Contact, Listing
from tests.projects.factories import make_company, make_desk, make_visit
from tests.projects.forms import nonsense_in_every_field, send
from units.models import AuditEntry

pytestmark = pytest.mark.django_db
PHONE, MASKED = "13812341234", "138****1234"
CONTACT = {"name": "张三", "title": "董事长", "new_phone": PHONE, "note": "上午联系"}
NAME = {"kind": "former", "name": "蓝天机械厂"}
LISTING = {"chart": "world", "year": 2026, "place": 388}


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


@pytest.fixture
def company(desk):
    """Return a company that another unit met as well."""
    made = make_company(desk)
    make_visit(desk, company=made, unit=desk.units[1], by=desk.other_clerk)
    return made


def last_row():
    row = AuditEntry.objects.first()
    return row.action, row.label, {label: (old, new) for label, old, new in row.lines}


def test_several_contacts_each_with_a_hidden_number_and_a_row_in_the_trail(client, desk, company):
    page = f"/companies/{company.pk}/contacts/new/"
    before = AuditEntry.objects.count()
    assert send(client, page, **CONTACT).url == company.get_absolute_url()
    assert last_row() == (
        "company.contact_added", "蓝天公司",
        {"联系人": ("", "张三"), "职务": ("", "董事长"), "联系电话": ("", MASKED), "备注": ("", "上午联系")},
    )  # fmt: skip
    send(client, page, name="李四", new_phone="02781234567")
    assert AuditEntry.objects.count() == before + 2
    text = client.get(company.get_absolute_url()).content.decode()
    for shown in ("张三", "李四", MASKED, "027****4567", "上午联系"):
        assert shown in text
    assert PHONE not in text
    second = Contact.objects.get(name="李四")
    text = client.post(f"/contacts/{second.pk}/phone/").content.decode()
    assert "02781234567" in text
    assert PHONE not in text
    assert last_row() == ("company.phone_shown", "蓝天公司", {"联系人": ("", "李四")})


def test_changed_contact_keeps_its_number_unless_one_is_typed(client, desk, company):
    contact = actions.add_contact(company=company, name="张三", phone=PHONE, by=desk.clerk)
    page = f"/contacts/{contact.pk}/change/"
    text = client.get(page).content.decode()
    assert MASKED in text
    assert PHONE not in text
    send(client, page, name="张三丰", title="", note="", new_phone="", version=1)
    contact.refresh_from_db()
    assert (contact.name, contact.phone, contact.version) == ("张三丰", PHONE, 2)
    assert last_row()[2] == {"联系人": ("张三", "张三丰")}
    response = send(client, page, name="张三", title="", note="", new_phone="", version=1)
    assert "已被他人修改" in response.content.decode()


def test_removed_contact_stands_in_the_trail_masked(client, desk, company):
    contact = actions.add_contact(company=company, name="张三", phone=PHONE, by=desk.clerk)
    page = f"/contacts/{contact.pk}/remove/"
    assert "张三" in client.get(page).content.decode()
    assert send(client, page).url == company.get_absolute_url()
    assert not Contact.objects.exists()
    assert last_row()[2] == {"联系人": ("张三", ""), "联系电话": (MASKED, "")}


def test_other_names_are_searched_and_removed(client, desk, company):
    send(client, f"/companies/{company.pk}/names/new/", **NAME)
    row = CompanyName.objects.get()
    assert last_row() == ("company.name_added", "蓝天公司", {"曾用名": ("", "蓝天机械厂")})
    for word in ("机械厂", "jixie", "ltjxc", "蓝天公司"):
        rows = client.get("/companies/", {"q": word}).context["table"].data.data
        assert [found.name for found in rows] == ["蓝天公司"], word
    again = send(client, f"/companies/{company.pk}/names/new/", **NAME)
    assert "该名称已登记" in again.content.decode()
    same = send(client, f"/companies/{company.pk}/names/new/", kind="short", name="蓝天公司")
    assert "这就是它现在的名称" in same.content.decode()
    send(client, f"/names/{row.pk}/remove/")
    assert not CompanyName.objects.exists()
    assert last_row() == ("company.name_removed", "蓝天公司", {"曾用名": ("蓝天机械厂", "")})


def test_places_on_lists_are_shown_filtered_and_removed(client, desk, company):
    make_company(desk, "红土公司")
    send(client, f"/companies/{company.pk}/listings/new/", **LISTING)
    assert last_row() == ("company.listing_added", "蓝天公司", {"榜单位次": ("", "2026 世界500强 388")})
    text = client.get(company.get_absolute_url()).content.decode()
    assert "2026 年 第 388 位" in text

    def names(**query):
        return [row.name for row in client.get("/companies/", query).context["table"].data.data]

    assert names(chart="world") == names(chart="any") == ["蓝天公司"]
    assert names(chart="china") == []
    again = send(client, f"/companies/{company.pk}/listings/new/", **LISTING)
    assert "该年度这一榜单已登记" in again.content.decode()
    send(client, f"/listings/{Listing.objects.get().pk}/remove/")
    assert not Listing.objects.exists()


@pytest.mark.parametrize("who", ["other_clerk", "stranger"])
def test_only_clerks_of_the_unit_that_entered_it_change_what_belongs_to_it(client, desk, company, who):
    contact = actions.add_contact(company=company, name="张三", by=desk.clerk)
    name = actions.add_name(company=company, by=desk.clerk, **NAME)
    listing = actions.add_listing(company=company, by=desk.clerk, **LISTING)
    status = 403
    if who == "stranger":
        company.visits.all().delete()
        status = 404
    client.force_login(desk.other_clerk)
    pages = [f"/companies/{company.pk}/{part}/new/" for part in ("contacts", "names", "listings")]
    pages += [f"/contacts/{contact.pk}/change/", f"/contacts/{contact.pk}/remove/"]
    pages += [f"/names/{name.pk}/remove/", f"/listings/{listing.pk}/remove/"]
    for page in pages:
        assert client.get(page).status_code == status, page
        data = CONTACT | NAME | LISTING | {"version": 1}
        assert send(client, page, **data).status_code == status, page
    assert (Contact.objects.count(), CompanyName.objects.count(), Listing.objects.count()) == (1, 1, 1)


def test_nonsense_in_any_field_gets_a_message(client, desk, company):
    contact = actions.add_contact(company=company, name="张三", by=desk.clerk)
    page = f"/companies/{company.pk}"
    assert nonsense_in_every_field(client, f"{page}/contacts/new/", CONTACT) == []
    assert nonsense_in_every_field(client, f"/contacts/{contact.pk}/change/", CONTACT | {"version": 1}) == []
    assert nonsense_in_every_field(client, f"{page}/names/new/", NAME) == []
    assert nonsense_in_every_field(client, f"{page}/listings/new/", LISTING) == []
    assert client.get(company.get_absolute_url()).status_code == 200
