"""What every page with a form does when its action is refused."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from tests.factories import make_unit, make_user
from units import versions
from units.models import Role, Submission, Unit

pytestmark = pytest.mark.django_db
SENT = {"name": "经开区", "kind": "park", "parent": "", "nonce": "n1"}


@pytest.fixture
def answer(client, monkeypatch):
    """Return a function: send the form of a unit, whose action raises the error."""
    client.force_login(make_user("boss", Role.SYSTEM_ADMIN))

    def send(error):
        def refuse(**facts):
            raise error

        monkeypatch.setattr("units.actions.create_unit", refuse)
        response = client.post("/units/new/", SENT)
        assert response.status_code == 200
        assert Submission.objects.count() == 0
        return response

    return send


def test_conflict_shows_both_values_in_words_and_takes_the_newer_version(answer):
    saved = make_unit("经济开发区", Unit.Kind.DISTRICT, Unit.objects.get())
    saved.version = 7
    response = answer(versions.Conflict(saved))
    assert response.context["conflict"] == [
        {"label": "名称", "mine": "经开区", "theirs": "经济开发区"},
        {"label": "类别", "mine": "园区", "theirs": "区县"},
        {"label": "上级单位", "mine": "---------", "theirs": "示范区"},
    ]
    assert response.context["form"].data["version"] == "7"
    page = response.content.decode()
    assert "<td>经开区</td><td>经济开发区</td>" in page
    assert 'value="经开区"' in page


def test_errors_stand_beside_their_field_or_on_top(answer):
    form = answer(ValidationError({"name": ["太泛"], "elsewhere": ["不在表单里"]})).context["form"]
    assert form.errors == {"name": ["太泛"], "__all__": ["不在表单里"]}
    assert answer(ValidationError("不行")).context["form"].errors == {"__all__": ["不行"]}


def test_record_made_by_somebody_else_meanwhile_is_a_message_not_a_failure(answer):
    assert "冲突" in str(answer(IntegrityError("unique")).context["form"].errors)


def test_long_nonce_is_cut_not_refused(client):
    client.force_login(make_user("boss", Role.SYSTEM_ADMIN))
    assert client.post("/units/new/", SENT | {"nonce": "x" * 500}).status_code == 302
    assert Submission.objects.get().nonce == "x" * 64
