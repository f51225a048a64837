"""Kinds of bulletin: the shipped ones are loaded, follow the files until somebody changes one, and can be written."""

import pytest

from campaigns.models import Campaign
from reports import composing, drafting, kinds
from reports.figures.facets import FACETS
from reports.models import KindSection, Report, ReportKind
from reports.sentences.parts import PARTS
from tests.campaigns.drives import day
from tests.reports.factories import END, make_editor, make_told_drive


def outline(code):
    return [(row.level, row.heading, row.part) for row in ReportKind.objects.get(code=code).sections.all()]


@pytest.mark.parametrize("code", kinds.shipped())
def test_a_shipped_kind_names_parts_that_exist_and_forms_that_are_known(code):
    told = kinds.shipped()[code]
    assert {row.get("part", "") for row in told["sections"]} <= {"", *PARTS}
    for field, names in kinds.FORMS.items():
        assert "{" not in kinds.worded(told.get(field, ""), **dict.fromkeys(names, "")), field


def test_shipped_kinds_are_there_once(db):
    kinds.load_kinds()
    kinds.load_kinds()
    assert list(ReportKind.objects.values_list("code", flat=True)) == list(kinds.shipped())


def test_a_kind_follows_its_file_until_it_is_changed_here(db):
    before = outline("monthly")
    KindSection.objects.filter(kind__code="monthly", position=2).update(heading="改过的")
    kinds.load_kinds()
    assert outline("monthly") == before
    KindSection.objects.filter(kind__code="monthly", position=2).update(heading="改过的")
    ReportKind.objects.filter(code="monthly").update(is_own=True)
    kinds.load_kinds()
    assert outline("monthly")[1][1] == "改过的"


@pytest.mark.parametrize("code", kinds.shipped())
def test_an_issue_of_every_kind_is_composed_without_a_blank(db, code):
    drive = make_told_drive()
    kind, campaign = ReportKind.objects.get(code=code), Campaign.objects.get(pk=drive.campaign.pk)
    report = drafting.create_report(campaign=campaign, kind=kind, as_of=END, by=make_editor(drive))
    composed = composing.compose_report(report)
    told = [getattr(block, "text", "表") for block in composed.document.blocks]
    assert told
    assert all(text.strip() and "{" not in text and "None" not in text for text in [report.title, *told])


def test_a_section_without_anything_to_say_is_left_out_with_its_heading(db):
    drive = make_told_drive()
    kind = ReportKind.objects.create(code="own", name="自拟", title_form="自拟")
    rows = [
        KindSection(kind=kind, position=1, level=1, heading="空的"),
        KindSection(kind=kind, position=2, level=1, heading="有下级的"),
        KindSection(kind=kind, position=3, level=2, heading="完成面", part="completion"),
        KindSection(kind=kind, position=4, level=2, heading="还要写的", is_written=True),
    ]
    KindSection.objects.bulk_create(rows)
    report = drafting.create_report(campaign=drive.campaign, kind=kind, as_of=END, by=make_editor(drive))
    heads = [block.text for block in composing.compose_report(report).document.blocks if hasattr(block, "level")]
    assert heads == ["一、有下级的", "（一）完成面", "（二）还要写的"]


def test_a_cited_figure_stays_live_and_an_unknown_one_stops_the_issue(db):
    drive = make_told_drive()
    editor = make_editor(drive)
    kind = ReportKind.objects.get(code="campaign-summary")
    texts = {"主要做法": "已有{招商信息}，完成率{招商信息·完成率}。", "下一步打算": "做到{不存在的数}。"}
    report = drafting.create_report(campaign=drive.campaign, kind=kind, as_of=END, by=editor, texts=texts)
    composed = composing.compose_report(report)
    told = [block.text for block in composed.document.blocks]
    assert "已有14条，完成率70%。" in told
    assert "做到〔缺：不存在的数〕。" in told
    assert composed.missing == ("文中引用的「不存在的数」",)
    drive.read("招商信息", day(9, 25), 乙镇=10)
    assert "已有24条，完成率120%。" in [block.text for block in composing.compose_report(report).document.blocks]
    with pytest.raises(composing.MissingFigures, match="文中引用的「不存在的数」"):
        composing.document_of(Report.objects.get(pk=report.pk), draft=False)


def test_further_facets_are_read_only_where_a_cited_name_is_theirs(db):
    drive = make_told_drive()
    campaign = Campaign.objects.select_related("organiser").get(pk=drive.campaign.pk)
    report = Report(campaign=campaign, from_on=campaign.starts_on, as_of=END)
    read = {cite: set(composing.read_figures(report, cites={cite}).facets) for cite in ("招商信息", "在跟踪项目")}
    assert read == {"招商信息": set(), "在跟踪项目": set(FACETS)}
