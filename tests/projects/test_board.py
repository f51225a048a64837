"""The board: columns with number and money, cards, more of them, and moves that never write silently."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects import presets
from projects.board import SHOWN
from projects.models import Evidence, Milestone, Project
from tests.projects.factories import (
    NONSENSE,
    make_bare_project,
    make_company,
    make_contract,
    make_desk,
    make_milestone,
    make_project,
    make_visit,
)
from tests.projects.forms import send

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n%\xe2\xe3\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


def columns(response):
    """Return {stage: column} of the board."""
    return {column.stage: column for column in response.context["columns"]}


def moved(desk, **changed):
    """Return a filled-in small form."""
    return {"on": desk.today.isoformat(), "amount": "5000", "currency": "CNY", "rate": "", "note": ""} | changed


def test_columns_tell_number_and_money(client, desk):
    make_contract(desk, name="甲", amount=9000)
    make_contract(desk, name="乙", amount=3000)
    make_bare_project(desk, name="丙", investment=Decimal(700))
    make_bare_project(desk, name="丁")
    ended = make_contract(desk, name="戊").project
    make_milestone(desk, ended, "termination", note="谈崩")
    board = columns(client.get("/projects/board/"))
    assert {stage: (column.count, column.amount) for stage, column in board.items() if column.count} == {
        "lead": (2, "700万元"),
        "signed": (2, "1.2亿元"),
    }
    assert [card.name for card in board["signed"].cards] == ["乙", "甲"]


def test_card_tells_the_days_on_its_stage(client, desk):
    contract = make_contract(desk, on=desk.today - timedelta(days=100))
    make_milestone(desk, contract.project, "registration", on=desk.today)
    make_visit(desk)
    (card,) = columns(client.get("/projects/board/"))["signed"].cards
    assert (card.days, card.is_long, card.amount, card.unit) == ("100 天", True, "5000万元", "商务局")


def test_board_is_filtered_like_the_list(client, desk):
    make_project(desk, name="甲", outside="市高新区", is_key=True, leader="张区长")
    make_project(desk, name="乙")
    for query, found in (
        ("q=甲", 1),
        ("outside=yes", 1),
        ("outside=no", 1),
        ("is_key=1", 1),
        ("leader=张", 1),
        ("", 2),
    ):
        assert columns(client.get(f"/projects/board/?{query}"))["lead"].count == found, query
        assert len(client.get(f"/projects/?{query}").context["table"].rows) == found, query


def test_board_shows_every_ready_made_view_of_the_list(client, desk):
    make_contract(desk, name="甲", amount=20000, on=desk.today)
    make_contract(desk, name="乙", amount=300, on=desk.today - timedelta(days=60))
    for _key, label, query in presets.PROJECTS:
        query = query(desk.today, desk.clerk) if callable(query) else query
        board, listed = client.get(f"/projects/board/?{query}"), client.get(f"/projects/?{query}")
        found = sum(column.count for column in columns(board).values())
        assert found == len(listed.context["table"].rows), label


def test_long_column_shows_its_first_cards_and_gives_more(client, desk):
    for number in range(SHOWN + 3):
        make_bare_project(desk, name=f"项目{number:02}")
    response = client.get("/projects/board/")
    column = columns(response)["lead"]
    assert (len(column.cards), column.more) == (SHOWN, 3)
    assert "还有 3 个" in response.content.decode()
    text = client.get(column.more_url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text
    assert [f"项目{number:02}" in text for number in range(4)] == [True, True, True, False]
    assert "还有" not in text


def test_board_costs_the_same_at_any_length(client, desk):
    counts = []
    for size in (1, 30):
        for number in range(size):
            make_contract(desk, name=f"项目{size}-{number}", company=make_company(desk, f"公司{size}-{number}"))
            make_bare_project(desk, name=f"线索{size}-{number}")
        with CaptureQueriesContext(connection) as queries:
            client.get("/projects/board/")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


@pytest.mark.parametrize("field", ["column", "page", "q", "stage", "tag", "is_key", "outside", "leader"])
def test_board_bears_nonsense_in_its_address(client, desk, field):
    make_bare_project(desk)
    for text in NONSENSE:
        for headers in ({}, {"HX-Request": "true"}):
            assert client.get("/projects/board/", {"column": "lead", field: text}, headers=headers).status_code == 200


def test_only_who_introduced_a_project_may_move_it(client, desk):
    project = make_project(desk)
    client.force_login(desk.editor)
    (card,) = columns(client.get("/projects/board/"))["lead"].cards
    assert card.move_url == ""
    assert client.get(f"/projects/{project.pk}/move/").status_code == 403
    client.force_login(desk.other_clerk)
    assert columns(client.get("/projects/board/"))["lead"].cards == ()
    assert client.get(f"/projects/{project.pk}/move/?to=talks").status_code == 404


def test_move_without_a_stage_offers_the_others(client, desk):
    project = make_project(desk)
    response = client.get(f"/projects/{project.pk}/move/?back=q%3D蓝天")
    assert len(response.context["choices"]) == 7
    assert f"/projects/{project.pk}/move/?to=signed&amp;back=q%3D" in response.content.decode()
    assert send(client, f"/projects/{project.pk}/move/", **moved(desk)).status_code == 200
    assert Milestone.objects.count() == 0


def test_move_opens_a_form_and_writes_milestone_and_paper_together(client, desk, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    project = make_project(desk)
    url = f"/projects/{project.pk}/move/?to=signed&back=q%3D%E8%93%9D%E5%A4%A9"
    text = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text
    assert "凭证：正式合同" in text
    assert Milestone.objects.count() == 0
    bad = SimpleUploadedFile("合同.pdf", b"no pdf")
    response = send(client, url, **moved(desk, file=bad))
    assert "内容不是 PDF 文件" in response.content.decode()
    assert Milestone.objects.count() == 0
    response = send(client, url, **moved(desk, file=SimpleUploadedFile("合同.pdf", PDF)))
    assert response.url == "/projects/board/?q=%E8%93%9D%E5%A4%A9"
    milestone = Milestone.objects.get()
    assert (milestone.kind, milestone.amount, milestone.project.stage) == ("contract", Decimal(5000), "signed")
    assert Evidence.objects.of(milestone).count() == 1


def test_move_that_skips_what_is_needed_shows_the_ways_to_it(client, desk):
    project = make_bare_project(desk)
    move = client.get(f"/projects/{project.pk}/move/?to=signed").context["move"]
    assert move.kind is None
    assert [label for label, _url in move.links] == ["计划总投资", "建设地点", "公平竞争审查签字"]
    move = client.get(f"/projects/{project.pk}/move/?to=producing").context["move"]
    assert "须先登记：开工" in move.advice
    assert send(client, f"/projects/{project.pk}/move/?to=signed", **moved(desk)).status_code == 200
    assert Milestone.objects.count() == 0


def test_move_backwards_is_refused_with_advice(client, desk):
    contract = make_contract(desk)
    url = f"/projects/{contract.project_id}/move/"
    for stage, told in (("talks", "不能往回拖"), ("visit", "不能往回拖"), ("signed", "已在这一阶段")):
        response = client.get(f"{url}?to={stage}")
        assert told in response.content.decode()
        send(client, f"{url}?to={stage}", **moved(desk))
    assert Milestone.objects.count() == 1
    assert Project.objects.get().stage == "signed"


def test_move_to_a_visit_leads_to_the_form_of_visits(client, desk):
    project = make_project(desk)
    assert (
        f"/visits/new/?project={project.pk}" in client.get(f"/projects/{project.pk}/move/?to=visit").content.decode()
    )


def test_terminated_project_moves_nowhere(client, desk):
    project = make_project(desk)
    make_milestone(desk, project, "termination", note="谈崩")
    assert "已终止" in client.get(f"/projects/{project.pk}/move/?to=talks").content.decode()


@pytest.mark.parametrize("field", ["to", "back"])
def test_move_bears_nonsense_in_its_address(client, desk, field):
    project = make_project(desk)
    for text in NONSENSE:
        assert client.get(f"/projects/{project.pk}/move/", {"to": "talks", field: text}).status_code == 200
