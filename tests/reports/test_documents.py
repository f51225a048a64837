"""The renderers, measured on hand-made documents: content, HTML, PDF geometry, fonts."""

import json
import re
from dataclasses import FrozenInstanceError, replace
from html.parser import HTMLParser

import pytest
from django.core.exceptions import ImproperlyConfigured

from reports.documents import DOCUMENTS, fonts, grid, html
from reports.documents.content import Document, Heading, Paragraph, Span, Table, from_json, to_json
from reports.documents.fonts import MissingGlyph
from reports.documents.pdf import _own_style, to_pdf
from tests.reports.document_samples import campaign_summary, plain_report, unit_table
from tests.reports.pdf_runs import MM, Run, lines_of, read, runs_of

HAN = "招商引资工作取得阶段性成效明显"


def paragraph(text: str) -> Paragraph:
    return Paragraph((Span(text),))


# --- content ------------------------------------------------------------------------------------


def test_a_document_survives_its_json():
    document = campaign_summary(draft=True, cc="区委办公室。", printed_by="办公室\t2026年10月10日印发")
    document = replace(document, blocks=(*document.blocks, unit_table()))

    text = to_json(document)

    assert from_json(text) == document
    assert to_json(from_json(text)) == text


def test_json_is_canonical():
    text = to_json(plain_report(Heading(1, "一、总体情况")))

    assert text == json.dumps(json.loads(text), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert '"blocks":[{"kind":"heading","level":1,"text":"一、总体情况"}]' in text


@pytest.mark.parametrize("value", [1.5, None])
def test_a_document_holds_no_float_and_no_empty_value(value):
    with pytest.raises(TypeError):
        to_json(plain_report(paragraph(value)))


@pytest.mark.parametrize(("old", "new"), [('"schema":2', '"schema":3'), ('"level":1', '"level":1.0')])
def test_foreign_json_is_refused(old, new):
    text = to_json(plain_report(Heading(1, "一、总体情况")))

    with pytest.raises(ValueError):
        from_json(text.replace(old, new))


def test_what_went_out_under_the_first_schema_is_still_read():
    """It lacks the fields that came later."""
    plain = json.loads(to_json(plain_report(Heading(1, "一、总体情况"))))
    later = ("head", "status", "cut_off", "basis", "copies", "language")
    held = {name: value for name, value in plain.items() if name not in later} | {"schema": 1}

    document = from_json(json.dumps(held))

    assert document == plain_report(Heading(1, "一、总体情况"), schema=1)
    assert (document.head_kind, document.standing, document.language) == ("plain", "", "zh-CN")


def test_a_table_with_a_short_row_is_refused():
    with pytest.raises(ValueError, match="row 1 has 1 cells, not 2"):
        Table("表", ("单位", "完成"), (("甲镇", "1"), ("乙镇",)), (False, True))


def test_a_document_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        campaign_summary().title = "另一个标题"


# --- HTML ---------------------------------------------------------------------------------------

HOSTILE = "<script>alert(1)</script><img src=file:///etc/passwd onerror=x>\"'&"


def hostile_document() -> Document:
    table = Table(HOSTILE, (HOSTILE, f"{HOSTILE}\n{HOSTILE}"), ((HOSTILE, "1"),), (False, True), HOSTILE)
    blocks = (Paragraph((Span(HOSTILE, f'/a"{HOSTILE}'),)), Heading(1, HOSTILE), table)
    return Document(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, blocks, (table,), HOSTILE, True, 1, HOSTILE, HOSTILE)


class Tags(HTMLParser):
    """Collect the tags, attributes and text of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.text = set(), set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(name for name, _value in attrs)

    def handle_data(self, data):
        self.text.append(data)


def test_hostile_text_stays_text_on_the_page():
    seen = Tags()
    seen.feed(html.to_fragment(hostile_document()))

    assert not seen.tags & {"script", "img", "style", "link", "iframe"}
    assert not seen.attributes & {"style", "onerror", "onclick", "src"}
    assert "".join(seen.text).count(HOSTILE) >= 10


@pytest.mark.parametrize(
    ("href", "shown"),
    [
        ("/campaigns/1/entries/?unit=2&basis=reported", True),
        ("javascript:alert(1)", False),
        ("//evil.example/", False),
        ("/\\evil.example/", False),
        ("https://evil.example/", False),
        ("", False),
    ],
)
def test_only_addresses_inside_the_site_become_links(href, shown):
    document = plain_report(Paragraph((Span("171", href),)))

    assert ("<a " in html.to_fragment(document)) is shown
    assert "<a " not in html.to_fragment(document, links=False)


def test_the_html_file_stands_alone():
    content, kind = DOCUMENTS["html"]
    page = content(campaign_summary()).decode()

    assert kind == "text/html; charset=utf-8"
    assert page.startswith("<!DOCTYPE html>")
    assert "<style>" in page
    assert "<a " not in page
    assert not re.search(r"(?:src|href)=|url\(|@import", page)


def test_every_class_on_the_page_is_styled_on_screen_or_paper():
    sheets = html.SHEET.read_text(encoding="utf-8")
    sheets += (html.SHEET.parents[2] / "reports/documents/official.css").read_text(encoding="utf-8")
    page = html.to_fragment(
        campaign_summary(draft=True, cc="甲", printed_by="乙", annexes=(unit_table(), unit_table()))
    )

    used = {name for names in re.findall(r'class="([^"]+)"', page) for name in names.split()}
    assert {name for name in used if f".{name}" not in sheets} == set()


def test_neighbouring_columns_share_a_group_head():
    table = Table("表", ("单位", "信息\n完成", "信息\n%", "得分"), (("甲镇", "1", "5", "9"),), (False, *(True,) * 3))

    assert table.head_groups == (("", ("单位",)), ("信息", ("完成", "%")), ("", ("得分",)))


@pytest.mark.parametrize(
    ("title", "lines"),
    [
        ("百日会战总结", ("百日会战总结",)),
        ("甲行\n乙行", ("甲行", "乙行")),
        (
            "关于2026年1—9月全区招商引资工作任务完成情况的通报",
            ("关于2026年1—9月全区招商", "引资工作任务完成情况的通报"),
        ),
    ],
)
def test_a_long_title_breaks_into_lines_of_like_length(title, lines):
    assert html.title_lines(title) == lines


# --- PDF: the grid ------------------------------------------------------------------------------


def test_a_full_page_has_22_lines_of_28_characters():
    lines = lines_of(read(to_pdf(plain_report(paragraph(HAN * 120)))).pages[1])

    assert [len(line.text) for line in lines] == [28] * 22
    assert {round(line.left, 1) for line in lines} == {28.0}
    assert [line.right for line in lines] == pytest.approx([28 + 156] * 22, abs=0.5)
    # the baseline of a 3号 character in the first line of 10.226 mm below 37 mm
    assert lines[0].baseline == pytest.approx(37 + 7.0, abs=0.5)
    assert lines[-1].baseline - lines[0].baseline == pytest.approx(21 * 10.226, abs=0.1)


def test_the_first_line_of_a_paragraph_stands_two_characters_in():
    first, second = lines_of(read(to_pdf(plain_report(paragraph(HAN * 5)))).pages[0])[1:3]

    assert first.left == pytest.approx(28 + 156 / 14, abs=0.1)
    assert (len(first.text), len(second.text)) == (26, 28)


@pytest.mark.parametrize("text", ["㛃字㎡面积⑪号喆", "Invest 2026年完成98.6%，", "“周调度”（详见附件）；"])
def test_lines_with_other_fonts_keep_22_lines_and_both_edges(text):
    lines = lines_of(read(to_pdf(plain_report(paragraph(text * 300)))).pages[1])

    assert len(lines) == 22
    assert lines[-1].baseline - lines[0].baseline == pytest.approx(21 * 10.226, abs=0.1)
    assert [line.left for line in lines] == pytest.approx([28] * 22, abs=0.2)
    assert [line.right for line in lines] == pytest.approx([184] * 22, abs=0.5)


def test_headings_of_all_levels_stay_on_the_grid():
    blocks = [paragraph(HAN * 60)]
    blocks += [Heading(level, text) for level, text in ((1, "一、甲"), (2, "（一）乙"), (3, "1.丙"), (4, "（1）丁"))]
    lines = lines_of(read(to_pdf(plain_report(*blocks, paragraph(HAN * 60)))).pages[1])

    steps = [after.baseline - before.baseline for before, after in zip(lines, lines[1:], strict=False)]
    assert len(lines) == 22
    assert "一、甲" in [line.text for line in lines]
    assert steps == pytest.approx([10.226] * 21, abs=0.05)


def test_the_mends_know_the_weasyprint_they_mend():
    assert grid.source_hashes() == grid.KNOWN


# --- PDF: the parts of the document -------------------------------------------------------------


def run_with(page, text: str) -> Run:
    """Return the one run of a page that has this text."""
    (run,) = [run for run in runs_of(page) if run.text == text]
    return run


def test_page_numbers_stand_below_the_type_area_odd_right_even_left():
    pages = read(to_pdf(plain_report(paragraph(HAN * 100)))).pages

    odd, even = run_with(pages[0], "— 1 —"), run_with(pages[1], "— 2 —")
    assert odd.right == pytest.approx(184 - 14 / MM, abs=0.2)
    assert even.left == pytest.approx(28 + 14 / MM, abs=0.2)
    # the dash, a quarter of a character above the baseline, lies 7 mm below
    assert odd.baseline == even.baseline == pytest.approx(262 + 7 + 14 / MM / 4, abs=0.7)


def test_the_number_of_an_annex_stands_where_a_portrait_page_has_it():
    pages = read(to_pdf(campaign_summary())).pages
    turned = [index for index, page in enumerate(pages) if page.mediabox.width > page.mediabox.height]

    assert len(turned) >= 2
    for index in turned:
        run = run_with(pages[index], f"— {index + 1} —")
        assert run.left == pytest.approx(35 - 7 - 14 / MM / 4, abs=0.7)  # seen on its side
        assert run.right == pytest.approx(run.left, abs=0.01)
        start = 28 + 14 / MM if index % 2 else 184 - 14 / MM - 15  # from the binding edge, which lies on top
        assert run.baseline == pytest.approx(start, abs=2)


def test_the_red_head_and_the_title_stand_as_the_standard_says():
    page = read(to_pdf(campaign_summary())).pages[0]

    mark = run_with(page, "临江区招商引资工作领导小组办公室文件")
    title = run_with(page, "临江区招商引资百日会战工作情况总结")
    first = next(line for line in lines_of(page) if "紧盯“百日会战”" in line.text)
    assert mark.left >= 28
    assert mark.right <= 184
    assert mark.left - 28 == pytest.approx(184 - mark.right, abs=0.2)
    size = (mark.right - mark.left) / 18
    assert mark.baseline - 0.88 * size == pytest.approx(37 + 35, abs=0.5)  # top edge 35 mm below the type area's
    assert title.left - 28 == pytest.approx(184 - title.right, abs=0.2)
    assert mark.baseline < title.baseline < first.baseline  # the first page shows text
    assert re.search(rb"0\.90\d* 0 0\.07\d* rg", page.get_contents().get_data())


def test_a_long_issuing_body_still_fits_the_line():
    text = "某某市临江区深化招商引资体制机制改革工作领导小组办公室文件"
    mark = run_with(read(to_pdf(campaign_summary(mark=text))).pages[0], text)

    assert mark.left >= 28
    assert mark.right <= 184


def test_name_and_date_are_not_torn_from_the_text():
    seen = set()
    for count in range(16, 30):
        document = campaign_summary(mark="", blocks=(paragraph(HAN * count),), annexes=())
        pages = [[line.text for line in lines_of(page)] for page in read(to_pdf(document)).pages]
        seen.add(len(pages))
        assert pages[-1][-2:] == ["临江区招商引资工作领导小组办公室", "2026年10月9日"]
        assert len(pages[-1]) > 2
    assert seen == {1, 2}


def test_the_date_ends_four_characters_from_the_edge():
    page = read(to_pdf(campaign_summary(issuer="临江区政府", annexes=()))).pages[-1]
    issuer, day = run_with(page, "临江区政府"), run_with(page, "2026年10月9日")

    assert day.right == pytest.approx(184 - 4 * 156 / 28, abs=0.6)
    assert issuer.left + issuer.right == pytest.approx(day.left + day.right, abs=0.2)


def test_annexes_are_named_below_the_text_and_begin_their_own_pages():
    second = replace(unit_table(), title="签约项目清单")
    pages = read(to_pdf(campaign_summary(annexes=(unit_table(), second)))).pages
    texts = [[run.text for run in runs_of(page)] for page in pages]

    listed = next(runs for runs in texts if "附件：" in runs)
    assert [runs for runs in listed if runs in ("1.", "2.", second.title)] == ["1.", "2.", second.title]
    assert [runs[0] for runs in texts if runs[0].startswith("附件")] == ["附件1", "附件2"]


def test_a_long_table_breaks_between_rows_and_repeats_its_head():
    heads = ("序号", "单位", *(f"指标{number}" for number in range(1, 8)))
    rows = tuple((str(row), f"第{row}单位", *(f"{row}.{column}" for column in range(7))) for row in range(1, 49))
    table = Table("任务完成情况表", heads, rows, (False, False, *(True,) * 7))

    pages = read(to_pdf(campaign_summary(annexes=(table,)))).pages
    tables = [[run.text for run in runs_of(page)] for page in pages if page.mediabox.width > page.mediabox.height]

    assert len(tables) >= 2
    assert all(set(heads) <= set(runs) for runs in tables)
    assert [run for runs in tables for run in runs if run.endswith("单位") and run != "单位"] == [
        row[1] for row in rows
    ]


def test_a_wide_table_keeps_every_cell_on_one_line_and_inside_the_type_area():
    pages = [page for page in read(to_pdf(campaign_summary())).pages if page.mediabox.width > page.mediabox.height]
    runs = [run for page in pages for run in runs_of(page) if not run.text.startswith("— ")]
    table = unit_table()

    assert len(pages) == 2
    assert min(run.left for run in runs) >= 35
    assert max(run.right for run in runs) <= 35 + 225
    assert max(run.baseline for run in runs) <= 28 + 156
    printed = {run.text for run in runs}
    assert {cell for row in table.rows for cell in row if cell} <= printed
    assert {"完成/目标", "招商信息", "得分"} <= printed


def test_a_draft_says_so_on_every_page_outside_the_type_area():
    pages = read(to_pdf(campaign_summary(draft=True))).pages

    tops = [37 if page.mediabox.height > page.mediabox.width else 28 for page in pages]
    assert all(run_with(page, "草稿").baseline < top for page, top in zip(pages, tops, strict=True))
    assert all("草稿" not in run.text for run in runs_of(read(to_pdf(campaign_summary())).pages[0]))


@pytest.mark.parametrize("annexes", [(), (unit_table(),)])
def test_the_imprint_closes_the_last_page(annexes):
    document = campaign_summary(annexes=annexes, cc="区委办公室。", printed_by="区招商办\t2026年10月10日印发")
    *before, last = read(to_pdf(document)).pages

    day = run_with(last, "2026年10月10日印发")
    assert 255 < day.baseline < 262
    assert all("抄送" not in run.text for page in before for run in runs_of(page))


# --- PDF: safety, fonts, bytes ------------------------------------------------------------------


def test_hostile_text_is_printed_and_nothing_is_opened():
    pdf = to_pdf(hostile_document())

    assert HOSTILE[:25] in "".join(page.extract_text() for page in read(pdf).pages).replace("\n", "")
    assert b"root:" not in pdf
    assert b"/EmbeddedFile" not in pdf
    assert b"/Image" not in pdf


@pytest.mark.parametrize("url", ["file:///etc/passwd", "http://127.0.0.1:9/x.png", "https://example.org/"])
def test_the_fetcher_opens_only_data_and_the_named_fonts(url):
    from reports.documents.pdf import _Fetcher

    found = fonts.find()
    fetcher = _Fetcher(found.files())

    with pytest.raises(BaseException, match="may not open"):
        fetcher.fetch(url)
    assert fetcher.fetch("data:text/plain,ok").read() == b"ok"
    assert fetcher.fetch(found.latin.as_uri()).read(4) == found.latin.read_bytes()[:4]


def test_a_link_never_reaches_the_pdf():
    pages = read(to_pdf(campaign_summary())).pages

    assert all("/Annots" not in page for page in pages)


def test_a_character_in_no_font_is_refused_by_name():
    with pytest.raises(MissingGlyph, match=r"U\+E000") as refusal:
        to_pdf(plain_report(paragraph("招商\ue000局"), Heading(1, "一、\x07")))

    assert refusal.value.characters == ("\x07", "\ue000")


def test_all_fonts_are_embedded_and_the_title_has_its_own():
    names = {}
    for page in read(to_pdf(campaign_summary())).pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            names[font["/BaseFont"]] = any(key.startswith("/FontFile") for key in inner)

    assert all(names.values())
    assert any("zs-title" in name or "Noto-Serif-CJK-SC" in name for name in names)
    assert any("zs-latin" in name for name in names)


def test_a_site_s_own_font_comes_first_and_noto_last(settings, tmp_path):
    own = tmp_path / "方正小标宋简体.ttf"
    own.write_bytes(fonts.find().latin.read_bytes())
    settings.SITE_FONTS_DIR = str(tmp_path)

    chain = fonts.find().chain("title")

    assert chain[0] == own
    assert chain[-1].name.startswith("NotoSerifCJK-Bold")


def test_documents_are_printed_in_noto_alone(settings, tmp_path):
    settings.FONTS_DIR = tmp_path

    page = read(to_pdf(plain_report(paragraph(HAN * 120)))).pages[1]

    assert [len(line.text) for line in lines_of(page)] == [28] * 22
    assert any("Noto-Serif-CJK" in str(font["/BaseFont"]) for font in page["/Resources"]["/Font"].values())


def test_no_fonts_at_all_names_the_packages(settings, tmp_path, monkeypatch):
    settings.FONTS_DIR = tmp_path / "none"
    monkeypatch.setattr(fonts, "SYSTEM_FOLDERS", (tmp_path,))

    with pytest.raises(ImproperlyConfigured, match="fonts-noto-cjk"):
        fonts.find()


def test_the_same_value_gives_the_same_bytes():
    assert to_pdf(campaign_summary()) == to_pdf(from_json(to_json(campaign_summary())))


def test_the_pdf_says_what_it_is_and_not_where_it_was_made():
    pdf, kind = DOCUMENTS["pdf"]
    made = pdf(campaign_summary())
    reader = read(made)

    assert kind == "application/pdf"
    assert reader.metadata.title == "临江区招商引资百日会战工作情况总结"
    assert reader.metadata.author == "临江区招商引资工作领导小组办公室"
    assert b"pdfaid" in reader.trailer["/Root"]["/Metadata"].get_data()
    assert b"/tmp/" not in made
    assert b"file:" not in made


def test_headings_become_bookmarks():
    outline = read(to_pdf(campaign_summary())).outline

    titles = re.findall(r"'/Title': '([^']+)'", str(outline))
    assert "一、主要成效" in titles
    assert "百日会战各单位任务完成情况表" in titles


def test_the_style_of_a_document_holds_no_text_of_it():
    assert "script" not in _own_style(hostile_document())


def test_the_measure_of_a_head_keeps_together():
    table = Table(
        title="表",
        heads=(
            "单位",
            "省级平台签约项目（个）\n完成",
            "省外到位资金（亿元）\n目标",
            "省外到位资金（亿元）\n完成",
            "（示范）甲",
        ),
        rows=(("甲镇", "1", "2", "3", "4"),),
        numeric=(False, True, True, True, True),
    )
    page = html.to_fragment(campaign_summary(annexes=(table,)))
    assert '省级平台签约项目<span class="zs-doc-measure">（个）</span></th>' in page
    assert '省外到位资金<span class="zs-doc-measure">（亿元）</span></th>' in page
    assert "<th>（示范）甲" in page.replace(' scope="col"', "").replace(' rowspan="2"', "")
