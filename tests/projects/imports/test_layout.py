"""Where the table lies, and which column is which field."""

import itertools

import pytest

from projects.imports import columns
from projects.imports.columns import Column
from projects.imports.headings import fold, known, recognise, take_apart
from projects.imports.layout import NoTable, find_table
from projects.imports.reading import Notice
from projects.models.companies import Origin
from projects.models.projects import FundForm, FundNature, Introducer, Nature, Sector
from projects.models.visits import Visit
from projects.stages import Stage
from tests.projects.imports.test_xlsx import sheet_of
from tests.projects.imports.workbooks import xlsx

TABLES = {
    "project": columns.PROJECT,
    "visit": columns.VISIT,
    "instalment": columns.INSTALMENT,
    "company": columns.COMPANY_LIST,
    "trip": columns.TRIP,
    "problem": columns.PROBLEM,
}


def table_of(text, of=columns.PROJECT):
    """Return the table of a text with commas."""
    return find_table(sheet_of(text.encode(), "a.csv"), of)


def fields(table):
    """Return the field of every column."""
    return [match.field for match in table.columns]


# --- headings -----------------------------------------------------------------------------------


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_no_heading_belongs_to_two_fields(table):
    owners = {}
    for column in table:
        for word in (column.heading, *column.synonyms):
            owners.setdefault(take_apart(word).name, set()).add(column.name)
    assert {word: names for word, names in owners.items() if len(names) > 1} == {}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_every_heading_and_synonym_is_recognised(table):
    for column in table:
        for word in (column.heading, *column.synonyms):
            (match,) = recognise([[word]], table)
            assert match.field == column.name, word


@pytest.mark.parametrize(
    ("heading", "name", "measure"),
    [
        ("总投资（亿元）", "总投资", "亿元"),
        ("金额(万美元)", "金额", "万美元"),
        ("投资额:万元", "投资额", "万元"),
        ("协议投资亿元", "协议投资", "亿元"),
        ("總投資〔單位：億元〕", "总投资", "亿元"),
        ("总投资\n（万元 ）", "总投资", "万元"),
        ("1、项目名称", "项目名称", ""),
        ("（一）项目名称", "项目名称", ""),
        ("建设地点(注明园区)", "建设地点", ""),
        ("用地（亩）", "用地", "亩"),
        ("占比（％）", "占比", "%"),
        ("一期投资", "一期投资", ""),
        ("万元", "万元", ""),
    ],
)
def test_headings_are_taken_apart(heading, name, measure):
    found = take_apart(heading)
    assert (found.name, found.measure) == (name, measure)


@pytest.mark.parametrize(
    "heading", ["項目 名稱", "项目名称：", "＊项目名称", "【项目名称】", "项目\n名称", "項目名稱*"]
)
def test_headings_are_folded(heading):
    (match,) = recognise([[heading]], columns.PROJECT)
    assert match.field == "name"


def test_near_misses_are_only_suggested():
    first, second = recognise([["项目名城"], ["天气"]], columns.PROJECT)
    assert first.field is None
    assert first.suggestions[0][0] == "name"
    assert 60 <= first.suggestions[0][1] < 100
    assert (second.field, second.suggestions) == (None, ())


def test_two_columns_for_one_field_are_never_taken_silently():
    matches = recognise([["签约日期"], ["合同签订时间"]], columns.PROJECT)
    assert [match.field for match in matches] == [None, None]
    assert matches[0].problem == "与“合同签订时间”同为“签约时间”，请选定一列"
    assert matches[0].suggestions == (("contract_on", 100),)


def test_own_heading_of_the_template_wins_over_a_synonym():
    matches = recognise([["全称"], ["项目名称"]], columns.PROJECT)
    assert [match.field for match in matches] == [None, "name"]
    assert "与“项目名称”同为" in matches[0].problem


def test_group_over_a_heading_must_not_change_its_meaning():
    paths = [["项目基本情况", "项目名称"], ["上年", "总投资"], ["到位资金", "累计"], ["到位资金", "本年"]]
    matches = recognise(paths, columns.PROJECT)
    assert [match.field for match in matches] == ["name", None, "arrived", None]
    assert matches[1].suggestions[0] == ("investment", 90)
    assert matches[3].heading == "到位资金/本年"


def test_empty_headings_match_nothing():
    assert [match.field for match in recognise([[""], [], ["   "]], columns.PROJECT)] == [None] * 3


def test_choices_are_those_of_the_models():
    for choices, model in (
        (columns.SECTORS, Sector), (columns.ORIGINS, Origin), (columns.NATURES, Nature), (columns.STAGES, Stage),
        (columns.INTRODUCERS, Introducer), (columns.FORMS, FundForm), (columns.FUND_NATURES, FundNature),
        (columns.DIRECTIONS, Visit.Direction),
    ):  # fmt: skip
        assert {value: labels[0] for value, labels in choices.items()} == {
            value: str(label) for value, label in model.choices
        }


def test_words_of_a_choice_mean_one_thing():
    every = [column.choices for table in TABLES.values() for column in table if column.choices]
    for choices in every:
        words = [fold(word) for word in itertools.chain.from_iterable(choices.values())]
        assert len(words) == len(set(words))
    assert len(every) > 7


def test_columns_have_different_names_and_known_kinds():
    kinds = {value for name, value in vars(columns).items() if name.isupper() and isinstance(value, str)}
    for table in TABLES.values():
        assert len({column.name for column in table}) == len(table)
        assert {column.kind for column in table} <= kinds
        assert known(table)[fold(table[0].heading)] == table[0].name


# --- the table ----------------------------------------------------------------------------------


def test_titles_notes_and_measure_above_the_headings():
    table = table_of("溪水区招商项目台账,,\n填报单位：河东镇,,单位：亿元\n\n项目名称,投资方,总投资\n甲,乙,3\n")
    assert fields(table) == ["name", "company", "investment"]
    assert (table.measure, table.heading_rows) == ("亿元", (4,))
    assert [row.values for row in table.rows] == [("甲", "乙", "3")]
    assert table.notices == (
        Notice("1:1", "表头以上的“溪水区招商项目台账”没有当作数据"),
        Notice("2:2", "表头以上的“填报单位：河东镇　单位：亿元”没有当作数据"),
    )


@pytest.mark.parametrize(
    ("note", "measure"),
    [
        ("单位：万元", "万元"),
        ("（单位：万元）", "万元"),
        ("金额单位：亿元", "亿元"),
        ("計量單位:萬美元", "万美元"),
        ("单位：万元、亩", "万元"),
        ("单位：万元、万美元", ""),
        ("填报单位：万元镇", ""),
        ("单位：河东镇", ""),
        ("2026 年", ""),
    ],
)
def test_measure_of_a_note(note, measure):
    table = table_of(f"{note}\n项目名称,投资方,总投资\n甲,乙,3\n")
    assert table.measure == measure


def test_two_rows_of_headings_without_merged_cells():
    table = table_of("项目名称,投资方,到位资金,,备注\n,,本年,累计,\n甲,乙,1,2,丙\n")
    assert fields(table) == ["name", "company", None, "arrived", "note"]
    assert [match.heading for match in table.columns][2:4] == ["到位资金/本年", "到位资金/累计"]
    assert table.heading_rows == (1, 2)
    assert len(table.rows) == 1


def test_first_row_of_data_is_not_a_second_row_of_headings():
    table = table_of("项目名称,投资方,备注\n甲项目,乙公司,丙\n")
    assert len(table.rows) == 1
    sparse = table_of("项目名称,投资方,备注,,\n甲项目,,丙,,\n")
    assert len(sparse.rows) == 1


def test_three_rows_of_merged_headings():
    merges = "".join(f'<mergeCell ref="{ref}"/>' for ref in ("A1:A3", "B1:E1", "B2:C2", "D2:E2"))
    sheet = sheet_of(
        xlsx(
            [
                ["项目名称", "项目情况"],
                [None, "投资情况", None, "时间节点"],
                [None, "总投资(亿元)", "一期投资(亿元)", "签约时间", "开工时间"],
                ["甲", "1", "2", "2026-01-01", "—"],
            ],
            after=f"<mergeCells>{merges}</mergeCells>",
        )
    )
    table = find_table(sheet, columns.PROJECT)
    assert fields(table) == ["name", "investment", "first_phase", "contract_on", "groundbreaking_on"]
    assert [row.number for row in table.rows] == [4]


@pytest.mark.parametrize(
    "total",
    [
        "合计",
        "小 计",
        "总计",
        "共计",
        "工业小计",
        "合計",
        "一、工业项目小计",
        "合计：5 个",
        "总计(12 个)",
        "本页合计",
    ],
)
def test_totals_are_left_out(total):
    table = table_of(f"序号,项目名称,投资方,总投资(万元)\n1,甲,乙,3\n,{total},,3\n{total},,,3\n")
    assert [row.number for row in table.rows] == [2]
    assert [notice.address for notice in table.notices] == ["3:3", "4:4"]
    assert "是合计，没有当作数据" in table.notices[0].message


@pytest.mark.parametrize(
    "name", ["统计中心项目", "会计服务产业园", "合计科技园", "设计总部", "小计量仪器厂", "一、二期厂房"]
)
def test_projects_that_only_sound_like_totals_are_kept(name):
    table = table_of(f"序号,项目名称,投资方,总投资(万元)\n1,{name},乙,3\n")
    assert [row.number for row in table.rows] == [2]


def test_headings_again_numbers_of_columns_sections_and_feet_are_left_out():
    table = table_of(
        "项目名称,投资方,总投资(万元)\n(1),(2),(3)\n甲,乙,1\n项目名称,投资方,总投资(万元)\n二、服务业,,\n丙,丁,2\n"
        "填表人：张三,,审核人：李四\n注：截至八月\n"
    )
    assert [row.number for row in table.rows] == [3, 6]
    assert [(notice.address, notice.message.split("，")[0]) for notice in table.notices] == [
        ("2:2", "第 2 行是栏号"), ("4:4", "第 4 行与表头相同"), ("5:5", "第 5 行“二、服务业”是小标题"),
        ("7:7", "第 7 行“填表人：张三”是表尾的说明"), ("8:8", "第 8 行“注：截至八月”是表尾的说明"),
    ]  # fmt: skip


def test_gaps_are_said_as_runs_however_far():
    table = table_of("项目名称,投资方\n甲,乙\n\n\n\n丙,丁\n ,\n戊,己\n\n")
    assert [row.number for row in table.rows] == [2, 6, 8]
    assert table.notices == (Notice("3:3", "第 3–5、7 行是空行，已跳过"),)


def test_row_with_only_a_fault_is_kept():
    sheet = sheet_of(xlsx([["项目名称", "投资方"], ["甲", "乙"], ['<c r="A3"><f>A2</f></c>']]))
    assert [row.number for row in find_table(sheet, columns.PROJECT).rows] == [2, 3]


def test_cells_without_heading_are_said():
    table = table_of("项目名称,投资方,,\n甲,乙,,看得见\n丙,丁,,\n")
    assert table.notices == (Notice("D2", "D 列没有表头，其中 1 格内容没有读取"),)


@pytest.mark.parametrize("text", ["甲,乙\n1,2\n", "项目名称\n甲\n", "一份说明\n没有表格\n"])
def test_sheet_without_headings_is_refused_with_what_was_looked_for(text):
    with pytest.raises(NoTable, match="找不到表头（如 项目名称、投资方"):
        table_of(text)


def test_empty_sheet_is_refused():
    with pytest.raises(NoTable, match="是空的"):
        find_table(sheet_of(xlsx()), columns.PROJECT)


def test_visits_and_instalments_are_recognised():
    visits = table_of("部门,拜访企业,开始时间,目的地,外出人数,备注\n商务局,甲,2026.5.1,杭州,3,无\n", columns.VISIT)
    assert fields(visits) == ["unit", "company", "on", "place", "heads", "note"]
    money = table_of(
        "项目名称,投资企业,到资时间,到资金额（万美元）,是否现汇\n甲,乙,2026.5.1,300,是\n", columns.INSTALMENT
    )
    assert fields(money) == ["project", "company", "on", "amount", "in_cash"]
    assert money.columns[3].measure == "万美元"


def test_column_has_a_tuple_of_synonyms():
    assert Column("x", "X", also="甲 乙").synonyms == ("甲", "乙")
