"""Hand-made documents for the tests of the renderers; all names and figures are invented."""

from reports.documents.content import Document, Heading, Paragraph, Span, Table

INDICATORS = ("招商信息", "外出走访", "来区考察", "新签工业", "新开工", "新签项目", "签约资金")
PLACES = (
    "临江街道", "白沙镇", "双桥镇", "青山街道", "大洋镇", "石门镇", "柳河镇", "永安镇", "凤凰街道", "南屏镇",
    "龙泉镇", "江北街道", "新华镇", "东湖镇", "高新技术产业园", "临港经济开发区",
)  # fmt: skip


def unit_table() -> Table:
    """48 units × 7 indicators: done/target and percent each, score and rank, total row last."""
    heads = ["序号", "组别", "单位"]
    for name in INDICATORS:
        heads += [f"{name}\n完成/目标", f"{name}\n%"]
    heads += ["得分", "名次"]
    rows = []
    for index in range(48):
        group = ("镇街组", "园区组", "部门组")[index % 3]
        cells = [str(index + 1), group, f"{PLACES[index % 16]}{('', '商务办', '专班')[index // 16]}"]
        for place in range(7):
            if (index + place) % 11 == 0:
                cells += ["—", "—"]
            else:
                done, target = (index * 7 + place * 3) % 23, 20
                cells += [f"{done}/{target}", f"{done * 5}"]
        rows.append((*cells, f"{96 - index}.{index % 10}", str(index % 16 + 1)))
    total = ["", "", "合计"]
    for _place in range(7):
        total += ["1,710/3,580", "47.8"]
    rows.append((*total, "—", "—"))
    return Table(
        title="百日会战各单位任务完成情况表",
        heads=tuple(heads),
        rows=tuple(rows),
        numeric=(False, False, False, *(True, True) * 7, True, False),
        note="注：数据截至2026年9月30日，按认定口径统计；“—”为未下达任务，不参与排名。",
        total_rows=frozenset({48}),
    )


def campaign_summary(**changes) -> Document:
    """A summary of a campaign with red head, four parts and one wide annex."""
    text = (
        "7月1日以来，全区48个参战单位紧盯“百日会战”目标任务，走出去、请进来，招商引资工作取得阶段性成效。"
        "截至9月30日，共收集招商信息171条，占目标任务358条的47.8%；外出走访企业57家，占目标任务720家的7.9%；"
        "邀请客商来区考察93家，占目标任务192家的48.4%。"
    )
    blocks = [Paragraph((Span(text),)), Heading(1, "一、主要成效"), Heading(2, "（一）招商信息")]
    for number in range(1, 4):
        blocks += [
            Heading(3, f"{number}.信息收集情况"),
            Paragraph(
                (
                    Span("全区共收集招商信息"),
                    Span("171", "/campaigns/1/entries/?indicator=1"),
                    Span(
                        "条，其中11个单位完成目标任务，临江街道、白沙镇、双桥镇完成率居前三位，"
                        "新签约项目16个、合同资金9.29亿元，单体最大项目1.4亿元（详见附件）。"
                    ),
                )
            ),
        ]
    for heading in ("二、主要做法", "三、存在问题", "四、下一步打算"):
        blocks += [
            Heading(1, heading),
            Paragraph(
                (
                    Span(
                        "对照目标任务倒排工期、挂图作战，切实做到“周调度、月通报、季观摩”，推动签约项目早落地、"
                        "落地项目早开工、开工项目早投产，确保全年目标任务圆满完成。"
                    ),
                )
            ),
        ]
    values = {
        "title": "临江区招商引资百日会战工作情况总结",
        "issuer": "临江区招商引资工作领导小组办公室",
        "mark": "临江区招商引资工作领导小组办公室文件",
        "number": "临招办发〔2026〕18号",
        "addressee": "各镇人民政府、街道办事处，区直各部门，各园区管委会：",
        "blocks": tuple(blocks),
        "annexes": (unit_table(),),
        "date_text": "2026年10月9日",
        "draft": False,
    }
    return Document(**values | changes)


def plain_report(*blocks, **changes) -> Document:
    """A report without red head, annexes and signature, for measuring."""
    values = {
        "title": "测量", "issuer": "", "mark": "", "number": "", "addressee": "", "blocks": blocks,
        "annexes": (), "date_text": "", "draft": False,
    }  # fmt: skip
    return Document(**values | changes)
