"""The thresholds page: values with their defaults, setting, bringing back, refusing."""

from decimal import Decimal

import pytest

from projects import actions
from projects.models import Threshold
from tests.projects.factories import make_desk
from tests.projects.forms import nonsense_in_every_field, send
from units.models import AuditEntry

pytestmark = pytest.mark.django_db
PAGE = "/thresholds/claim_days/"


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.editor)
    return made


def lines(client):
    """Return {name: (value, default, whether it was set)} as the page shows them."""
    return {row.name: (row.value, row.default, row.is_set) for row in client.get("/thresholds/").context["lines"]}


def test_page_shows_defaults_with_their_measure(client, desk):
    text = client.get("/thresholds/").content.decode()
    assert "首报首谈失效" in text
    assert lines(client)["claim_days"] == ("90", "90", False)
    assert set(lines(client)) == set(Threshold.Name.values)
    assert set(Threshold.MEASURES) == set(Threshold.DEFAULTS) == set(Threshold.Name)


def test_value_is_set_changed_and_brought_back(client, desk):
    assert send(client, PAGE, value="120", version=0).url == "/thresholds/"
    assert lines(client)["claim_days"] == ("120", "90", True)
    assert Threshold.values()[Threshold.Name.CLAIM_DAYS] == Decimal(120)
    row = AuditEntry.objects.first()
    assert (row.action, row.lines) == ("threshold.changed", [("首报首谈失效（天无实质接触）", "90（默认）", "120")])
    assert send(client, PAGE, value="60", version=1).status_code == 302
    assert send(client, PAGE, value="", version=2).status_code == 302
    assert lines(client)["claim_days"] == ("90", "90", False)
    assert AuditEntry.objects.first().lines == [("首报首谈失效（天无实质接触）", "60", "90（默认）")]


def test_second_of_two_editors_sees_both_values(client, desk):
    actions.set_threshold(name=Threshold.Name.CLAIM_DAYS, value=Decimal(60), by=desk.editor, version=0)
    response = send(client, PAGE, value="120", version=0)
    assert [(row["mine"], row["theirs"]) for row in response.context["conflict"]] == [("120", "60")]
    assert Threshold.objects.get().value == Decimal(60)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("claim_days", "0", "大于 0"),
        ("claim_days", "-3", "大于"),
        ("claim_days", "1.5", "整数"),
        ("claim_days", "4000", "3650"),
        ("similar_name", "101", "100"),
        ("signed_times", "20000", "过大"),
    ],
)
def test_value_out_of_bounds_is_refused_beside_the_field(client, desk, name, value, told):
    response = send(client, f"/thresholds/{name}/", value=value, version=0)
    assert told in str(response.context["form"].errors["value"])
    assert not Threshold.objects.exists()


def test_unknown_threshold_is_not_found(client, desk):
    assert client.get("/thresholds/none/").status_code == 404


@pytest.mark.parametrize("who", ["clerk", "leader", "verifier"])
def test_only_editors_set_thresholds(client, desk, who):
    client.force_login(getattr(desk, who))
    for page in ("/thresholds/", PAGE):
        assert client.get(page).status_code == 403
    assert send(client, PAGE, value="1", version=0).status_code == 403


def test_nonsense_gets_a_message(client, desk):
    assert nonsense_in_every_field(client, PAGE, {"value": "", "version": 0}, ["value", "version"]) == []
