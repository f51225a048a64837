"""Who went out and who was received."""

from reports.documents.content import Span
from reports.figures import CampaignFigures
from reports.sentences.clauses import joined, listed, number, paragraph

PLACES = 5  # named in a sentence


def outings(figures: CampaignFigures):
    """Yield the teams and their trips; nothing where nobody set out."""
    facet = figures.facet("outings")
    told, found = dict(facet.numbers()), []
    if facet.teams:
        lead = ["，由", number(told["带队领导"]), f"领导分别带队{_of_them(facet)}"] if facet.leaders > 1 else []
        found.append([f"{facet.team_units}个单位组建招商小分队", number(told["小分队"]), *lead])
    if facet.trips:
        led = ["，其中党政主要领导带队", number(told["外出招商·主要领导带队"])] if facet.led_by_top else []
        where = f"，前往{_places(facet.places)}" if facet.places else ""
        found.append(["外出招商", number(told["外出招商·批次"]), "、", number(told["外出招商·人次"]), *led, where])
    if facet.calls:
        again = ["，会见", number(told["外出走访·次数"])] if facet.calls > facet.visited else []
        found.append(["走访企业", number(told["外出走访·企业"]), *again])
    if found:
        yield paragraph("“走出去”方面，", *listed(found), "。")


def receptions(figures: CampaignFigures):
    """Yield who was received, on which basis."""
    facet = figures.facet("receptions")
    if not facet.batches:
        return
    told = dict(facet.numbers())
    yield paragraph(
        f"“请进来”方面，{facet.units}个单位共邀请接待客商",
        number(told["来访接待·批次"]),
        "、",
        number(told["来访接待·人数"]),
        f"{'' if figures.basis else f'（{facet.basis}数）'}，涉及企业",
        number(told["来访接待·企业"]),
        "。",
    )


def _of_them(facet):
    titles = "、".join(f"{title}{count}名" for title, count in facet.titles if count < facet.leaders)
    return f"（其中{titles}）" if titles else ""


def _places(places):
    return "、".join(places) if len(places) <= PLACES else f"{'、'.join(places[:PLACES])}等地"


def fairs(figures: CampaignFigures):
    """Yield the events, one after the other: who led the way there, leaflets, projects published and signed."""
    for fair in figures.facet("fairs").fairs:
        lead = f"由{fair.leader}带队" if fair.leader else ""
        verb = "举办" if fair.is_own else "参加"
        told = [[f"{fair.on.month}月{fair.on.day}日，{lead}{verb}", Span(fair.name, fair.href)]]
        handed = [
            *([f"发放资料{fair.leaflets}份"] if fair.leaflets else ()),
            *([f"发布项目{fair.published}个"] if fair.published else ()),
        ]
        if handed:
            told.append(["、".join(handed)])
        if fair.projects:
            names = joined(fair.projects, word="项目")
            told.append([f"现场签约{names}，共{len(fair.projects)}个、金额", Span(fair.amount, fair.href)])
        if fair.frameworks:
            told.append([f"签订框架协议{fair.frameworks}个，未计入签约数"])
        yield paragraph(*listed(told, "，"), "。")
