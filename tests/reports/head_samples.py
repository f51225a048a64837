"""Hand-made documents with each kind of head, charts among them; all names and figures are invented."""

from reports.documents.content import Chart, Document, Heading, Paragraph, Series, Span
from tests.reports.document_samples import campaign_summary, plain_report, unit_table

TOWNS = ("临江街道", "白沙镇", "双桥镇", "青山街道", "大洋镇", "石门镇", "高新技术产业园区")
BARS = Chart(
    "bar", "各单位签约资金", TOWNS,
    (
        Series("今年", ("12.6", "9.29", "8", "5.41", "3.2", "", "21.75")),
        Series("去年同期", ("10.1", "9.8", "6.5", "4", "3.2", "1.5", "18.3")),
    ),
    "亿元", note="数据截至2026年9月30日。", category="单位",
)  # fmt: skip
PACE = Chart(
    "pace", "各单位目标任务完成率与时序进度", TOWNS,
    (Series("完成率", ("117.5", "98.6", "80.8", "66.7", "32", "0", "105")), Series("时序进度", ("75",) * 7)),
    "%", category="单位",
)  # fmt: skip
LINES = Chart(
    "line", "招商信息累计完成情况", tuple(f"{month}月" for month in range(1, 10)),
    (
        Series("累计完成", ("11", "25", "48", "60", "77", "102", "130", "171", "")),
        Series("时序目标", tuple(str(30 * month) for month in range(1, 10))),
        Series("去年同期", ("9", "20", "31", "52", "70", "88", "101", "120", "144")),
    ),
    "条", category="月份",
)  # fmt: skip


def newsletter(**changes) -> Document:
    """A numbered newsletter with charts."""
    texts = (
        "9月以来，全区各参战单位抢抓机遇、主动出击，新收集招商信息41条，新签约项目5个。",
        "从组别看，镇街组完成率高于园区组4.2个百分点；从指标看，外出走访仍是短板。",
    )
    values = {
        "title": "全区百日会战收官冲刺阶段工作动态",
        "issuer": "临江区招商引资工作领导小组办公室",
        "mark": "招商引资工作简报",
        "number": "第7期（总第31期）",
        "head": "newsletter",
        "addressee": "",
        "blocks": (
            Paragraph((Span(texts[0]),)), Heading(1, "一、签约情况"), Paragraph((Span(texts[1]),)), BARS,
            Heading(1, "二、进度对比"), PACE, LINES, Paragraph((Span(texts[1] * 3),)),
        ),
        "annexes": (),
        "date_text": "2026年10月9日",
        "draft": False,
        "cc": "报：区委、区政府领导\n送：区直各部门，各园区管委会\n发：各镇人民政府、街道办事处",
        "copies": "60",
        "status": "初步",
        "cut_off": "2026年9月30日",
        "basis": "认定数",
    }  # fmt: skip
    return Document(**values | changes)


def letter(**changes) -> Document:
    """A supervision letter in the form of a letter."""
    values = {
        "title": "督　办　单",
        "issuer": "临江区招商引资工作领导小组办公室",
        "mark": "临江区招商引资工作领导小组办公室",
        "number": "临招督〔2026〕3号",
        "head": "letter",
        "addressee": "石门镇人民政府：",
        "blocks": (
            Paragraph((Span("截至9月30日，你镇招商信息完成3条，占目标任务10条的30%，欠序时进度45个百分点。"),)),
            Heading(1, "一、办理要求"), Paragraph((Span("请认真查找原因，明确责任人和完成时限，抓紧整改落实。"),)),
            Heading(1, "二、办理时限"), Paragraph((Span("请于2026年10月20日前书面报送办理情况。"),)),
        ),
        "annexes": (),
        "date_text": "2026年10月9日",
        "draft": False,
        "status": "最终", "cut_off": "2026年9月30日", "basis": "认定数",
    }  # fmt: skip
    return Document(**values | changes)


def red(**changes) -> Document:
    """A bulletin with red head, an annex, 版记 and charts."""
    document = campaign_summary(
        cc="区委办公室，区人大常委会办公室，区政府办公室，区政协办公室。",
        printed_by="临江区招商局办公室\t2026年10月10日印发", status="最终", cut_off="2026年9月30日", basis="认定数",
    )  # fmt: skip
    values = {"blocks": (*document.blocks, PACE)}
    return Document(**{name: getattr(document, name) for name in document.__dataclass_fields__} | values | changes)


def plain(**changes) -> Document:
    """A report without head."""
    text = Span("今年以来，全区招商引资工作稳步推进，各项指标完成情况良好。" * 12)
    values = {
        "title": "临江区2026年前三季度招商引资工作总结", "issuer": "临江区招商局", "date_text": "2026年10月9日",
        "status": "初步", "cut_off": "2026年9月30日", "basis": "上报数", "annexes": (unit_table(),),
    }  # fmt: skip
    return plain_report(
        Heading(1, "一、主要成效"), Paragraph((text,)), Heading(2, "（一）招商信息"), Paragraph((text,)), LINES,
        **values | changes,
    )  # fmt: skip


SAMPLES = {"red": red, "newsletter": newsletter, "letter": letter, "plain": plain}
