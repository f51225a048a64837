"""Tables of rewards, their clauses, inspections and commendations."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import plain
from projects.models import Commendation, Inspection, Reward, RewardRule
from units.tables import DAY, HIDE, NUMBER, ON, TWO, DatedTable, pill, two_lines

REWARD_TONES = {
    Reward.State.PROPOSED: "warn", Reward.State.APPROVED: "info", Reward.State.PAID: "ok",
    Reward.State.REFUSED: "muted", Reward.State.LAPSED: "muted",
}  # fmt: skip


class RewardRuleTable(DatedTable):
    """Clauses as sentences."""

    name = tables.Column(verbose_name=_("条款"), order_by=("name", "pk"), attrs=TWO)
    campaign = tables.Column(verbose_name=_("战役"), orderable=False, attrs=HIDE)
    clause = tables.Column(verbose_name=_("依据"), orderable=False, attrs=HIDE)
    from_on = tables.DateColumn(verbose_name=_("起用"), format=DAY, attrs=ON)
    until_on = tables.DateColumn(verbose_name=_("停用"), format=DAY, attrs=ON, default="—")
    earned = tables.Column(verbose_name=_("已提出"), attrs=NUMBER)
    change = tables.Column(verbose_name=_("操作"), empty_values=(), orderable=False, exclude_from_export=True)

    class Meta:
        model = RewardRule
        fields = ("name", "campaign", "clause", "from_on", "until_on", "earned", "change")

    def render_name(self, record):
        """Link the name above the sentence."""
        return two_lines(record, record.name, record.in_words)

    def value_name(self, record):
        """Write the sentence."""
        return f"{record.name}：{record.in_words}"

    def render_change(self, record):
        """Lead an editor of the organiser to its form."""
        if not self.request.user.holds("editor", record.campaign.organiser):
            return "—"
        return format_html(
            '<a href="{}">{}</a>', reverse("projects:reward_rule_change", args=[record.pk]), tell("修改")
        )


class RewardTable(DatedTable):
    """Rewards: which project by which clause, to whom, how much, what became of it."""

    project = tables.Column(verbose_name=_("项目 / 条款"), order_by=("project__name", "pk"), attrs=TWO)
    unit = tables.Column(verbose_name=_("招引单位"), order_by=("unit__path", "pk"))
    payee = tables.Column(verbose_name=_("奖励对象"), orderable=False)
    amount = tables.Column(verbose_name=_("奖金"), empty_values=(), order_by=("amount", "pk"), attrs=NUMBER)
    arithmetic = tables.Column(verbose_name=_("计算"), orderable=False, attrs=HIDE)
    proposed_on = tables.DateColumn(verbose_name=_("提出日期"), format=DAY, attrs=ON, order_by=("proposed_on", "pk"))
    state = tables.Column(verbose_name=_("状态"), orderable=False)
    document = tables.Column(verbose_name=_("批准文号"), default="—", orderable=False, visible=False)
    decided_on = tables.DateColumn(verbose_name=_("审批日期"), format=DAY, attrs=ON, default="—", visible=False)
    paid_on = tables.DateColumn(verbose_name=_("兑现日期"), format=DAY, attrs=ON, default="—", visible=False)
    paid_amount = tables.Column(verbose_name=_("兑现金额（万元）"), default="—", attrs=NUMBER, visible=False)
    reason = tables.Column(verbose_name=_("理由"), default="—", orderable=False, visible=False)

    class Meta:
        model = Reward
        fields = (
            "project", "unit", "payee", "amount", "arithmetic", "proposed_on", "state", "document", "decided_on",
            "paid_on", "paid_amount", "reason",
        )  # fmt: skip

    def render_project(self, record):
        """Link the project's reward above the clause."""
        return two_lines(record, record.project, record.rule)

    def value_project(self, record):
        """Write project and clause."""
        return str(record)

    def render_amount(self, record):
        """Print the sum; an honour by its words."""
        return record.amount_text

    def value_amount(self, record):
        """Write the sum in 万元."""
        return record.rule.honour if record.amount is None else record.amount

    def render_paid_amount(self, value):
        """Print the sum."""
        return plain(value)

    def value_paid_amount(self, value):
        """Write the sum."""
        return value

    def render_state(self, record):
        """Show what became of it, and whether its facts have changed since."""
        shown = pill(REWARD_TONES[record.state], record.get_state_display())
        return format_html("{} {}", shown, pill("bad", tell("存疑"))) if record.doubt else shown

    def value_state(self, record):
        """Write what became of it."""
        words = str(record.get_state_display())
        return f"{words}（{record.doubt}）" if record.doubt else words


class InspectionTable(DatedTable):
    """Inspections with what they found."""

    title = tables.Column(verbose_name=_("督查 / 督查组"), order_by=("title", "pk"), attrs=TWO)
    campaign = tables.Column(verbose_name=_("战役"), orderable=False, attrs=HIDE)
    starts_on = tables.DateColumn(verbose_name=_("开始"), format=DAY, attrs=ON, order_by=("starts_on", "pk"))
    ends_on = tables.DateColumn(verbose_name=_("结束"), format=DAY, attrs=ON, order_by=("ends_on", "pk"))
    units = tables.Column(verbose_name=_("受检单位"), accessor="unit_count", attrs=NUMBER)
    found = tables.Column(verbose_name=_("发现问题"), accessor="found_count", attrs=NUMBER)
    closed = tables.Column(verbose_name=_("已整改"), accessor="closed_count", attrs=NUMBER)
    praised = tables.Column(verbose_name=_("通报表扬"), accessor="praised_count", attrs=NUMBER)

    class Meta:
        model = Inspection
        fields = ("title", "campaign", "starts_on", "ends_on", "units", "found", "closed", "praised")

    def render_title(self, record):
        """Link the title above the team."""
        return two_lines(record, record.title, record.team)

    def value_title(self, record):
        """Write both."""
        return f"{record.title}（{record.team}）"


class CommendationTable(DatedTable):
    """Commendations."""

    unit = tables.Column(verbose_name=_("单位 / 个人"), order_by=("unit__path", "pk"), attrs=TWO)
    deed = tables.Column(verbose_name=_("表扬事项"), orderable=False)
    inspection = tables.Column(verbose_name=_("督查"), orderable=False, attrs=HIDE)
    document = tables.Column(verbose_name=_("通报文号"), default="—", orderable=False)
    on = tables.DateColumn(verbose_name=_("通报日期"), format=DAY, attrs=ON, order_by=("on", "pk"))

    class Meta:
        model = Commendation
        fields = ("unit", "deed", "inspection", "document", "on")

    def render_unit(self, record):
        """Name the unit above the person."""
        return format_html("{}<small>{}</small>", record.unit, record.person or tell("单位"))

    def value_unit(self, record):
        """Write both."""
        return str(record)
