"""How long a bulletin takes to print, against WeasyPrint alone on the same HTML."""

from dataclasses import asdict
from unittest import mock

from weasyprint.layout import inline

from reports.documents import grid, pdf
from reports.documents.content import Document, Heading, Paragraph, Span, Table
from scripts.bench.measures import compared

SENTENCE = (
    "截至9月30日，共收集招商信息171条，占目标任务358条的47.8%；外出走访企业57家，占目标任务720家的7.9%；"
    "邀请客商来区考察93家，占目标任务192家的48.4%；新签约项目16个、合同资金9.29亿元。"
)


def bulletin(tables, rows=40, paragraphs=6):
    """Return a bulletin: some paragraphs, and annexes of 12 columns."""
    said = [Paragraph((Span(SENTENCE * 2),)) for _ in range(paragraphs)]
    heads = ("单位", *(f"指标{number}" for number in range(1, 12)))
    cells = tuple(
        (f"第{unit}单位", *(f"{unit * number % 97}.{number % 10}" for number in range(11))) for unit in range(rows)
    )
    annex = Table(title="各单位任务完成情况表", heads=heads, rows=cells, numeric=(False, *(True,) * 11))
    return Document(
        title="测量区招商引资百日会战工作情况通报",
        issuer="测量区招商引资工作领导小组办公室",
        mark="测量区招商引资工作简报",
        number="第1期",
        addressee="各镇人民政府、街道办事处：",
        blocks=(Heading(1, "一、主要成效"), *said[:3], Heading(1, "二、存在问题"), *said[3:]),
        annexes=(annex,) * tables,
        date_text="2026年10月9日",
        draft=False,
    )


def alone(document):
    """Return a function that gives WeasyPrint, as it is, the HTML and the style that to_pdf gives it."""
    taken = {}
    html = pdf.HTML

    def keep(**given):
        taken.update(given)
        return html(**given)

    with mock.patch.object(pdf, "HTML", keep):
        pdf.to_pdf(document)
    config, _fetcher, sheet = pdf._setting(pdf.fonts.find())

    def render():
        stock = {"split_text_box": grid._stock_split_text_box, "justify_line": grid._stock_justify_line}
        with mock.patch.multiple(inline, **stock):
            html(**taken).write_pdf(stylesheets=[sheet], font_config=config, pdf_variant=pdf.VARIANT)

    return render


def measure(rounds, say):
    """Return the rows of the documents."""
    rows = []
    documents = (
        ("bulletin", 0),
        ("report of 12 pages with six tables", 6, 18, 12),
        ("bulletin with six tables of 40 × 12", 6),
    )
    for told, *asked in documents:
        document, tables = bulletin(*asked), asked[0]
        render = alone(document)
        row = compared(
            f"to_pdf, {told}", "WeasyPrint alone", lambda given=document: pdf.to_pdf(given), render, "≤ 1.15",
            rounds if not tables else max(1, rounds // 3),
        )  # fmt: skip
        say(f"{row.measure} ÷ {row.against}: {row.ratio:.2f} {row.limit}")
        rows.append({**asdict(row), "is_held": row.is_held})
    return rows
