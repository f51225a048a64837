"""What a list exports, an import reads back as what is there already: nothing new, nothing changed."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from projects import actions
from projects.actions.rates import create_rate
from projects.models import Tag
from tests.projects import factories
from tests.projects.imports import sheets_in
from units.models import User

LISTS = (
    ("project", "projects:project_list", {}, 4),
    ("visit", "projects:visit_list", {}, 4),
    ("instalment", "projects:milestone_list", {"kind": "funding"}, 3),
)


@pytest.fixture
def desk(db, settings, tmp_path):
    """Return a desk with what is hard to write and read back."""
    settings.MEDIA_ROOT = tmp_path
    desk = factories.make_desk()
    by = User.objects.system()
    create_rate(currency="USD", rate=Decimal("7.123456"), from_on=date(2020, 1, 1), by=by)
    hard = factories.make_project(
        desk, name="=1+1 项目", summary="第一行\n第二行  空两格", note="-5 度", local_share=Decimal("0.5"),
        investment=Decimal("92900.123456"), jobs=120, nature="move", is_key=True, built_years="2025.10",
        land=Decimal(3), outside="市高新区", introducer_kind="chamber", introducer_name="某商会",
    )  # fmt: skip
    hard.tags.add(Tag.objects.create(group="六区", name="重点"))
    factories.make_milestone(desk, hard, "contract", on=date(2026, 3, 1), amount=Decimal(300), currency="USD")
    for _time in range(2):
        factories.make_milestone(
            desk, hard, "funding", on=date(2026, 3, 9), amount=Decimal("0.000001"), note="同额两笔"
        )
    factories.make_milestone(
        desk, hard, "funding", on=date(2026, 4, 9), amount=Decimal(9), currency="USD", in_cash=True
    )
    ended = factories.make_contract(desk, name="已终止项目").project
    factories.make_milestone(desk, ended, "termination", note="客商撤资")
    factories.make_project(desk, name="同名")
    factories.make_project(desk, name="同名", company=factories.make_company(desk, "另一家（中国）有限公司"))
    first = factories.make_visit(desk)
    factories.make_visit(desk, heads=4)
    factories.make_visit(desk, direction="inbound")
    actions.recognise_visit(visit=first, verdict="full", on=desk.today, by=desk.verifier)
    withdrawn = factories.make_visit(desk, on=date(2026, 2, 1))
    actions.withdraw_visit(visit=withdrawn, reason="重复登记", by=desk.clerk)
    return desk


@pytest.mark.parametrize("extension", ["xlsx", "csv"])
@pytest.mark.parametrize(("kind", "page", "filters", "rows"), LISTS, ids=[row[0] for row in LISTS])
def test_exported_list_comes_back_unchanged(client, desk, kind, page, filters, rows, extension):
    client.force_login(desk.clerk)
    answer = client.get(reverse(page), {**filters, "export": extension})
    assert answer.status_code == 200
    batch = sheets_in.preview(desk, answer.content, kind=kind, name=f"list.{extension}")
    assert [(row.number, row.told) for row in batch.rows.exclude(outcome="unchanged")] == []
    assert batch.unchanged_count in (rows, rows - 1)  # a list may leave out what was withdrawn


@pytest.mark.parametrize("kind", ["project", "visit"])
def test_exported_list_of_the_demo_comes_back_unchanged(client, demo, db, settings, tmp_path, kind):
    settings.MEDIA_ROOT, settings.IMPORT_AT_ONCE = tmp_path, 10_000
    editor = User.objects.get(username="bianbao")
    client.force_login(editor)
    for extension in ("xlsx", "csv"):
        content = client.get(reverse(f"projects:{kind}_list"), {"export": extension}).content
        batch = sheets_in.preview(
            None, content, kind=kind, name=f"list.{extension}", by=editor, unit=editor.memberships[0].unit
        )
        assert (batch.new_count, batch.changed_count, batch.refused_count) == (0, 0, 0)
        assert batch.unchanged_count > 70
