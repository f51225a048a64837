"""Whom the rules have found: the list, one with its arithmetic, what its unit says, who is let off."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns import actions, links
from campaigns.actions.orders import may_instruct
from campaigns.models import CampaignIndicator, Exemption, Finding, Order
from campaigns.rulebook_filters import ExemptionFilter, FindingFilter
from campaigns.rulebook_forms import AcknowledgeForm, AnswerForm, ExemptionEndForm, ExemptionForm
from campaigns.rulebook_tables import LEVELS, ExemptionTable, FindingTable, demand_state, finding_state
from units import audit
from units.access import require
from units.lists import DatedList
from units.models import Role
from units.pages import ActionView

LIST = (_("规则触发"), reverse_lazy("campaigns:finding_list"))
EXEMPTIONS = (_("豁免"), reverse_lazy("campaigns:exemption_list"))
TERM = 30  # days that an exemption lasts, unless another day is chosen


class FindingList(DatedList):
    """What was found of the user's units, or in the campaigns they organise."""

    model, table_class, filterset_class = Finding, FindingTable, FindingFilter
    title = _("规则触发")
    sub = _("每项写明算式和如何解除；不再触发的自动解除，记录保留。")
    empty_text = _("没有触发规则")
    empty_hint = _("每晚按奖惩规则评定一次，触发的列在这里")
    export_name = "findings"
    counted = _("项")
    presets = (
        ("all", _("全部"), ""), ("open", _("未解除"), "state=open"), ("found", _("待说明"), "state=found"),
        ("late", _("逾期未说明"), "state=late"), ("ordered", _("已转督办"), "state=ordered"),
        ("cleared", _("已解除"), "state=cleared"),
    )  # fmt: skip
    count_tabs = True
    filters_first = ("campaign", "rule", "unit", "level")


class FindingPage:
    """A page about one finding that the user may see."""

    @cached_property
    def finding(self):
        """The finding; 404 where it is not the user's to see."""
        rows = Finding.objects.visible_to(self.request.user).with_rule()
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_cancel_url(self):
        """Lead back to it."""
        return self.finding.get_absolute_url()


class FindingDetail(FindingPage, TemplateView):
    """A finding: sentence, figures, arithmetic, what would clear it, links down, what was done about it."""

    template_name = "campaigns/finding.html"

    def get_context_data(self, **kwargs):
        """Add everything about it and what the user may do."""
        row, user, today = self.finding, self.request.user, timezone.localdate()
        tone, words = finding_state(row, today)
        orders = Order.objects.visible_to(user).filter(finding=row).for_list()
        return super().get_context_data(
            title=str(row), finding=row, crumbs=(LIST,), tone=tone, state=words, level_tone=LEVELS[row.rule.level],
            orders=[(order, *demand_state(order, today)) for order in orders], downs=self.downs(),
            history=audit.history(row), **self.may(), **kwargs,
        )  # fmt: skip

    def may(self):
        """Return the addresses of what the user may do; empty where he may not."""
        row, user, args = self.finding, self.request.user, [self.finding.pk]
        is_editor = user.holds(Role.EDITOR, row.rule.campaign.organiser)
        is_open = row.state not in {Finding.State.CLEARED, Finding.State.EXEMPTED}
        may_order = may_instruct(user, row.rule.campaign.organiser) and is_open and not row.orders.open().exists()
        asked = f"campaign={row.rule.campaign_id}&unit={row.unit_id}&rule={row.rule_id}"
        return {
            "acknowledge_url": reverse("campaigns:finding_acknowledge", args=args)
            if row.may_acknowledge(user)
            else "",
            "answer_url": reverse("campaigns:finding_answer", args=args) if row.may_answer(user) else "",
            "order_url": f"{reverse('campaigns:order_create')}?finding={row.pk}" if may_order else "",
            "exempt_url": f"{reverse('campaigns:exemption_create')}?{asked}" if is_editor and is_open else "",
        }

    def downs(self):
        """Return (label, address) of the figures behind it: entries, the unit's page, the ranking of that day."""
        row, campaign = self.finding, self.finding.rule.campaign
        day, basis = min(row.judged_on, campaign.ends_on), row.rule.basis or None
        made = [(tell("%s的各项指标") % row.unit, links.unit_url(campaign.pk, row.unit_id, basis, day))]
        line = CampaignIndicator.objects.filter(campaign=campaign, indicator=row.indicator_id or 0).first()
        if line:
            shown = basis or line.basis
            made.insert(0, (tell("%s的明细") % line, links.rows_url(campaign.pk, line.pk, row.unit_id, shown, day)))
        ranking = reverse("campaigns:ranking", args=[campaign.pk])
        of_line = f"&line={line.pk}" if line else ""
        return [*made, (tell("当日排名"), f"{ranking}?as_of={day.isoformat()}{of_line}")]


class FindingForm(FindingPage, ActionView):
    """A form about one finding."""

    template_name = "campaigns/campaign_form.html"

    def get_lead(self):
        """Say what it is about."""
        return f"{self.finding.sentence}{self.finding.arithmetic}"

    def get_context_data(self, **kwargs):
        """Say where one is."""
        crumbs = (LIST, (self.finding, self.finding.get_absolute_url()))
        return super().get_context_data(**{"crumbs": crumbs, "here": self.get_title(), **kwargs})


class FindingAcknowledge(FindingForm):
    """Say for the unit that it knows."""

    form_class = AcknowledgeForm
    title = _("确认知悉")
    submit_label = _("确认知悉")
    success_message = _("已确认知悉，请在期限内说明情况")

    def get_lead(self):
        """Refuse who may not, then say what it is about."""
        if not self.finding.may_acknowledge(self.request.user):
            raise PermissionDenied("neither clerk nor leader of the unit, or acknowledged already")
        return super().get_lead()

    def perform(self, form):
        """Acknowledge it."""
        return actions.acknowledge_finding(finding=self.finding, by=self.request.user)


class FindingAnswer(FindingForm):
    """Say why, and what will be done."""

    form_class = AnswerForm
    title = _("说明情况")
    success_message = _("说明已提交")

    def get_initial(self):
        """Show what was said before, if anything; 403 for who does not answer for the unit."""
        require(self.request.user, Role.CLERK, self.finding.unit)
        return {"answer": self.finding.answer, "version": self.finding.version}

    def perform(self, form):
        """Write it down."""
        facts = {**form.cleaned_data, "on": timezone.localdate(), "by": self.request.user}
        return actions.answer_finding(finding=self.finding, **facts)


# --- exemptions -----------------------------------------------------------------------------------


class ExemptionList(DatedList):
    """Who is let off which rule, by whom, why, how long: open to everybody who takes part (I19)."""

    model, table_class, filterset_class = Exemption, ExemptionTable, ExemptionFilter
    title = _("豁免")
    sub = _("免予适用某条规则的单位、事由、签批人和期限，对参战单位公示。")
    empty_text = _("没有豁免")
    empty_hint = _("不可抗力等情形经批准后登记，期内触发的规则标为已豁免")
    actions = ((_("登记豁免"), "campaigns:exemption_create", "plus"),)
    export_name = "exemptions"
    counted = _("项豁免")
    presets = (("all", _("全部"), ""), ("now", _("豁免期内"), "state=now"), ("over", _("已过期"), "state=over"))


class ExemptionCreate(ActionView):
    """Let a unit off."""

    template_name = "campaigns/campaign_form.html"
    form_class = ExemptionForm
    title = _("登记豁免")
    lead = _("豁免只在期限内有效，到期自动恢复评定；记录不能删除，只能提前结束。")
    cancel_url = reverse_lazy("campaigns:exemption_list")
    success_message = _("豁免已登记")

    def get_initial(self):
        """Start with what the link came from, from today for a month."""
        asked, today = self.request.GET, timezone.localdate()
        named = {name: asked[name] for name in ("campaign", "unit", "rule") if asked.get(name, "").isdecimal()}
        return {"from_on": today, "until_on": today + timedelta(days=TERM), **named}

    def get_context_data(self, **kwargs):
        """Say where one is."""
        return super().get_context_data(crumbs=(EXEMPTIONS,), here=self.title, two_columns=True, **kwargs)

    def perform(self, form):
        """Let it off."""
        actions.exempt(**form.cleaned_data, today=timezone.localdate(), by=self.request.user)
        return reverse("campaigns:exemption_list")


class ExemptionEnd(ActionView):
    """End an exemption early."""

    template_name = "campaigns/campaign_form.html"
    form_class = ExemptionEndForm
    title = _("提前结束豁免")
    cancel_url = reverse_lazy("campaigns:exemption_list")
    success_message = _("豁免已提前结束")

    @cached_property
    def exemption(self):
        """The exemption; 404 not mine to see, 403 not mine to do."""
        rows = Exemption.objects.visible_to(self.request.user).for_list()
        row = get_object_or_404(rows, pk=self.kwargs["pk"])
        require(self.request.user, Role.EDITOR, row.campaign.organiser)
        return row

    def get_lead(self):
        """Say what it is about."""
        return self.exemption.in_words

    def get_initial(self):
        """Today."""
        return {"on": timezone.localdate()}

    def get_context_data(self, **kwargs):
        """Say where one is."""
        return super().get_context_data(crumbs=(EXEMPTIONS,), here=self.title, **kwargs)

    def perform(self, form):
        """End it."""
        actions.end_exemption(exemption=self.exemption, by=self.request.user, **form.cleaned_data)
        return reverse("campaigns:exemption_list")
