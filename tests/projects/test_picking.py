"""Choosing the project of a milestone: which are offered, where they lead, and registering a new one on the way."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.models import Project
from tests.projects.factories import NONSENSE, make_company, make_contract, make_desk, make_milestone, make_project
from units.models import Role


@pytest.fixture
def desk(db, client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def offered(client, kind, **query):
    """Return (project, address) of what is offered."""
    response = client.get("/milestones/new/", {"kind": kind, **query})
    assert response.status_code == 200
    return [(row.name, row.url) for row in response.context["choices"]]


def test_the_entry_page_leads_to_the_choice(client, desk):
    text = client.get("/entry/").content.decode()
    assert '<a class="btn btn-light" href="/milestones/new/?kind=contract">登记签约</a>' in text


def test_only_own_open_projects_that_may_get_it_are_offered(client, desk):
    fresh = make_project(desk, name="待签")
    signed = make_contract(desk, name="已签").project
    ended = make_project(desk, name="已终止")
    make_milestone(desk, ended, "termination", note="撤资")
    make_project(desk, name="他人", unit=desk.units[1], by=desk.other_clerk, company=make_company(desk, "白云公司"))
    assert offered(client, "contract") == [("待签", f"/projects/{fresh.pk}/milestones/new/?kind=contract")]
    assert offered(client, "funding") == [("已签", f"/projects/{signed.pk}/milestones/new/?kind=funding")]
    assert offered(client, "production") == []


def test_what_was_promised_comes_true(client, desk):
    project = make_project(desk, name="待签")
    promise = make_milestone(desk, project, "contract", due_on=desk.today + timedelta(days=3))
    ((name, url),) = offered(client, "contract")
    assert (name, url) == ("待签", f"/milestones/{promise.pk}/correct/?happened=1")
    assert client.get(url).status_code == 200


def test_a_new_project_goes_on_to_its_contract(client, desk):
    text = client.get("/milestones/new/?kind=contract").content.decode()
    assert "没有可以登记的项目" in text
    assert "/projects/new/?next=contract" in text
    sent = {
        "name": "新项目", "company_name": "蓝天公司", "origin": "country", "sector": "industry", "unit": desk.unit.pk,
        "on": desk.today.isoformat(), "nonce": "n1",
    }  # fmt: skip
    response = client.post("/projects/new/?next=contract", sent)
    project = Project.objects.get(name="新项目")
    assert response.url == f"/projects/{project.pk}/milestones/new/?kind=contract"
    response = client.post("/projects/new/?next=https://evil.example/", sent | {"name": "另一个", "nonce": "n2"})
    assert response.url == Project.objects.get(name="另一个").get_absolute_url()


def test_what_needs_an_earlier_milestone_offers_no_new_project(client, desk):
    assert "/projects/new/" not in client.get("/milestones/new/?kind=funding").content.decode()


def test_words_find_project_or_company(client, desk):
    make_project(desk, name="电池厂")
    make_project(desk, name="面粉厂", company=make_company(desk, "白云公司"))
    assert [name for name, _url in offered(client, "contract", q="电池")] == ["电池厂"]
    assert [name for name, _url in offered(client, "contract", q="白云")] == ["面粉厂"]
    assert "没有符合的项目" in client.get("/milestones/new/?kind=contract&q=xyz").content.decode()


@pytest.mark.parametrize("junk", NONSENSE)
def test_nonsense_is_not_found_or_finds_nothing(client, desk, junk):
    assert client.get("/milestones/new/", {"kind": junk}).status_code == 404
    assert client.get("/milestones/new/", {"kind": "contract", "q": junk}).status_code == 200


def test_only_clerks_choose(client, desk):
    client.force_login(desk.leader)
    assert Role.CLERK not in desk.leader.roles
    assert client.get("/milestones/new/?kind=contract").status_code == 403


def test_the_choice_costs_the_same_at_any_number_and_shows_thirty(client, desk):
    def queries():
        with CaptureQueriesContext(connection) as taken:
            client.get("/milestones/new/?kind=contract")
        return len(taken)

    make_project(desk, name="甲")
    queries()
    few = queries()
    for number in range(31):
        make_project(desk, name=f"项目{number}")
    assert queries() == few
    response = client.get("/milestones/new/?kind=contract")
    assert len(response.context["choices"]) == 30
    assert "还有更多项目" in response.content.decode()
