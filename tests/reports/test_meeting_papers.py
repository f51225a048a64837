"""The agenda and the record of a meeting as PDF."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from projects import actions
from projects.models import Meeting
from tests.projects.factories import make_desk, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.editor)
    return made


@pytest.fixture
def meeting(desk):
    """A meeting with a project, a problem taken up and promised, and a decision."""
    project = make_project(desk)
    called = actions.create_meeting(
        unit=desk.district, kind="push", title="十一月项目推进会", on=desk.today, chair="区政府主要领导",
        place="三楼会议室", units=desk.units, projects=[project], agenda="一、通报情况\n研究问题", by=desk.editor,
    )  # fmt: skip
    problem = actions.raise_problem(
        project=project, unit=desk.units[1], title="用电容量不足", found_on=desk.today, due_on=desk.today,
        meeting=called, by=desk.editor,
    )  # fmt: skip
    called = actions.change_meeting(meeting=called, taken_up=[problem], record="会议研究了用电问题。", by=desk.editor)
    actions.decide(
        meeting=called, unit=desk.units[2], text="月底前通电", due_on=desk.today + timedelta(days=9), by=desk.editor
    )
    return called


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("agenda", ("十一月项目推进会议程", "一、议程", "1.通报情况", "2.研究问题", "用电容量不足", "蓝天一期")),
        ("record", ("十一月项目推进会纪要", "会议研究了用电问题", "月底前通电", "用电容量不足", "文旅局")),
    ],
)
def test_paper_stands_on_one_page(client, desk, meeting, kind, told):
    response = client.get(f"/meetings/{meeting.pk}/{kind}.pdf")
    assert response["Content-Type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(response.content))
    assert len(reader.pages) == 1
    text = "".join(reader.pages[0].extract_text().split())
    for words in told:
        assert words in text


def test_paper_prints_nothing_that_the_reader_may_not_see(desk, client, meeting):
    client.force_login(desk.other_clerk)  # took part; the project is another unit's
    response = client.get(f"/meetings/{meeting.pk}/agenda.pdf")
    text = "".join(PdfReader(io.BytesIO(response.content)).pages[0].extract_text().split())
    assert "研究问题" in text
    assert "议题项目" not in text


def test_paper_of_a_meeting_of_others_or_without_record_is_not_found(desk, client):
    foreign = actions.create_meeting(
        unit=desk.units[0], kind="push", title="内部会", on=desk.today, chair="局长", by=desk.clerk
    )
    assert client.get(f"/meetings/{foreign.pk}/record.pdf").status_code == 404
    assert client.get(f"/meetings/{foreign.pk}/nonsense.pdf").status_code == 404
    client.force_login(desk.other_clerk)
    assert client.get(f"/meetings/{foreign.pk}/agenda.pdf").status_code == 404
    assert Meeting.objects.get().held is False


def pages_of(response):
    """Return the text of each page without space."""
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(response.content)).pages]


def test_long_paper_runs_on_and_loses_nothing(client, desk, meeting):
    lines = [
        f"{number}、关于第{number}号事项，会议听取了情况汇报，要求各单位各负其责，限期办结。"
        for number in range(1, 101)
    ]
    actions.change_meeting(
        meeting=meeting, record="\n".join(lines)[:4000], agenda="\n".join(lines)[:2000], by=desk.editor
    )
    for number in range(30):
        actions.decide(
            meeting=meeting, unit=desk.units[1], text=f"第{number}件：{'办' * 490}", due_on=desk.today, by=desk.editor
        )
    record, agenda = (pages_of(client.get(f"/meetings/{meeting.pk}/{kind}.pdf")) for kind in ("record", "agenda"))
    assert (len(record) > 2, len(agenda) > 1) == (True, True)
    meeting.refresh_from_db()
    items = [line.partition("、")[2] for line in meeting.agenda.splitlines()]
    told = "".join(agenda)
    assert [item for number, item in enumerate(items, 1) if f"{number}.{item}" not in told] == []
    told = "".join(record)
    assert [line for line in meeting.record.splitlines() if line not in told] == []
    assert [number for number in range(30) if f"第{number}件" not in told] == []
    assert told.count("办") >= 30 * 490  # not one decision is cut short
