"""Tables of the rule book: rules, findings, exemptions, orders, instructions."""

import django_tables2 as tables
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _

from campaigns.models import Exemption, Finding, Instruction, Order, Rule
from units.tables import DAY, HIDE, NUMBER, ON, TWO, DatedTable, pill, two_lines

LEVELS = {Rule.Level.NOTICE: "info", Rule.Level.YELLOW: "warn", Rule.Level.RED: "bad", Rule.Level.VETO: "bad"}
STATES = {
    Finding.State.FOUND: "bad", Finding.State.ACKNOWLEDGED: "warn", Finding.State.ANSWERED: "info",
    Finding.State.EXEMPTED: "muted", Finding.State.ORDERED: "warn", Finding.State.CLEARED: "ok",
}  # fmt: skip


def demand_state(row, today):
    """Return (tone, words) of what was asked of a unit: unsigned, under way, overdue, waiting for review, closed."""
    if row.closed_on:
        return "ok", tell("已办结")
    if row.replied_on:
        return "info", tell("已回复，待复核") if isinstance(row, Order) else tell("已回复")
    if late := row.days_late(today):
        return "bad", tell("逾期 %d 天") % late
    if isinstance(row, Order) and not row.signed_on:
        return "warn", tell("待签收")
    return "info", tell("办理中")


def finding_state(row, today):
    """Return (tone, words) of a finding, and by how many days its answer is late."""
    words = row.get_state_display()
    if row.settled_on is None and row.due_on < today:
        words = tell("%(state)s，逾期 %(n)d 天") % {"state": words, "n": (today - row.due_on).days}
    return STATES[row.state], words


class RuleTable(DatedTable):
    """Rules as sentences."""

    name = tables.Column(verbose_name=_("规则"), order_by=("name", "pk"), attrs=TWO)
    level = tables.Column(verbose_name=_("等级"))
    campaign = tables.Column(verbose_name=_("战役"), order_by=("campaign__name", "pk"), attrs=HIDE)
    clause = tables.Column(verbose_name=_("依据"), orderable=False, attrs=HIDE)
    from_on = tables.DateColumn(verbose_name=_("起用"), format=DAY, attrs=ON)
    until_on = tables.DateColumn(verbose_name=_("停用"), format=DAY, attrs=ON, default="—")
    found = tables.Column(verbose_name=_("现触发"), accessor="open_count", attrs=NUMBER)

    class Meta:
        model = Rule
        fields = ("name", "level", "campaign", "clause", "from_on", "until_on", "found")

    def render_name(self, record):
        """Link the name above the sentence."""
        return two_lines(record, record.name, record.in_words)

    def value_name(self, record):
        """Write the sentence."""
        return f"{record.name}：{record.in_words}"

    def render_level(self, record):
        """Show how grave it is."""
        return pill(LEVELS[record.level], record.get_level_display())

    def value_level(self, record):
        """Write how grave it is."""
        return str(record.get_level_display())

    def render_found(self, record, value):
        """Lead to whom it finds."""
        if not value:
            return "0"
        url = f"{reverse('campaigns:finding_list')}?rule={record.pk}&state=open"
        return format_html('<a href="{}">{}</a>', url, value)


class FindingTable(DatedTable):
    """Findings: who, by which rule, on which figures, what would clear it, what became of it."""

    unit = tables.Column(verbose_name=_("单位 / 规则"), order_by=("unit__path", "pk"), attrs=TWO)
    level = tables.Column(verbose_name=_("等级"), accessor="rule__level", order_by=("rule__level", "pk"))
    arithmetic = tables.Column(verbose_name=_("计算"), orderable=False, attrs=HIDE)
    remedy = tables.Column(verbose_name=_("如何解除"), orderable=False)
    found_on = tables.DateColumn(verbose_name=_("认定日期"), format=DAY, attrs=ON, order_by=("found_on", "pk"))
    due_on = tables.DateColumn(verbose_name=_("说明期限"), format=DAY, attrs=ON, order_by=("due_on", "pk"))
    state = tables.Column(verbose_name=_("状态"), orderable=False)
    answer = tables.Column(verbose_name=_("单位说明"), orderable=False, default="—", visible=False)
    cleared_on = tables.DateColumn(verbose_name=_("解除日期"), format=DAY, attrs=ON, default="—", visible=False)

    class Meta:
        model = Finding
        fields = (
            "unit", "level", "arithmetic", "remedy", "found_on", "due_on", "state", "answer", "cleared_on",
        )  # fmt: skip

    def render_unit(self, record):
        """Link the unit above the rule."""
        return two_lines(record, record.unit, f"{record.rule} · {record.subject}")

    def value_unit(self, record):
        """Write unit, rule and figure."""
        return str(record)

    def render_level(self, record):
        """Show how grave it is."""
        return pill(LEVELS[record.rule.level], record.rule.get_level_display())

    def value_level(self, record):
        """Write how grave it is."""
        return str(record.rule.get_level_display())

    def render_remedy(self, record):
        """What is over needs nothing more."""
        return "—" if record.cleared_on else record.remedy

    def render_state(self, record):
        """Show what became of it."""
        return pill(*finding_state(record, self.today))

    def value_state(self, record):
        """Write what became of it."""
        return finding_state(record, self.today)[1]


class ExemptionTable(DatedTable):
    """Exemptions as they are printed."""

    unit = tables.Column(verbose_name=_("单位 / 规则"), order_by=("unit__path", "pk"), attrs=TWO)
    campaign = tables.Column(verbose_name=_("战役"), orderable=False, attrs=HIDE)
    ground = tables.Column(verbose_name=_("事由"))
    reason = tables.Column(verbose_name=_("理由"), orderable=False)
    signer = tables.Column(verbose_name=_("签批人"))
    document = tables.Column(verbose_name=_("批准文号"), default="—", attrs=HIDE)
    from_on = tables.DateColumn(verbose_name=_("起始"), format=DAY, attrs=ON)
    until_on = tables.DateColumn(verbose_name=_("截止"), format=DAY, attrs=ON)
    state = tables.Column(verbose_name=_("状态"), empty_values=(), orderable=False)

    class Meta:
        model = Exemption
        fields = ("unit", "campaign", "ground", "reason", "signer", "document", "from_on", "until_on", "state")

    def render_unit(self, record):
        """Name the unit above the rule."""
        return format_html("{}<small>{}</small>", record.unit, record.subject)

    def value_unit(self, record):
        """Write unit and rule."""
        return str(record)

    def state_of(self, record):
        """Return (tone, words)."""
        if record.until_on < self.today:
            return "muted", tell("已过期")
        return ("info", tell("未开始")) if record.from_on > self.today else ("ok", tell("豁免期内"))

    def render_state(self, record):
        """Say whether it holds; an editor of the organiser ends it."""
        tone, words = self.state_of(record)
        shown = pill(tone, words)
        if tone != "ok" or not self.request.user.holds("editor", record.campaign.organiser):
            return shown
        return format_html(
            '{} <a href="{}">提前结束</a>', shown, reverse("campaigns:exemption_end", args=[record.pk])
        )

    def value_state(self, record):
        """Write whether it holds."""
        return self.state_of(record)[1]


class DemandTable(DatedTable):
    """What is asked of units."""

    unit = tables.Column(verbose_name=_("承办单位"), order_by=("unit__path", "pk"))
    person = tables.Column(verbose_name=_("责任人"), default="—", orderable=False, visible=False)
    due_on = tables.DateColumn(verbose_name=_("办理期限"), format=DAY, attrs=ON, order_by=("due_on", "pk"))
    replied_on = tables.DateColumn(verbose_name=_("回复日期"), format=DAY, attrs=ON, default="—", visible=False)
    closed_on = tables.DateColumn(verbose_name=_("办结日期"), format=DAY, attrs=ON, default="—", visible=False)
    state = tables.Column(verbose_name=_("状态"), empty_values=(), orderable=False)

    def render_state(self, record):
        """Show how it stands."""
        return pill(*demand_state(record, self.today))

    def value_state(self, record):
        """Write how it stands."""
        return demand_state(record, self.today)[1]


class OrderTable(DemandTable):
    """Supervision orders."""

    title = tables.Column(verbose_name=_("督办事项 / 编号"), order_by=("title", "pk"), attrs=TWO)
    issued_on = tables.DateColumn(verbose_name=_("签发日期"), format=DAY, attrs=ON, order_by=("issued_on", "pk"))
    raised_to = tables.Column(verbose_name=_("升级至"), default="—", orderable=False)
    campaign = tables.Column(verbose_name=_("战役"), orderable=False, attrs=HIDE)

    class Meta:
        model = Order
        fields = (
            "title", "unit", "issued_on", "due_on", "raised_to", "campaign", "state", "person", "replied_on",
            "closed_on",
        )  # fmt: skip
        sequence = fields

    def render_title(self, record):
        """Link the matter above the number."""
        return two_lines(record, record.title, record.label)

    def value_title(self, record):
        """Write both."""
        return str(record)


class InstructionTable(DemandTable):
    """Instructions of leaders."""

    text = tables.Column(verbose_name=_("批示内容 / 批示领导"), orderable=False, attrs=TWO)
    given_on = tables.DateColumn(verbose_name=_("批示日期"), format=DAY, attrs=ON, order_by=("given_on", "pk"))
    campaign = tables.Column(verbose_name=_("有关战役"), orderable=False, default="—", attrs=HIDE)

    class Meta:
        model = Instruction
        fields = ("text", "unit", "given_on", "due_on", "campaign", "state", "person", "replied_on", "closed_on")
        sequence = fields

    def render_text(self, record):
        """Link the text above the leader."""
        return two_lines(record, record, record.leader)

    def value_text(self, record):
        """Write the whole text."""
        return f"{record.leader}：{record.text}"
