"""Inspections: what was found wanting becomes an order, who is commended is listed, who sees what."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns import actions as campaign_actions
from campaigns.models import Order
from projects import actions, todos
from projects.models import Commendation, Evidence, Inspection, Shortcoming
from tests.projects.factories import NONSENSE, make_desk

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def desk():
    """Return a district with a running drive and people in each role."""
    return make_desk()


def inspect(desk, **facts):
    """Write down an inspection of the first two units."""
    base = {
        "title": "联合督查", "team": "区委督查室、区政府督查室", "members": "组长、联络员", "units": desk.units[:2],
        "starts_on": desk.today - timedelta(days=1), "ends_on": desk.today, "by": desk.editor,
    }  # fmt: skip
    return actions.record_inspection(campaign=desk.campaign, **(base | facts))


def find(desk, row, **facts):
    """Write down what was found wanting at the first unit."""
    base = {
        "unit": desk.unit, "text": "台账不全", "due_on": desk.today + timedelta(days=7), "on": desk.today,
        "by": desk.editor,
    }  # fmt: skip
    return actions.find_shortcoming(inspection=row, **(base | facts))


def test_shortcoming_issues_an_order_that_its_unit_has_to_do(desk):
    row = find(desk, inspect(desk))
    order = row.order
    assert (order.title, order.unit, order.demand) == (
        "台账不全",
        desk.unit,
        "联合督查发现：台账不全。请按期整改并回复。",
    )
    assert [(one.kind, one.title) for one in todos.todos(desk.clerk, desk.today)] == [("督办单", "台账不全")]
    campaign_actions.sign_for_order(order=order, on=desk.today, by=desk.clerk)
    campaign_actions.reply_to_order(order=order, reply="已补齐", on=desk.today, by=desk.clerk)
    campaign_actions.review_order(order=order, passed=True, review="属实", on=desk.today, by=desk.editor)
    listed = Inspection.objects.for_list().get()
    assert (listed.unit_count, listed.found_count, listed.closed_count) == (2, 1, 1)


def test_shortcoming_keeps_its_papers_and_the_unit_adds_its_own(client, desk):
    row = find(desk, inspect(desk), files=[SimpleUploadedFile("现场.pdf", PDF)])
    assert [(one.name, one.record) for one in Evidence.objects.all()] == [("现场.pdf", row)]
    client.force_login(desk.clerk)
    page = client.get(f"/inspections/{row.inspection_id}/").content.decode()
    assert "现场.pdf" in page
    url = reverse("projects:evidence_add", args=["shortcoming", row.pk])
    assert url in page
    file = SimpleUploadedFile("整改.pdf", PDF.replace(b"1.4", b"1.5"))
    assert client.post(url, {"nonce": "a", "file": file}).status_code == 302
    assert Evidence.objects.of(row).count() == 2
    client.force_login(desk.other_clerk)
    assert client.get(Evidence.objects.first().get_absolute_url()).status_code == 404


def test_wrong_file_keeps_nothing_of_the_shortcoming(desk):
    with pytest.raises(ValidationError, match="PDF"):
        find(desk, inspect(desk), files=[SimpleUploadedFile("现场.pdf", b"no")])
    assert (Shortcoming.objects.count(), Order.objects.count()) == (0, 0)


def test_only_units_that_were_looked_at_are_found_wanting_or_commended(desk):
    row = inspect(desk)
    with pytest.raises(ValidationError, match="受检单位"):
        find(desk, row, unit=desk.units[2])
    with pytest.raises(ValidationError, match="受检单位"):
        actions.commend(inspection=row, unit=desk.units[2], deed="好", on=desk.today, by=desk.editor)
    with pytest.raises(PermissionDenied):
        find(desk, row, by=desk.leader)
    with pytest.raises(ValidationError, match="请选受检单位"):
        inspect(desk, units=[])
    find(desk, row)
    with pytest.raises(ValidationError, match="不能去掉"):
        actions.change_inspection(inspection=row, units=desk.units[1:], by=desk.editor)


def test_commendation_is_public_to_who_takes_part(client, desk):
    row = inspect(desk)
    actions.commend(
        inspection=row, unit=desk.unit, person="经办人", deed="台账规范", document="示督字3号", on=desk.today,
        by=desk.editor,
    )  # fmt: skip
    client.force_login(desk.other_clerk)
    page = client.get("/commendations/").content.decode()
    assert "台账规范" in page
    assert Commendation.objects.visible_to(desk.other_clerk).count() == 1


def test_unit_reads_what_was_found_of_itself_alone(client, desk):
    row = inspect(desk)
    find(desk, row)
    find(desk, row, unit=desk.units[1], text="凭证不符")
    seen = {}
    for name in ("clerk", "other_clerk", "editor", "leader"):
        client.force_login(getattr(desk, name))
        page = client.get(f"/inspections/{row.pk}/").content.decode()
        seen[name] = ("台账不全" in page, "凭证不符" in page, "登记发现的问题" in page)
    assert seen == {
        "clerk": (True, False, False), "other_clerk": (False, True, False), "editor": (True, True, True),
        "leader": (True, True, False),
    }  # fmt: skip
    assert Inspection.objects.visible_to(desk.clerk).count() == 1
    alone = inspect(desk, units=desk.units[2:])
    client.force_login(desk.clerk)
    assert client.get(f"/inspections/{alone.pk}/").status_code == 404


def post(client, url, **data):
    """Post a form; return what is wrong with it by field, or None where it was taken."""
    response = client.post(url, {"nonce": url, **data})
    return None if response.status_code == 302 else response.context["form"].errors


def test_editor_writes_an_inspection_on_its_pages(client, desk):
    client.force_login(desk.editor)
    today, units = desk.today.isoformat(), [unit.pk for unit in desk.units[:2]]
    facts = {"title": "联合督查", "team": "督查组", "starts_on": today, "ends_on": today, "units": units}
    url = "/inspections/new/"
    assert list(post(client, url, campaign=desk.campaign.pk, **(facts | {"units": []}))) == ["units"]
    assert list(post(client, url, campaign=desk.campaign.pk, **(facts | {"ends_on": "2020-01-01"}))) == ["ends_on"]
    assert post(client, url, campaign=desk.campaign.pk, **facts) is None
    row = Inspection.objects.get()
    change = f"/inspections/{row.pk}/change/"
    assert post(client, change, version="1", **(facts | {"summary": "总体较好"})) is None
    found = {"unit": desk.unit.pk, "text": "台账不全", "due_on": today}
    assert list(post(client, f"/inspections/{row.pk}/found/", **(found | {"text": ""}))) == ["text"]
    assert post(client, f"/inspections/{row.pk}/found/", **found) is None
    praise = {"unit": desk.unit.pk, "deed": "台账规范", "on": today}
    assert post(client, f"/inspections/{row.pk}/commend/", **praise) is None
    page = client.get(f"/inspections/{row.pk}/").content.decode()
    for text in ("总体较好", "台账不全", "督办〔", "台账规范"):
        assert text in page
    client.force_login(desk.leader)
    assert client.get(change).status_code == 403


@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_in_every_field_of_an_inspection_is_no_failure(client, desk, value):
    row = inspect(desk)
    client.force_login(desk.editor)
    names = {
        "/inspections/new/": ("campaign", "title", "team", "starts_on", "ends_on", "units"),
        f"/inspections/{row.pk}/found/": ("unit", "text", "due_on"),
        f"/inspections/{row.pk}/commend/": ("unit", "deed", "on"),
    }
    for url, fields in names.items():
        assert client.post(url, dict.fromkeys(fields, value)).status_code == 200
    assert (Inspection.objects.count(), Shortcoming.objects.count(), Commendation.objects.count()) == (1, 0, 0)


def test_pages_of_inspections_cost_the_same_at_any_length(client, desk):
    costs = []
    client.force_login(desk.editor)
    for count in (1, 30):
        while Inspection.objects.count() < count:
            row = inspect(desk)
            find(desk, row)
            actions.commend(inspection=row, unit=desk.unit, deed="好", on=desk.today, by=desk.editor)
        first = Inspection.objects.first()
        while first.shortcomings.count() < count:
            find(desk, first)
        paths = ("/inspections/", "/commendations/", f"/inspections/{first.pk}/")
        for path in paths:
            client.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert [client.get(path).status_code for path in paths] == [200, 200, 200]
        costs.append(len(queries))
    assert costs[0] == costs[1]
