"""manage.py brief: four files that say the same as the page and the standings."""

import io
import json
import re

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from docx import Document as WordDocument
from pypdf import PdfReader

from reports.models import Report
from tests.campaigns.drives import day
from tests.demo_runs import load
from tests.reports.factories import END, make_draft, make_editor, make_told_drive

pytestmark = pytest.mark.django_db

TABLE = """组别,单位,合计,指标,计量单位,目标,完成
,示范区,是,招商信息,条,358,171
,示范区,是,到位资金,亿元,105,84.8
乡镇,甲镇,,招商信息,条,100,１００
乡镇,乙镇,,招商信息,条,258,71
乡镇,甲镇,,到位资金,亿元,60,60
乡镇,乙镇,,到位资金,亿元,45,24.8
"""


def brief(name, out, as_of="2026-09-30", **options):
    """Run the command; return the paths it printed."""
    printed = io.StringIO()
    call_command("brief", name, as_of=as_of, out=out, stdout=printed, **options)
    return printed.getvalue().split("\n")[:-1]


def pdf_text(path):
    """Return the text of a PDF without blanks."""
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in PdfReader(path).pages))


def word_text(path):
    """Return the text of a Word file without blanks; the numbers of its headings are the list's, not text."""
    return re.sub(r"\s+", "", "".join(paragraph.text for paragraph in WordDocument(path).paragraphs))


def html_text(path):
    """Return the text of an HTML file without tags and blanks."""
    return re.sub(r"\s+", "", re.sub(r"<style>.*?</style>|<[^>]+>", "", path.read_text("utf-8"), flags=re.DOTALL))


def totals(name, as_of):
    """Return {indicator: (done, target, completion as printed)} of the organiser, from the JSON of the standings."""
    printed = io.StringIO()
    call_command("standings", name, as_of=as_of, format="json", stdout=printed)
    lines = json.loads(printed.getvalue())["lines"]
    return {
        line["indicator"]: (line["done"] + line["measure"], line["target"], line["completion_text"], line["measure"])
        for line in lines
        if line["is_total"]
    }


def assert_says_the_standings(text, name, as_of):
    """Check that a text carries every figure of the organiser's lines, as the standings print them."""
    for indicator, (done, target, percent, measure) in totals(name, as_of).items():
        said = f"{indicator.removeprefix('其中')}{done}"
        assert said in text
        if target is not None:
            assert re.search(rf"{re.escape(said)}，[占为]|{re.escape(said)}，完成", text)
            assert f"目标任务{target}{measure}的{percent}" in text


def test_brief_of_a_campaign_that_came_from_a_table(tmp_path):
    source = tmp_path / "通报.csv"
    source.write_text(TABLE, "utf-8")
    call_command(
        "load_table", str(source), campaign="百日会战", start="2026-07-01", end="2026-09-30", as_of="2026-09-30",
        stdout=io.StringIO(),
    )  # fmt: skip
    out = tmp_path / "新建" / "目录"
    paths = brief("百日会战", out)
    assert paths == [str(out / f"百日会战-2026-09-30.{kind}") for kind in ("html", "pdf", "docx", "xlsx")]
    assert openpyxl.load_workbook(paths[3]).worksheets[0].max_row > 3
    for text in (html_text(out / "百日会战-2026-09-30.html"), pdf_text(paths[1]), word_text(paths[2])):
        assert_says_the_standings(text, "百日会战", "2026-09-30")
        assert "招商信息171条，占目标任务358条的47.8%；到位资金84.8亿元，占目标任务105亿元的80.8%。" in text
        assert "两项目标任务无一完成。" in text
        assert text.count("（本节待编报单位填写）") == 2
        assert "草稿" in text


def test_brief_prints_what_was_written_for_that_day_and_nothing_else(tmp_path):
    drive = make_told_drive()
    make_draft(drive, make_editor(drive), measures="月末写的做法。", number="2026年第3期")
    html, pdf, word, _tables = brief("百日会战", tmp_path)
    for text in (html_text(tmp_path / html), pdf_text(pdf), word_text(word)):
        assert "月末写的做法。" in text
        assert "2026年第3期" in text
        assert "草稿" not in text
    earlier = brief("百日会战", tmp_path, as_of="2026-09-15")
    assert "月末写的做法" not in pdf_text(earlier[1])
    assert "草稿" in pdf_text(earlier[1])


def test_brief_equals_the_page(client, tmp_path):
    drive = make_told_drive()
    editor = make_editor(drive)
    report = make_draft(drive, editor)
    client.force_login(editor)
    page = re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", client.get(report.get_absolute_url()).content.decode()))
    paths = brief("百日会战", tmp_path)
    body = html_text(tmp_path / "百日会战-2026-09-30.html").partition("示范区百日会战总结")[2]
    assert body.removeprefix("示范区百日会战总结") in page
    assert "招商信息14条，占目标任务20条的70%；到位资金4.2亿元，占目标任务10亿元的42%；新签项目0个。" in pdf_text(
        paths[1]
    )


def test_brief_on_one_basis(tmp_path):
    make_told_drive()
    paths = brief("百日会战", tmp_path, basis="recognised")
    assert "文中数据均为认定数" in pdf_text(paths[1])


def test_brief_writes_nothing_to_the_database(tmp_path):
    make_told_drive()
    brief("百日会战", tmp_path)
    assert not Report.objects.exists()


def test_a_name_that_no_file_can_have(tmp_path):
    make_told_drive(name="../甲/乙:百日会战")
    paths = brief("../甲/乙:百日会战", tmp_path)
    assert [path.name for path in sorted(tmp_path.iterdir())] == [
        f".._甲_乙_百日会战-2026-09-30.{kind}" for kind in ("docx", "html", "pdf", "xlsx")
    ]
    assert len(paths) == 4


@pytest.mark.parametrize("as_of", ["2026-06-30", "2026-10-01", "2026-13-45", "昨天", ""])
def test_a_day_that_is_none_of_the_campaign_exits_2(tmp_path, as_of):
    make_told_drive()
    with pytest.raises(CommandError) as caught:
        brief("百日会战", tmp_path / "out", as_of=as_of)
    assert caught.value.returncode == 2
    assert not (tmp_path / "out").exists()


def test_an_unknown_name_exits_2(tmp_path):
    with pytest.raises(CommandError, match="没有名为「无此战役」的战役") as caught:
        brief("无此战役", tmp_path)
    assert caught.value.returncode == 2


def test_a_missing_figure_is_named_and_nothing_is_written(tmp_path):
    make_told_drive()
    with pytest.raises(CommandError, match="「到位资金」没有任何单位报数") as caught:
        brief("百日会战", tmp_path / "out", as_of="2026-08-15")
    assert caught.value.returncode == 1
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    make_told_drive()
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="无法写入目录"):
        brief("百日会战", tmp_path / "file")


def test_the_demo_speaks_the_figures_it_was_made_for(client, tmp_path):
    load(today=day(11, 22))
    drive = pdf_text(brief("百日会战（示范）", tmp_path)[1])
    annual = pdf_text(brief("年度目标（示范）", tmp_path, as_of="2026-08-31")[1])
    assert_says_the_standings(drive, "百日会战（示范）", END.isoformat())
    assert_says_the_standings(annual, "年度目标（示范）", "2026-08-31")
    for sentence in (
        "招商信息171条，占目标任务358条的47.8%；外出走访企业57家，占目标任务720家的7.9%；"
        "邀请来区考察93家，占目标任务192家的48.4%；新签5000万元以上工业项目12个，占目标任务55个的21.8%；"
        "新开工项目3个，占目标任务26个的11.5%；新签项目16个；签约合同资金9.29亿元。",
        "五项目标任务无一完成。完成比例最高的是邀请来区考察，为48.4%；最低的是外出走访企业，为7.9%。",
        "招商信息：48个有任务的单位中11个完成任务",
        "其中1亿元以上项目1个；签约额最大的是葳蕤汽车热管理部件项目，为1.4亿元。",
        "（30亿美元）、岱钺古镇保护开发项目（3亿元）等两个项目只签订了意向性协议，未计入签约数。",
    ):
        assert sentence in drive
    for sentence in (
        "招商引资到位资金84.8亿元，占目标任务105亿元的80.8%；其中省外到位资金55.4亿元，占目标任务68亿元的81.5%；"
        "新签约5亿元以上项目10个，完成目标任务10个的100%；省级平台签约项目18个；"
        "省级平台签约金额152.8亿元，为目标任务130亿元的117.5%，超额17.5%。",
        "时序进度66.7%",
    ):
        assert sentence in annual
    assert "84.2%" not in annual  # the source's misprint
