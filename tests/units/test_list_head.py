"""What stands above a list: saved views as tabs, the choice of columns, chips; and who may do what with them."""

import pytest
from django.http import QueryDict

from tests.factories import make_unit, make_user
from units import actions
from units.list_head import kept
from units.models import AuditEntry, ListChoice, Role, SavedView, Unit

pytestmark = pytest.mark.django_db
PAGE = "units:unit_list"


@pytest.fixture
def boss(client):
    user = make_user("boss", Role.SYSTEM_ADMIN)
    client.force_login(user)
    return user


def make_view(user, name="园区", query="kind=park", shared_with=None):
    return actions.create_view(page=PAGE, name=name, query=query, shared_with=shared_with, by=user)


def tabs(response):
    return [tab.label for tab in response.context["views"]]


def test_view_keeps_filter_sorting_and_columns_and_is_a_tab(client, boss):
    query = "kind=park&sort=-name&columns=kind&page=3&view=9&export=xlsx&q="
    sent = {"page": PAGE, "query": query, "name": " 园区 ", "nonce": "v1"}
    response = client.post("/views/new/", sent)
    view = SavedView.objects.get()
    assert (view.owner, view.page, view.name) == (boss, PAGE, "园区")
    assert view.query == "columns=kind&kind=park&sort=-name"
    assert response.url == f"/units/?columns=kind&kind=park&sort=-name&view={view.pk}"
    page = client.get(response.url)
    assert tabs(page) == ["全部", "园区"]
    assert [tab.active for tab in page.context["views"]] == [False, True]
    assert not page.context["is_changed"]
    assert [column.name for column in page.context["table"].columns] == ["name", "kind", "actions"]
    assert AuditEntry.objects.filter(action="savedview.created").count() == 1


def test_what_is_kept_says_what_is_seen_in_one_order():
    assert kept(QueryDict("b=2&a=1&page=4&a=0&view=x&export=csv&c=")) == "a=1&a=0&b=2"


def test_changed_view_says_so_and_can_be_updated_in_place(client, boss):
    view = make_view(boss)
    page = client.get(f"/units/?kind=park&sort=name&view={view.pk}")
    assert page.context["is_changed"]
    assert "更新为当前筛选" in page.content.decode()
    client.post(f"/views/{view.pk}/", {"name": view.name, "shared_with": "", "query": page.context["list_query"]})
    view.refresh_from_db()
    assert view.query == "kind=park&sort=name"


def test_view_shared_with_a_unit_is_seen_below_it_and_by_nobody_else(client, boss):
    top = Unit.objects.get()
    below, beside = make_unit("商务局", parent=top), make_unit("别的区")
    colleague = make_user("colleague", Role.SYSTEM_ADMIN, below)
    stranger = make_user("stranger", Role.SYSTEM_ADMIN, beside)
    view = make_view(boss, shared_with=top)
    make_view(boss, "自己的")
    client.force_login(colleague)
    page = client.get("/units/")
    assert tabs(page) == ["全部", "园区"]
    assert page.context["views"][1].hint == str(boss)
    assert page.context["own_view"] is None
    client.force_login(stranger)
    assert "views" not in client.get("/units/").context or tabs(client.get("/units/")) == []
    for user in (colleague, stranger):
        client.force_login(user)
        for url in (f"/views/{view.pk}/", f"/views/{view.pk}/remove/"):
            assert client.get(url).status_code == 404
            assert client.post(url, {"name": "偷改", "query": ""}).status_code == 404
    view.refresh_from_db()
    assert view.name == "园区"


def test_view_of_somebody_else_cannot_be_opened_by_its_number(client, boss):
    other = make_user("other", Role.SYSTEM_ADMIN)
    view = make_view(other, "别人的")
    page = client.get(f"/units/?view={view.pk}")
    assert not any(tab.active for tab in page.context["views"])
    assert "别人的" not in page.content.decode()


def test_view_is_shared_with_own_units_only(client, boss):
    foreign = make_unit("别的区")
    sent = {"page": PAGE, "query": "kind=park", "name": "共享", "shared_with": foreign.pk}
    assert "shared_with" in client.post("/views/new/", sent).context["form"].errors
    sent["shared_with"] = Unit.objects.get(name="示范区").pk
    assert client.post("/views/new/", sent).status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", ""), ("name", "长" * 21), ("name", "a\x00b"), ("page", "units:audit_list"), ("page", "没有"),
     ("page", ""), ("page", "units:sign_in"), ("page", "reports:report"), ("query", "x" * 2000),
     ("shared_with", "abc")],
)  # fmt: skip
def test_bad_view_is_refused_in_words(client, boss, field, value):
    sent = {"page": PAGE, "query": "kind=park", "name": "园区", "shared_with": "", field: value}
    response = client.post("/views/new/", sent)
    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert not SavedView.objects.exists()


def test_two_views_of_one_name_are_refused(client, boss):
    make_view(boss)
    response = client.post("/views/new/", {"page": PAGE, "query": "kind=team", "name": "园区"})
    assert "已有同名视图" in response.content.decode()


def test_view_is_removed(client, boss):
    view = make_view(boss)
    assert "删除视图：园区" in client.get(f"/views/{view.pk}/remove/").content.decode()
    assert client.post(f"/views/{view.pk}/remove/", {"nonce": "r"}).url == "/units/"
    assert not SavedView.objects.exists()
    assert AuditEntry.objects.filter(action="savedview.removed").exists()


def test_columns_are_remembered_for_user_and_page(client, boss):
    sent = {"page": PAGE, "query": "kind=park&columns=parent", "column": ["parent", "kind"]}
    assert client.post("/views/columns/", sent).url == "/units/?kind=park"
    page = client.get("/units/")
    assert [column.name for column in page.context["table"].columns] == ["name", "parent", "kind", "actions"]
    assert page.context["is_chosen"]
    client.post("/views/columns/", {"page": PAGE, "query": "", "reset": "1", "column": ["kind"]})
    assert not ListChoice.objects.exists()
    assert [column.name for column in client.get("/units/").context["table"].columns] == [
        "name", "kind", "parent", "ended_on", "actions",
    ]  # fmt: skip
    client.force_login(make_user("other", Role.SYSTEM_ADMIN))
    assert not client.get("/units/").context["is_chosen"]


@pytest.mark.parametrize(
    "columns", [["gone", "kind"], [1, {"a": 2}, "kind"], {"kind": 1}, "kind", ["kind", "kind"], ["name", "kind"]]
)
def test_choice_that_is_stale_or_spoilt_is_passed_over(client, boss, columns):
    ListChoice.objects.create(user=boss, page=PAGE, columns=columns)
    page = client.get("/units/")
    assert page.status_code == 200
    names = [column.name for column in page.context["table"].columns]
    assert names == ["name", "kind", *([] if isinstance(columns, list) else ["parent", "ended_on"]), "actions"]


def test_columns_of_a_list_one_may_not_read_are_not_kept(client, boss):
    for page in ("units:audit_list", "units:sign_in", "projects:project_list", "nothing", ""):
        assert client.post("/views/columns/", {"page": page, "column": ["at"]}).status_code == 404
    assert not ListChoice.objects.exists()


@pytest.mark.parametrize(
    "query",
    ["sort=__class__", "sort=name__x", "sort=-", "sort=a.b&sort=name", "page=-1", "page=abc",
     "page=99999999999999999999", "columns=", "columns=,,,", "columns=../../x,kind", "columns=" + "a," * 500,
     "view=abc", "view=99999999999999999999", "kind=%00", "q=%00", "q=%F0%9F%98%80", "export=pdf",
     "export=xlsx&columns=nothing", "sort=kind&sort=-kind"],
)  # fmt: skip
def test_list_bears_hostile_addresses(client, boss, query):
    make_unit("甲", Unit.Kind.PARK, Unit.objects.get())
    assert client.get(f"/units/?{query}").status_code == 200


def test_csv_is_utf8_for_excel_and_holds_no_formula(client, boss):
    make_unit("=1+1", Unit.Kind.PARK, Unit.objects.get())
    response = client.get("/units/?kind=park&export=csv&columns=kind")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.content.decode("utf-8-sig") == "名称,类别\r\n'=1+1,园区\r\n"
