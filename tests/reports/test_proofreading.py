"""Proofreading: what a text claims is recomputed from its own figures (I4)."""

import io
import json
import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command

from campaigns.rounding import half_up
from reports.proofreading import claims_of
from reports.proofreading.claims import decimals_of
from reports.proofreading.slips import notes_of
from tests.reports.factories import make_editor, make_told_drive

CORPUS = Path(__file__).with_name("proofreading_corpus.txt")


def corpus():
    """Return (verdicts, arithmetics, sentence) of every line."""
    lines = [line for line in CORPUS.read_text().splitlines() if line and not line.startswith("#")]
    found = []
    for line in lines:
        verdicts, sums, sentence = line.split(" | ")
        found.append(([] if verdicts == "none" else verdicts.split(";"), sums.split(";"), sentence))
    return found


def reckoned(arithmetic):
    """Work out an arithmetic of the corpus exactly."""
    assert re.fullmatch(r"[\d.+\-/()]+", arithmetic)
    return eval(re.sub(r"[\d.]+", r"Fraction('\g<0>')", arithmetic), {"Fraction": Fraction})  # noqa: S307 our own file


def test_corpus_is_large_and_holds_every_verdict():
    lines = corpus()
    assert len(lines) >= 150
    assert len({sentence for _verdicts, _sums, sentence in lines}) == len(lines)
    assert {verdict for verdicts, *_rest in lines for verdict in verdicts} == {
        "match", "rounding", "wrong", "unreadable",
    }  # fmt: skip


@pytest.mark.parametrize(("verdicts", "sums", "sentence"), corpus(), ids=[line[2][:40] for line in corpus()])
def test_sentence_has_its_verdicts(verdicts, sums, sentence):
    claims = claims_of(sentence)
    assert [claim.verdict.value for claim in claims] == verdicts
    for claim, arithmetic in zip(claims, sums if claims else (), strict=True):
        assert sentence[claim.start : claim.end] == claim.text
        if arithmetic == "-":
            assert claim.exact is None
            continue
        value = reckoned(arithmetic)
        if claim.kind == "pace":  # the text's own percentage, or the exact one behind it
            assert abs(abs(claim.exact) - abs(value)) < Fraction(1, 10)
        else:
            assert claim.exact == (value if claim.kind == "total" else value * 100)
        assert claim.printed == f"{abs(half_up(claim.exact, decimals_of(claim.stated))).normalize():f}"


# --- what is suggested ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sentence", "suggestion"),
    [
        (
            "到位资金84.8亿元，完成全年目标任务（105亿元）的84.2%。",
            "应为 80.8%；若“84.8”是“88.4”之误（数字颠倒），则 84.2% 成立",
        ),
        ("邀请来区考察93家，占目标任务192家的48.3%。", "应为 48.4%"),
        ("收集信息171条，占目标任务358条的47.7%。", "四舍五入应为 47.8%（文中是舍去尾数的结果）"),
        (
            "新签约项目33个，占年度计划40个的66%，届内计划50个。",
            "应为 83%；若分母是 50个，则 66% 成立",
        ),
        ("新签约项目12个，去年同期16个，同比增长25%。", "应为下降 25%"),
        ("一产5个、二产6个，合计12个。", "应为 11"),
    ],
)
def test_suggestion_names_each_reading_that_would_be_true(sentence, suggestion):
    assert [claim.suggestion for claim in claims_of(sentence)] == [suggestion]


def test_any_rightly_rounded_share_matches_and_nothing_is_called_wrong_for_its_wording():
    wordings = (
        "走访企业{a}家，占目标任务{b}家的{p}%。",
        "走访企业{a}家，完成全年任务（{b}家）的{p}%。",
        "任务{b}家，实际走访{a}家，完成率{p}%。",
        "走訪企業{a}家,佔目標任務{b}家的{p}％。",
    )
    for places in (0, 1, 2):
        for a in range(1, 120, 7):
            for b in (3, 7, 16, 61, 192, 720):
                printed = f"{half_up(Fraction(a, b) * 100, places):f}"
                for wording in wordings:
                    claims = claims_of(wording.format(a=a, b=b, p=printed))
                    assert [claim.verdict.value for claim in claims] == ["match"], wording.format(a=a, b=b, p=printed)


def test_places_of_claims_are_those_of_the_text_whatever_its_characters():
    text = "𠮷镇！①㎡收集信息１７１條，佔目標任務358條的４７．８％；邀請93家,占目標192家的48.3%。"
    claims = claims_of(text)
    assert [(text[claim.start : claim.end], claim.verdict.value) for claim in claims] == [
        ("１７１條，佔目標任務358條的４７．８％", "match"),
        ("93家,占目標192家的48.3%", "wrong"),
    ]


@pytest.mark.parametrize(
    "text", ["", "%", "占的%", "1%" * 500, "占目标任务0个的5%", "的" * 5000, "①%", "9" * 400 + "%"]
)
def test_nonsense_is_read_without_a_claim_that_is_wrong(text):
    assert [claim for claim in claims_of(text) if claim.verdict == "wrong"] == []


# --- slips ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("对接世界550强、国内500强企业。", [("list", "世界550强")]),
        ("2026年以党的十九大精神为指导。", [("stale", "党的十九大")]),
        ("2012年以党的十七大精神为指导，2012年。", []),
        ("贯彻党的二十大精神。", []),
        ("9月31日前完成，2月29日总结。", [("date", "9月31日")]),
        ("协议总投资亿元，同比增％，完成XX个。", [("blank", "资亿元"), ("blank", "增％，"), ("blank", "XX个。")]),
        ("一、总体情况\n三、存在问题\n四、打算", [("chapter", "三")]),
        ("一、甲\n二、乙\n一、再来\n二、丙", []),
    ],
)
def test_slips_are_pointed_out(text, found):
    assert [(note.kind, note.text) for note in notes_of(text, today=date(2026, 11, 22))] == found


# --- the command --------------------------------------------------------------------------------------


def proofread(path, *arguments):
    """Run the command; return its exit code and what it printed."""
    out = io.StringIO()
    try:
        call_command("proofread", str(path), *arguments, stdout=out)
    except SystemExit as stop:
        return stop.code, out.getvalue()
    return 0, out.getvalue()


def test_command_prints_json_and_exits_by_what_it_found(tmp_path):
    right, wrong = tmp_path / "对.txt", tmp_path / "错.txt"
    right.write_text("收集信息171条，占目标任务358条的47.8%。")
    wrong.write_bytes("邀请93家，占目标任务192家的48.3%。".encode("gb18030"))
    code, printed = proofread(right, "--format", "json")
    assert (code, json.loads(printed)) == (
        0,
        {
            "claims": [
                {
                    "text": "171条，占目标任务358条的47.8%", "start": 4, "end": 24, "kind": "share",
                    "actual": "171", "target": "358", "stated": "47.8", "exact": "47.765363128492",
                    "printed": "47.8", "verdict": "match", "suggestion": "",
                }
            ],
            "notes": [],
        },
    )  # fmt: skip
    code, printed = proofread(wrong)
    assert code == 1
    assert "[不符]  第 1 行  93家，占目标任务192家的48.3%  93家 ÷ 192家 = 48.4  应为 48.4%" in printed


def test_command_refuses_what_is_no_text(tmp_path):
    (tmp_path / "x.docx").write_bytes(b"PK\x03\x04\0\0")
    for path, told in ((tmp_path / "x.docx", "不是文本文件"), (tmp_path / "none", "无法读取文件")):
        with pytest.raises(CommandError, match=told) as refused:
            call_command("proofread", str(path))
        assert refused.value.returncode == 2


# --- the page, the ledger ---------------------------------------------------------------------------------


def test_page_shows_verdicts_and_keeps_the_text(client, db):
    client.force_login(make_editor(make_told_drive()))
    text = "邀请来区考察93家，占目标任务192家的48.3%。<script>"
    page = client.post("/proofreading/", {"text": text, "campaign": "", "as_of": ""})
    assert [(row.word, row.arithmetic) for row in page.context["rows"]] == [("不符", "93家 ÷ 192家 = 48.4%")]
    shown = page.content.decode()
    assert "应为 48.4%" in shown
    assert "&lt;script&gt;" in shown
    assert "<script>" not in shown.split('class="zs-proof"')[1].split("</section>")[0]


def test_page_asks_for_a_text_and_refuses_other_files(client, db):
    client.force_login(make_editor(make_told_drive()))
    assert client.post("/proofreading/", {"text": "  "}).context["form"].errors == {
        "text": ["请粘贴文稿，或选择文件"]
    }
    file = SimpleUploadedFile("a.txt", b"\xff\xfe\x00")
    assert "file" in client.post("/proofreading/", {"text": "", "file": file}).context["form"].errors
