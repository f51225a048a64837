"""Indicators: list, new, change; what a kind needs."""

import pytest

from campaigns.models import Indicator
from tests.campaigns.factories import count, make_campaign, make_indicator
from tests.campaigns.nonsense import NONSENSE
from tests.factories import make_unit, make_user
from units.models import AuditEntry, Role

NEW = {"name": "招商信息", "measure": "条", "kind": "sum", "fed_by": "tally", "nonce": "n1"}


@pytest.fixture
def editor(client, db):
    user = make_user("editor", Role.EDITOR, make_unit())
    client.force_login(user)
    return user


@pytest.mark.parametrize(
    ("word", "dimension"), [("条", "条"), ("亿元", "money"), ("万 美元", "USD"), ("人次", "人次"), ("家", "家")]
)
def test_dimension_follows_the_measure_word(client, editor, word, dimension):
    response = client.post("/indicators/new/", NEW | {"measure": word})
    assert response.url == "/indicators/"
    assert Indicator.objects.get().dimension == dimension


@pytest.mark.parametrize("word", ["12", "亿", "条/月", "a1", "＝", "条；"])
def test_word_that_is_no_measure_is_refused(client, editor, word):
    response = client.post("/indicators/new/", NEW | {"measure": word})
    assert response.context["form"].errors == {"measure": ["计量单位只能是文字或 %，如 条、亿元、人次"]}


def test_percentage_is_a_level(client, editor):
    response = client.post("/indicators/new/", NEW | {"measure": "%"})
    assert "不能累加" in response.content.decode()
    assert client.post("/indicators/new/", NEW | {"measure": "%", "kind": "level"}).status_code == 302


def test_ratio_has_two_parts(client, editor):
    above, below = make_indicator("履约"), make_indicator("签约")
    ratio = NEW | {"name": "履约率", "measure": "%", "kind": "ratio"}
    errors = client.post("/indicators/new/", ratio).context["form"].errors
    assert errors == {"numerator": ["比率指标须选分子和分母"], "denominator": ["比率指标须选分子和分母"]}
    errors = (
        client.post("/indicators/new/", ratio | {"numerator": above.pk, "denominator": above.pk})
        .context["form"]
        .errors
    )
    assert errors == {"denominator": ["分母不能与分子相同"]}
    assert (
        client.post("/indicators/new/", ratio | {"numerator": above.pk, "denominator": below.pk}).status_code == 302
    )
    made = Indicator.objects.get(kind="ratio")
    assert (made.numerator, made.denominator) == (above, below)


def test_same_name_and_dimension_is_refused(client, editor):
    make_indicator()
    response = client.post("/indicators/new/", NEW)
    assert "已有同名同量纲的指标" in response.content.decode()
    assert client.post("/indicators/new/", NEW | {"measure": "个", "nonce": "n2"}).status_code == 302


def test_double_submit_makes_one(client, editor):
    client.post("/indicators/new/", NEW)
    assert client.post("/indicators/new/", NEW).url == "/indicators/"
    assert Indicator.objects.count() == 1


def test_part_is_of_the_same_dimension_and_in_no_circle(client, editor):
    whole = make_indicator("到位资金", "money")
    part = make_indicator("其中省外", "money", part_of=whole)
    leads = make_indicator()
    url = f"/indicators/{whole.pk}/change/"
    errors = client.post(url, {"name": "到位资金", "part_of": part.pk}).context["form"].errors
    assert errors == {"part_of": ["「其中省外」已是本指标的其中项"]}
    assert "part_of" in client.post(url, {"name": "到位资金", "part_of": leads.pk}).context["form"].errors
    assert "part_of" in client.post(url, {"name": "到位资金", "part_of": whole.pk}).context["form"].errors


def test_change_keeps_a_trail(client, editor):
    indicator = make_indicator()
    url = f"/indicators/{indicator.pk}/change/"
    assert client.post(url, {"name": "招商线索", "nonce": "n1"}).url == "/indicators/"
    assert AuditEntry.objects.get(action="indicator.changed").lines == [("名称", "招商信息", "招商线索")]
    text = client.get(url).content.decode()
    assert "<title>指标：招商线索（条） · 招商战报</title>" in text
    assert "更正" in text


def test_list_says_where_an_indicator_is_used(client, editor):
    count(make_campaign(), make_indicator())
    make_indicator("到位资金", "money")
    table = client.get("/indicators/").context["table"]
    shown = [[str(row.get_cell_value(name)) for name in ("name", "dimension", "campaigns")] for row in table.rows]
    assert shown == [["到位资金", "万元", "0"], ["招商信息", "条", "1"]]


def test_empty_list_names_the_next_step(client, editor):
    text = client.get("/indicators/").content.decode()
    assert "还没有指标" in text
    assert 'href="/indicators/new/"' in text


def test_list_costs_the_same_with_one_indicator_and_with_thirty(client, editor, django_assert_max_num_queries):
    whole = make_indicator()
    client.get("/indicators/")
    with django_assert_max_num_queries(8) as few:
        client.get("/indicators/")
    for number in range(29):
        make_indicator(f"指标{number}", part_of=whole)
    with django_assert_max_num_queries(8) as many:
        client.get("/indicators/")
    assert len(many) == len(few)


@pytest.mark.parametrize("role", [Role.CLERK, Role.LEADER, Role.VERIFIER, Role.SYSTEM_ADMIN])
@pytest.mark.parametrize("page", ["/indicators/", "/indicators/new/", "/indicators/1/change/"])
def test_only_editors_keep_indicators(client, db, role, page):
    client.force_login(make_user("user", role, make_unit()))
    assert client.get(page).status_code == 403
    assert client.post(page, NEW).status_code == 403


def test_indicator_that_is_none_is_not_there(client, editor):
    assert client.get("/indicators/999/change/").status_code == 404


@pytest.mark.parametrize("field", [*NEW, "part_of", "numerator", "denominator"])
@pytest.mark.parametrize("value", NONSENSE)
def test_nonsense_never_fails(client, editor, field, value):
    response = client.post("/indicators/new/", NEW | {field: value})
    assert response.status_code in {200, 302}
    assert response.status_code == 302 or "未保存，请更正以下内容" in response.content.decode()
    indicator = make_indicator("已有", "条")
    response = client.post(f"/indicators/{indicator.pk}/change/", {"name": "已有", "nonce": "n2", field: value})
    assert response.status_code in {200, 302}
