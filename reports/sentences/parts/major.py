"""Named projects: by industry, those followed up, the table (R92)."""

from reports.documents.content import Span, Table
from reports.figures import CampaignFigures
from reports.sentences.clauses import counted, paragraph

MOST = 8  # projects named of one industry


def by_industry(figures: CampaignFigures):
    """Yield a paragraph for each industry: its projects by name, and how far each came."""
    major = figures.facet("major")
    for industry, projects in major.industries:
        parts = [f"{industry}方面，"]
        for place, row in enumerate(projects[:MOST]):
            parts += ["；" if place else "", *_told(row)]
        more = f"；另有{counted(len(projects) - MOST, '个')}项目正在推进" if len(projects) > MOST else ""
        yield paragraph(*parts, f"{more}。")


def _told(row):
    invested = f"（计划总投资{row.investment}）" if row.investment else ""
    return [Span(row.name, row.href), f"{invested}{row.state}"]


def followed(figures: CampaignFigures):
    """Yield the projects that are followed up and not signed yet, those with foreign capital apart."""
    major = figures.facet("major")
    if not major.followed:
        return
    parts = [f"锁定重点跟进项目{len(major.followed)}个，计划总投资{major.followed_investment}："]
    home = [row for row in major.followed if not row.is_foreign]
    for place, row in enumerate(home):
        parts += ["、" if place else "", Span(row.name, row.href)]
    foreign = [row for row in major.followed if row.is_foreign]
    if foreign:
        parts.append(f"{'，以及' if home else ''}外资项目{len(foreign)}个，为")
        for place, row in enumerate(foreign):
            parts += ["、" if place else "", Span(row.name, row.href), f"（{row.company}）"]
    yield paragraph(*parts, "。")


def table(figures: CampaignFigures):
    """Yield every major project: investor, sum, how far it is, who leads it, what is in its way."""
    major = figures.facet("major")
    if not major.projects:
        return
    yield Table(
        title=f"{figures.organiser}重大项目推进情况表",
        heads=("项目", "投资方", "产业", "计划总投资", "进展", "挂包领导", "待解决问题"),
        rows=tuple(
            (row.name, row.company, row.industry, row.investment or "—", row.state, row.leader or "—",
             row.problem or "—")
            for row in major.projects
        ),
        numeric=(False, False, False, True, False, False, False),
        note="含重点项目，以及期内签约1亿元以上的项目；已终止的不列。",
    )  # fmt: skip
