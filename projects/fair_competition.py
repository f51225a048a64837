"""The fair-competition check before a contract: what incentive terms must not hold, in short words (I20).

The items follow chapter 2 of 公平竞争审查条例 (in force since 2024-08-01). The check records what people looked at
and who answers for it; it is no legal verdict.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Answer(models.TextChoices):
    """Whether the terms of a project hold what an item forbids."""

    NO = "no", _("不含")
    YES = "yes", _("含有")
    EXEMPT = "exempt", _("属例外情形")


@dataclass(frozen=True)
class Item:
    """One thing that the terms of an agreement must not hold."""

    name: str
    words: str
    hint: str = ""


ITEMS = (
    Item("tax_refund", _("税收返还或变相返还"), _("先征后返、财政列支返还，给特定企业的税收优惠")),
    Item("tax_linked", _("奖补与企业纳税额、经济贡献挂钩"), _("按缴税额或地方留成的比例兑现的奖励、补贴")),
    Item("selective_subsidy", _("给特定企业的选择性、差异化财政奖补"), _("一企一策中没有法律法规或国务院依据的部分")),
    Item("fees", _("减免或缓征行政事业性收费、基金、社保费"), _("没有法定依据的要素、收费优惠")),
    Item("land_price", _("违规低价或零地价供地"), _("低于最低价标准，或以奖励、补贴返还土地价款")),
    Item("designated", _("指定或变相指定经营者、中介、供应商"), _("限定购买或使用特定经营者的商品、服务")),
    Item("local_only", _("限定本地注册、纳税、采购或用工"), _("以在本地设立企业、本地采购为兑现条件")),
    Item("barriers", _("设置歧视性准入、招投标、政府采购条件"), _("对外地企业或不同所有制另设标准")),
    Item("exclusive", _("授予特许经营、独占经营未经公平竞争"), _("未经招标、竞争性谈判等程序")),
    Item("relocation", _("阻碍企业迁出或限制商品要素流动"), _("迁出须退还奖补、承诺若干年不迁等条款")),
)
NAMES = tuple(item.name for item in ITEMS)


def unanswered(answers):
    """Return the items that no answer was given to."""
    return [item for item in ITEMS if answers.get(item.name) not in Answer.values]


def told(answers):
    """Return the items answered with anything but no."""
    return [item for item in ITEMS if answers.get(item.name) in {Answer.YES, Answer.EXEMPT}]
