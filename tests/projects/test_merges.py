"""Two companies that are one: preview, merge, undo; the ledger agrees after each."""

from datetime import timedelta
from decimal import Decimal

import pytest

from campaigns.models import Entry
from projects import actions
from projects.models import Claim, Company, CompanyName, CountingRule, Merge, Milestone, Project, Visit
from projects.reconciling import differences
from tests.factories import make_user
from tests.projects.factories import make_company, make_contract, make_desk, make_visit
from tests.projects.forms import nonsense_in_every_field, send
from units.models import AuditEntry, Role

pytestmark = pytest.mark.django_db
CODE, OTHER = "91350100M000100Y43", "91530100MA6K2AB12D"


@pytest.fixture
def desk(client):
    made = make_desk()
    client.force_login(made.editor)
    CountingRule.objects.filter(fact="visit.outbound").update(conditions={"origins": ["abroad"]})
    return made


@pytest.fixture
def pair(desk):
    """Return (kept, absorbed): the kept one from abroad, the other from the country, each with facts."""
    second = desk.units[1]
    kept = actions.create_company(name="蓝天公司", unit=desk.unit, origin="abroad", by=desk.clerk)
    gone = actions.create_company(
        name="蓝天集团公司", unit=second, credit_code=CODE, place="深圳", contact="张三", phone="13812341234",
        by=desk.other_clerk,
    )  # fmt: skip
    make_visit(desk, company=kept)
    make_contract(desk, company=kept, name="蓝天一期")
    make_visit(desk, company=gone, unit=second, by=desk.other_clerk)
    make_contract(desk, company=gone, name="蓝天一期", unit=second, by=desk.other_clerk)
    make_contract(desk, company=gone, name="蓝天二期", unit=second, by=desk.other_clerk)
    actions.add_name(company=gone, kind="short", name="蓝天", by=desk.other_clerk)
    actions.add_listing(company=kept, chart="world", year=2026, place=5, by=desk.clerk)
    actions.add_listing(company=gone, chart="world", year=2026, place=6, by=desk.other_clerk)
    actions.add_listing(company=gone, chart="china", year=2026, place=7, by=desk.other_clerk)
    for company, unit, by, days in ((kept, desk.unit, desk.clerk, 9), (gone, second, desk.other_clerk, 5)):
        actions.register_claim(
            company=company, unit=unit, on=desk.today - timedelta(days=days), note="见面", by=by, today=desk.today
        )
    return kept, gone


def everything():
    """Return what the rows of both companies say, to compare before and after."""
    rows = {}
    for model in (Company, CompanyName, Project, Visit, Claim):
        names = [field.attname for field in model._meta.concrete_fields]
        names = [name for name in names if name not in {"version", "updated_at"}]
        rows[model.__name__] = sorted(model.objects.values_list(*names), key=lambda row: row[0])
    live = Entry.objects.live().values_list("source_kind", "source_id", "indicator", "unit", "basis", "amount")
    rows["entries"] = sorted(live)
    for name in ("contacts", "listings"):
        rows[name] = sorted(Company.objects.values_list("pk", name, f"{name}__pk"), key=str)
    return rows


def merge(pair, by, **more):
    return actions.merge_companies(kept=pair[0], absorbed=pair[1], reason="同一家", by=by, **more)


def test_merge_moves_everything_and_the_ledger_agrees(desk, pair):
    kept, gone = pair
    merge(pair, desk.editor)
    for row in pair:
        row.refresh_from_db()
    assert gone.merged_into == kept
    assert (kept.credit_code, kept.place, kept.origin, gone.credit_code) == (CODE, "深圳", "abroad", "")
    assert sorted(kept.projects.values_list("name", flat=True)) == [
        "蓝天一期", "蓝天一期（蓝天集团公司）", "蓝天二期",
    ]  # fmt: skip
    assert (kept.visits.count(), gone.visits.count(), gone.projects.count()) == (2, 0, 0)
    assert sorted(kept.names.values_list("kind", "name")) == [("former", "蓝天集团公司"), ("short", "蓝天")]
    assert sorted(kept.listings.values_list("chart", "place")) == [("china", 7), ("world", 5)]
    assert kept.contacts.get().name == "张三"
    assert kept.claims.count() == 2
    assert list(differences()) == []
    met = Entry.objects.live().filter(source_kind="projects.visit").values_list("unit__name", "amount")
    assert sorted(met) == [("商务局", Decimal(1)), ("工信局", Decimal(1))]  # the second counts only from abroad
    row = AuditEntry.objects.get(action="company.merged")
    told = {label: new for label, _old, new in row.lines}
    assert (row.by, row.reason, told["并入"], told["联系人"]) == (desk.editor, "同一家", "蓝天集团公司", "张三")
    assert told["项目"] == "蓝天一期、蓝天二期"
    assert "13812341234" not in row.changes


def test_undo_restores_everything_exactly(desk, pair):
    before = everything()
    done = merge(pair, desk.editor)
    assert everything() != before
    assert actions.undo_merge(merge=done, reason="不是同一家", by=desk.editor) == []
    assert everything() == before
    assert list(differences()) == []
    assert AuditEntry.objects.filter(action="company.unmerged").count() == 1
    with pytest.raises(Exception, match="已经撤销"):
        actions.undo_merge(merge=done, reason="再撤", by=desk.editor)


def test_undo_says_what_was_changed_since_and_leaves_it(desk, pair):
    kept, gone = pair
    done = merge(pair, desk.editor)
    third = make_company(desk, "白云食品公司")
    moved = Project.objects.get(name="蓝天二期")
    actions.change_project(project=moved, company=third, by=desk.other_clerk)
    renamed = Project.objects.get(name="蓝天一期（蓝天集团公司）")
    actions.change_project(project=renamed, name="新名", by=desk.other_clerk)
    kept.refresh_from_db()
    actions.change_company(company=kept, place="广州", by=desk.clerk)
    late = make_visit(desk, company=kept)
    left = actions.undo_merge(merge=done, reason="不是同一家", by=desk.editor)
    assert left == [
        "项目 1 条合并后已改属别处或移除，未动",
        "项目「蓝天一期」合并后已改名或改属，名称未恢复",
        "所在地合并后已改动，保留现值",
    ]
    for row in (kept, gone, moved, renamed, late):
        row.refresh_from_db()
    assert (kept.place, kept.credit_code, gone.credit_code) == ("广州", "", CODE)
    assert (moved.company, renamed.company, renamed.name, late.company) == (third, gone, "新名", kept)
    assert list(differences()) == []


def test_two_claims_of_one_unit_become_one_and_come_back(desk, pair):
    kept, gone = pair
    earlier = desk.today - timedelta(days=30)
    claim = actions.register_claim(company=gone, unit=desk.unit, on=earlier, note="更早", by=desk.clerk)
    done = merge(pair, desk.editor)
    own = kept.claims.filter(unit=desk.unit)
    assert sorted(own.values_list("on", "state")) == [
        (earlier, "standing"), (desk.today - timedelta(days=9), "released"),
    ]  # fmt: skip
    actions.undo_merge(merge=done, reason="不是同一家", by=desk.editor)
    claim.refresh_from_db()
    assert claim.company == gone
    assert set(Claim.objects.values_list("state", flat=True)) == {"standing"}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"credit_code": OTHER}, "信用代码不同"),
        ({"merged": True}, "已并入其他企业"),
        ({"reason": " "}, "请写明合并理由"),
        ({"same": True}, "不能把企业并入它自己"),
        ({"absorbed_version": 7}, "资料有了变化"),
    ],
)
def test_what_cannot_be_merged_is_refused(desk, pair, change, told):
    kept, gone = pair
    if "credit_code" in change:
        Company.objects.filter(pk=kept.pk).update(credit_code=OTHER)
    if "merged" in change:
        Company.objects.filter(pk=gone.pk).update(merged_into=make_company(desk, "白云食品公司"))
    asked = {"kept": kept, "absorbed": kept if "same" in change else gone, "reason": "同一家"}
    asked |= {name: value for name, value in change.items() if name in {"reason", "absorbed_version"}}
    with pytest.raises(Exception, match=told):
        actions.merge_companies(by=desk.editor, **asked)
    assert not Merge.objects.exists()


def test_chain_of_merges_leads_to_the_last_and_is_undone_from_the_end(client, desk, pair):
    kept, gone = pair
    first = merge(pair, desk.editor)
    last = make_company(desk, "蓝天控股公司")
    second = actions.merge_companies(kept=last, absorbed=kept, reason="同一家", by=desk.editor)
    gone.refresh_from_db()
    assert gone.merged_into == last
    assert actions.find_company(name="蓝天集团公司", unit=desk.unit, by=desk.clerk) == last
    with pytest.raises(Exception, match="请先撤销后一次合并"):
        actions.undo_merge(merge=first, reason="错了", by=desk.editor)
    actions.undo_merge(merge=second, reason="错了", by=desk.editor)
    assert actions.undo_merge(merge=first, reason="错了", by=desk.editor) == []
    assert list(differences()) == []


def test_preview_writes_nothing_and_tells_what_happens(client, desk, pair):
    kept, gone = pair
    before = everything()
    response = client.get(f"/companies/{kept.pk}/merge/{gone.pk}/")
    text = response.content.decode()
    assert everything() == before
    assert response.context["preview"].entries == (("外出走访", "工信局", 0, 1),)
    for told in ("蓝天一期（蓝天集团公司）", "深圳", CODE, "2026 世界500强 6", "外出走访", "冲回 0 笔，新记 1 笔"):
        assert told in text
    assert "13812341234" not in text


def test_editor_merges_and_undoes_through_the_pages(client, desk, pair):
    kept, gone = pair
    page = f"/companies/{kept.pk}/merge/"
    assert "蓝天集团公司" in client.get(page).content.decode()  # much alike
    assert send(client, page, company_name="没有这家").status_code == 200
    assert send(client, page, company_name="蓝天集团公司").url == f"{page}{gone.pk}/"
    data = {"reason": "同一家", "version": kept.version, "absorbed_version": gone.version}
    done = send(client, f"{page}{gone.pk}/", **data)
    assert done.url == kept.get_absolute_url()
    assert "合并记录" in client.get(done.url).content.decode()
    response = client.get(gone.get_absolute_url(), follow=True)
    assert response.redirect_chain == [(kept.get_absolute_url(), 302)]
    assert "「蓝天集团公司」已并入「蓝天公司」" in response.content.decode()
    assert [row.name for row in client.get("/companies/").context["table"].data.data] == ["蓝天公司"]
    undo = f"/merges/{Merge.objects.get().pk}/undo/"
    assert client.get(undo).status_code == 200
    text = client.get(send(client, undo, reason="不是同一家").url).content.decode()
    assert "合并已撤销" in text
    assert "合并记录" not in text
    assert client.get(gone.get_absolute_url()).status_code == 200


def test_page_refuses_two_with_different_codes_before_anything_is_shown(client, desk, pair):
    kept, gone = pair
    Company.objects.filter(pk=kept.pk).update(credit_code=OTHER)
    response = client.get(f"/companies/{kept.pk}/merge/{gone.pk}/", follow=True)
    assert "信用代码不同" in response.content.decode()
    assert response.redirect_chain[0][0] == f"/companies/{kept.pk}/merge/"


def test_unit_that_entered_the_absorbed_company_sees_the_kept_one(client, desk, pair):
    kept, _gone = pair
    alone = make_company(desk, "蓝天工业公司", unit=desk.units[2])
    client.force_login(make_user("third", Role.CLERK, desk.units[2]))
    assert client.get(kept.get_absolute_url()).status_code == 404
    actions.merge_companies(kept=kept, absorbed=alone, reason="同一家", by=desk.editor)
    assert client.get(alone.get_absolute_url(), follow=True).status_code == 200


@pytest.mark.parametrize("who", ["clerk", "leader", "verifier"])
def test_only_editors_merge(client, desk, pair, who):
    kept, gone = pair
    done = merge(pair, desk.editor)
    client.force_login(getattr(desk, who))
    for page in (
        f"/companies/{kept.pk}/merge/",
        f"/companies/{kept.pk}/merge/{gone.pk}/",
        f"/merges/{done.pk}/undo/",
    ):
        assert client.get(page).status_code == 403
        assert send(client, page, reason="x", version=1, absorbed_version=1).status_code == 403
    assert "合并记录" not in client.get(kept.get_absolute_url()).content.decode()


def test_nonsense_gets_a_message(client, desk, pair):
    kept, gone = pair
    page = f"/companies/{kept.pk}/merge/"
    assert nonsense_in_every_field(client, page, {"company_name": ""}) == []
    data = {"reason": "", "version": kept.version, "absorbed_version": gone.version}
    assert nonsense_in_every_field(client, f"{page}{gone.pk}/", data, ["version", "absorbed_version"]) == []
    assert not Merge.objects.exists()
    assert Milestone.objects.count() == 3
