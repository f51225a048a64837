"""A supervision letter: the matter, what it rests on, what is asked by when of whom."""

from reports.figures import CampaignFigures, MissingFigures
from reports.figures.order import OrderFacts
from reports.sentences.clauses import day_text, paragraph
from reports.sentences.comparing import official

NEEDS = frozenset({"order"})


def order_of(figures: CampaignFigures) -> OrderFacts:
    """Return the order of the letter; a letter without one cannot be issued."""
    order = figures.facet("order")
    if order is None:
        raise MissingFigures(["督办事项（请从督办单页面印发）"])
    return order


def sentence(text: str) -> str:
    """End a typed text as a sentence."""
    text = text.strip()
    return text if text.endswith(("。", "！", "？")) else f"{text}。"


def matter(figures: CampaignFigures):
    """Yield what is supervised, and in which campaign."""
    order = order_of(figures)
    yield paragraph(
        f"{day_text(order.issued_on)}，{figures.organiser}就“{figures.campaign.strip('“”')}”活动中的下列事项"
        f"对{order.unit}立项督办（{order.label}）：{sentence(order.title)}"
    )


def grounds(figures: CampaignFigures):
    """Yield the rule and the arithmetic that the order rests on; nothing where it rests on no finding."""
    order = order_of(figures)
    if order.sentence:
        yield paragraph(f"规则手册规定：{official(sentence(order.sentence))}")
    if order.arithmetic:
        yield paragraph(f"经核，{official(sentence(order.arithmetic))}")


def demand(figures: CampaignFigures):
    """Yield what the unit has to do, and what clears the finding."""
    order = order_of(figures)
    for line in order.demand.splitlines():
        if line.strip():
            yield paragraph(official(sentence(line)))
    if order.remedy and order.remedy.strip() not in order.demand:
        yield paragraph(f"解除条件：{official(sentence(order.remedy))}")


def deadline(figures: CampaignFigures):
    """Yield by which day and who answers for it."""
    order = order_of(figures)
    extended = "（已批准延期）" if order.is_extended else ""
    person = f"责任人：{order.person}。" if order.person else "请明确一名责任领导并随回复报告。"
    yield paragraph(f"请于{day_text(order.due_on)}前{extended}将办理情况书面回复{figures.organiser}。{person}")
