"""Self-assessment: asked for, filled in within its days, beside what the rules give, exported, on the to-do list."""

import html
import io
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from openpyxl import load_workbook

from campaigns import actions
from campaigns.models import SelfSheet
from projects import todos
from tests.campaigns.drives import day, make_drive
from tests.campaigns.nonsense import NONSENSE
from tests.factories import make_unit, make_user
from units.models import AuditEntry, Role, Unit, User

pytestmark = pytest.mark.django_db
AS_OF = day(8, 10)


@pytest.fixture
def drive():
    """Return a drive of two townships scored 60 for signings, a bonus for more, a penalty for being late."""
    drive = make_drive(indicators={"签约": "个"})
    drive.owe("签约", 甲镇=10, 乙镇=10)
    drive.read("签约", day(8, 1), 甲镇=8, 乙镇=12)
    return drive


@pytest.fixture
def late(drive):
    """Return what is counted as late."""
    return actions.create_item(name="迟报", kind="count", by=by())


@pytest.fixture
def scheme(drive, late):
    """Return the scheme in force."""
    scheme = actions.create_scheme(campaign=drive.campaign, name="考核办法", by=by())
    rows = [
        {"code": "1", "label": "签约", "indicator": drive.indicators["签约"], "method": "linear",
         "parameters": {"full": "60"}, "source": {"reads": "rate"}},
        {"code": "2", "label": "超额", "kind": "bonus", "indicator": drive.indicators["签约"], "method": "per_unit",
         "parameters": {"points": "1", "step": "10%", "base": "100%", "low": "0", "high": "10"},
         "source": {"reads": "rate"}},
        {"code": "3", "label": "迟报", "kind": "penalty", "item": late, "method": "per_count",
         "parameters": {"each": "2"}, "source": {"reads": "count"}},
        {"code": "4", "label": "造假", "kind": "rule", "item": late, "method": "veto",
         "parameters": {"op": ">=", "at": "9"}, "source": {"reads": "count"}},
    ]  # fmt: skip
    for row in rows:
        actions.set_row(scheme=scheme, clause="见办法", by=by(), **row)
    return actions.enforce_scheme(scheme=scheme, starts_on=day(7, 1), document="考核〔2026〕1号", by=by())


@pytest.fixture
def clerk(drive):
    """Return a clerk of 甲镇."""
    return make_user("clerk", Role.CLERK, drive.units["甲镇"])


def by():
    """Return the user who writes."""
    return User.objects.system()


def ask(scheme, **more):
    """Ask for sheets as of a day; return them by unit."""
    days = {"as_of": AS_OF, "opens_on": day(8, 11), "due_on": day(8, 20)}
    made = actions.ask_for_self_scores(scheme=scheme, by=by(), **days | more)
    return {sheet.unit.name: SelfSheet.objects.get(unit=sheet.unit, as_of=sheet.as_of) for sheet in made}


def fill(sheet, points, user=None, *, on=None, submit=True, evidence="台账第 3 页", **more):
    """Fill a sheet in: {code: points}."""
    scores = {
        sheet.scheme.rows.get(code=code).pk: (None if value is None else Decimal(str(value)), evidence)
        for code, value in points.items()
    }
    return actions.fill_self_sheet(
        sheet=sheet, scores=scores, submit=submit, on=on or day(8, 12), by=user or by(), **more
    )


FULL = {"1": 60, "2": 2, "3": 0}

# --- what is written ----------------------------------------------------------------------------------


def test_every_unit_that_is_scored_gets_one_sheet_a_day(drive, scheme):
    assert set(ask(scheme)) == {"甲镇", "乙镇"}
    with pytest.raises(ValidationError, match="各单位都已有截至这一天的自评表"):
        ask(scheme)
    assert set(ask(scheme, as_of=day(8, 11))) == {"甲镇", "乙镇"}


def test_draft_and_days_outside_the_scheme_are_not_asked_for(drive, scheme):
    draft = actions.create_scheme(campaign=drive.campaign, name="草案", by=by())
    with pytest.raises(ValidationError, match="草案还没有施行"):
        ask(draft)
    with pytest.raises(ValidationError, match="考核截止日须在战役期间"):
        ask(scheme, as_of=day(10, 1))
    with pytest.raises(ValidationError, match="自评截止不能早于自评开始"):
        ask(scheme, due_on=day(8, 10))


def test_unit_fills_its_sheet_within_the_days_as_often_as_it_likes(drive, scheme, clerk):
    sheet = ask(scheme)["甲镇"]
    fill(sheet, {"1": 50, "2": None, "3": None}, clerk, submit=False)
    sheet.refresh_from_db()
    assert (sheet.submitted_on, sheet.scores.count()) == (None, 1)
    fill(sheet, FULL, clerk)
    fill(sheet, {"1": 55, "2": 0, "3": 2}, clerk, on=day(8, 20))
    sheet.refresh_from_db()
    assert (sheet.submitted_on, sheet.submitted_by) == (day(8, 12), clerk)
    assert list(sheet.scores.order_by("row").values_list("points", flat=True)) == [55, 0, 2]
    assert [row.action for row in AuditEntry.objects.filter(action__startswith="self_sheet").order_by("pk")] == [
        "self_sheet.drafted", "self_sheet.handed_in", "self_sheet.handed_in",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("points", "more", "told"),
    [
        (FULL, {"on": day(8, 10)}, "自评 2026-08-11 开始"),
        (FULL, {"on": day(8, 21)}, "自评已于 2026-08-20 截止"),
        (FULL | {"1": "60.1"}, {}, "「1 签约」最高 60 分"),
        (FULL | {"3": -1}, {}, "「3 迟报」最低 0 分"),
        (FULL | {"2": None}, {}, "报送前请填写「2 超额」的自评分"),
        (FULL, {"evidence": " "}, "请写明「1 签约」的自评依据"),
        (FULL | {"4": 1}, {}, "自评表里没有第"),
    ],
)
def test_sheet_that_makes_no_sense_is_refused(drive, scheme, clerk, points, more, told):
    sheet = ask(scheme)["甲镇"]
    with pytest.raises(ValidationError, match=told):
        fill(sheet, points, clerk, **more)
    assert sheet.scores.count() == 0


def test_unit_that_was_late_gets_a_later_day(drive, scheme, clerk):
    sheet = ask(scheme)["甲镇"]
    with pytest.raises(ValidationError, match="须晚于现在的截止日"):
        actions.extend_self_sheet(sheet=sheet, due_on=day(8, 20), reason="防汛", by=by())
    actions.extend_self_sheet(sheet=sheet, due_on=day(8, 25), reason="防汛", by=by())
    assert fill(sheet, FULL, clerk, on=day(8, 24)).submitted_on == day(8, 24)


def test_assessor_says_something_to_what_was_handed_in(drive, scheme):
    sheet = ask(scheme)["甲镇"]
    row = scheme.rows.get(code="1")
    with pytest.raises(ValidationError, match="还没有报送自评"):
        actions.review_self_sheet(sheet=sheet, opinions={row.pk: "台账为 8 个"}, by=by())
    fill(sheet, FULL)
    actions.review_self_sheet(sheet=sheet, opinions={row.pk: "台账为 8 个"}, by=by())
    assert sheet.scores.get(row=row).opinion == "台账为 8 个"


def test_only_the_units_clerk_fills_and_only_the_organisers_editor_asks_and_reviews(drive, scheme, clerk):
    sheets = ask(scheme)
    seated = make_user("seated", Role.EDITOR, drive.units["甲镇"])
    with pytest.raises(PermissionDenied):
        fill(sheets["乙镇"], FULL, clerk)
    fill(sheets["甲镇"], FULL, clerk)
    for write in (
        lambda: actions.ask_for_self_scores(
            scheme=scheme, as_of=day(8, 9), opens_on=day(8, 9), due_on=day(8, 9), by=seated
        ),
        lambda: actions.review_self_sheet(sheet=sheets["甲镇"], opinions={}, by=seated),
        lambda: actions.extend_self_sheet(sheet=sheets["甲镇"], due_on=day(8, 25), reason="晚", by=seated),
    ):
        with pytest.raises(PermissionDenied):
            write()


def test_sheet_is_a_promise_on_the_units_to_do_list_until_it_is_handed_in(drive, scheme, clerk):
    sheet = ask(scheme)["甲镇"]
    (found,) = todos.todos(clerk, day(8, 21))
    assert (found.kind, found.title, found.unit, found.late, found.url) == (
        "自评", "考核办法 · 百日会战", "甲镇", 1, sheet.get_absolute_url(),
    )  # fmt: skip
    assert todos.digest(clerk, day(8, 21)).late == 1
    fill(sheet, FULL, clerk)
    assert todos.todos(clerk, day(8, 21)) == []


# --- pages --------------------------------------------------------------------------------------------


def text_of(response):
    """Return the text of a page without its tags."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def sheet_today(scheme):
    """Return 甲镇's sheet, open today."""
    today = timezone.localdate()
    return ask(scheme, opens_on=today, due_on=today + timedelta(days=3))["甲镇"]


def form(scheme, points, **more):
    """Return a sheet as a browser sends it."""
    made = {"nonce": "n1", **more}
    for code, value in points.items():
        pk = scheme.rows.get(code=code).pk
        made |= {f"points_{pk}": str(value), f"evidence_{pk}": "台账第 3 页"}
    return made


def rows_of(response):
    """Return the cells of a downloaded workbook."""
    book = load_workbook(io.BytesIO(response.content))
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def test_unit_hands_in_and_both_columns_stand_side_by_side(client, drive, scheme, late, clerk):
    actions.record_mark(campaign=drive.campaign, item=late, unit=drive.units["甲镇"], on=day(8, 5), value=Decimal(1),
                        evidence="登记簿", by=by())  # fmt: skip
    sheet = sheet_today(scheme)
    client.force_login(clerk)
    url = sheet.get_absolute_url()
    assert "待报送" in text_of(client.get(url))
    assert client.get(f"{url}fill/").status_code == 200
    done = client.post(f"{url}fill/", form(scheme, FULL, submit="1", version=sheet.version))
    assert (done.status_code, done.url) == (302, url)
    page = client.get(url)
    # given 60 × 8/10 = 48, nothing above the quota, 2 for being late: 46; the unit gave itself 62
    lines = [(line.row.code, line.own, line.given, line.difference) for line in page.context["lines"]]
    assert lines == [("1", "60", "48", "−12"), ("2", "+2", "0", "−2"), ("3", "0", "−2", "−2")]
    told = page.context["totals"]
    assert (told.own, told.given, told.difference) == ("62", "46", "−16")
    sent = rows_of(client.get(f"{url}?export=xlsx"))
    assert sent[1] == ["1", "签约", "计分项", "60", "80%", "60", "台账第 3 页", "48", "−12", None]
    assert sent[-1] == [None, "合计", None, None, None, "62", None, "46", "−16", None]


def test_difference_stands_on_the_score_page_for_who_may_see_the_sheet(client, drive, scheme, clerk):
    fill(sheet_today(scheme), FULL, clerk, on=timezone.localdate())
    url = f"/campaigns/{drive.campaign.pk}/units/{drive.units['甲镇'].pk}/score/?as_of={AS_OF.isoformat()}"
    client.force_login(clerk)
    told = client.get(url).context["told"]
    assert (told.self_score, told.score, told.difference) == ("62", "48", "−14")
    assert [line.difference for line in told.lines] == ["−12", "−2", "0", "—"]
    sent = rows_of(client.get(f"{url}&export=xlsx"))
    assert sent[1][-3:] == ["60", "48", "−12"]
    assert sent[-1][-3:] == ["62", "48", "−14"]
    client.force_login(make_user("other", Role.CLERK, drive.units["乙镇"]))
    assert not client.get(url).context["told"].is_self_scored
    assert client.get(url.replace("08-10", "08-09")).context["told"].is_self_scored is False


def test_organiser_sees_who_has_not_handed_in(client, drive, scheme, clerk):
    fill(sheet_today(scheme), FULL, clerk, on=timezone.localdate())
    client.force_login(make_user("editor", Role.EDITOR, drive.organiser))
    url = f"/campaigns/{drive.campaign.pk}/self-scores/"
    page = client.get(url)
    assert page.context["waiting"] == 1
    assert [(sheet.unit.name, word, told.own, told.given) for sheet, _tone, word, told in page.context["rows"]] == [
        ("甲镇", "已报送", "62", "48"), ("乙镇", "待报送", "—", "62"),
    ]  # fmt: skip
    sent = rows_of(client.get(url + page.context["export_url"]))
    assert sent[1][0::3] == ["甲镇", "62"]
    client.force_login(clerk)
    assert [sheet.unit.name for sheet, *_rest in client.get(url).context["rows"]] == ["甲镇"]


def test_draft_of_a_sheet_is_read_by_the_units_clerks_only(client, drive, scheme, clerk):
    sheet = sheet_today(scheme)
    fill(sheet, {"1": 30}, clerk, on=timezone.localdate(), submit=False)
    shown = []
    for user in (clerk, make_user("editor", Role.EDITOR, drive.organiser)):
        client.force_login(user)
        page = client.get(sheet.get_absolute_url())
        shown.append((page.context["totals"].own, page.context["lines"][0].own))
    assert shown == [("30", "30"), ("—", "—")]


def test_editor_asks_reviews_and_extends_in_the_browser(client, drive, scheme, clerk):
    today = timezone.localdate()
    client.force_login(make_user("editor", Role.EDITOR, drive.organiser))
    base = f"/campaigns/{drive.campaign.pk}/self-scores/"
    days = {"as_of": "2026-08-10", "opens_on": today.isoformat(), "due_on": today.isoformat()}
    assert client.get(f"{base}new/").status_code == 200
    assert client.post(f"{base}new/", {"scheme": scheme.pk, "nonce": "n1", **days}).url == base
    sheet = SelfSheet.objects.get(unit=drive.units["甲镇"])
    url = sheet.get_absolute_url()
    assert client.get(f"{url}review/").url == url
    fill(sheet, FULL, clerk, on=today)
    assert "考核 48 分" in text_of(client.get(f"{url}review/"))
    row = scheme.rows.get(code="1")
    assert client.post(f"{url}review/", {f"opinion_{row.pk}": "台账为 8 个", "nonce": "n2"}).url == url
    assert "台账为 8 个" in text_of(client.get(url))
    later = (today + timedelta(days=2)).isoformat()
    assert client.post(f"{url}extend/", {"due_on": later, "reason": "防汛", "nonce": "n3"}).url == url


def test_sheet_of_another_unit_is_not_there(client, drive, scheme):
    sheet = sheet_today(scheme)
    client.force_login(make_user("other", Role.CLERK, drive.units["乙镇"]))
    assert {client.get(sheet.get_absolute_url() + page).status_code for page in ("", "fill/")} == {404}
    client.force_login(make_user("stranger", Role.EDITOR, make_unit("邻区", Unit.Kind.DISTRICT)))
    assert client.get(f"/campaigns/{drive.campaign.pk}/self-scores/").status_code == 404


def test_second_clerk_sees_what_was_saved_meanwhile(client, drive, scheme, clerk):
    sheet = sheet_today(scheme)
    fill(sheet, {"1": 30}, clerk, on=timezone.localdate(), submit=False)
    client.force_login(clerk)
    shown = client.post(f"{sheet.get_absolute_url()}fill/", form(scheme, {"1": 60}, version=1))
    assert [row["theirs"] for row in shown.context["conflict"]] == ["30"]
    assert shown.context["form"].data["version"] == "2"


@pytest.mark.parametrize("value", NONSENSE)
@pytest.mark.parametrize("field", ["points", "evidence", "version"])
def test_nonsense_in_a_sheet_never_fails(client, drive, scheme, clerk, field, value):
    sheet = sheet_today(scheme)
    client.force_login(clerk)
    name = field if field == "version" else f"{field}_{scheme.rows.get(code='1').pk}"
    sent = form(scheme, FULL, submit="1") | {name: value}
    assert client.post(f"{sheet.get_absolute_url()}fill/", sent).status_code in (200, 302)


@pytest.mark.parametrize("size", [1, 30])
def test_list_costs_the_same_at_any_size(client, size, django_assert_max_num_queries):
    drive = make_drive(groups={"乡镇": [f"单位{n:02}" for n in range(size)]}, indicators={"签约": "个"})
    drive.owe("签约", **dict.fromkeys(drive.units, 10))
    scheme = actions.create_scheme(campaign=drive.campaign, name="办法", by=by())
    actions.set_row(
        scheme=scheme, code="1", label="签约", indicator=drive.indicators["签约"], method="linear", by=by(),
        parameters={"full": "60"}, source={"reads": "rate"}, clause="见办法",
    )  # fmt: skip
    scheme = actions.enforce_scheme(scheme=scheme, starts_on=day(7, 1), document="1号", by=by())
    for sheet in ask(scheme).values():
        fill(sheet, {"1": 30})
    client.force_login(make_user("editor", Role.EDITOR, drive.organiser))
    with django_assert_max_num_queries(16):
        assert len(client.get(f"/campaigns/{drive.campaign.pk}/self-scores/").context["rows"]) == size


@pytest.mark.parametrize("value", NONSENSE)
@pytest.mark.parametrize("field", ["scheme", "as_of", "opens_on", "due_on", "reason", "opinion"])
def test_nonsense_in_what_the_organiser_types_never_fails(client, drive, scheme, clerk, field, value):
    sheet, today = sheet_today(scheme), timezone.localdate().isoformat()
    fill(sheet, FULL, clerk, on=timezone.localdate())
    client.force_login(make_user("editor", Role.EDITOR, drive.organiser))
    days = {"scheme": scheme.pk, "as_of": "2026-08-09", "opens_on": today, "due_on": today, "nonce": "n1"}
    sent = [(f"/campaigns/{drive.campaign.pk}/self-scores/new/", days | {field: value})]
    extended = {"due_on": "2099-01-01", "reason": "防汛", "nonce": "n2"}
    sent.append((f"{sheet.get_absolute_url()}extend/", extended | {field: value}))
    opinion = {f"opinion_{scheme.rows.get(code='1').pk}": value, "nonce": "n3"}
    sent.append((f"{sheet.get_absolute_url()}review/", opinion))
    assert {client.post(url, data).status_code for url, data in sent} <= {200, 302}
