"""Periodic issues of the demo, every sentence compared whole and proofread."""

import pytest

from campaigns.models import Campaign
from reports import drafting
from reports.models import ReportKind
from reports.proofreading.verdicts import claims_of
from tests.campaigns.drives import day
from tests.reports.periodic_drives import AUGUST, SEPTEMBER, expected, told
from units.models import User

DRIVE, ANNUAL = "百日会战（示范）", "年度目标（示范）"
ISSUES = {"monthly": (DRIVE, SEPTEMBER), "half-monthly": (DRIVE, day(8, 31)), "ranking-circular": (ANNUAL, AUGUST)}


@pytest.mark.parametrize("code", ISSUES)
def test_issue_of_the_demo_says_every_sentence_and_no_wrong_claim(demo, db, code):
    name, as_of = ISSUES[code]
    campaign = Campaign.objects.select_related("organiser").get(name=name)
    kind, by = ReportKind.objects.get(code=code), User.objects.get(username="bianbao")
    report, _is_new = drafting.start_issue(campaign=campaign, kind=kind, as_of=as_of, by=by)
    lines = told(report, with_tables=False)
    assert lines == expected(f"demo {code}")
    assert [claim.text for claim in claims_of("\n".join(lines)) if claim.verdict in {"wrong", "rounding"}] == []
