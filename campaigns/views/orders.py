"""What is asked of units by a day: supervision orders and instructions, from issue to close."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns import actions
from campaigns.actions.orders import may_instruct, require_desk
from campaigns.escalation import ladders
from campaigns.models import Finding, Instruction, Order
from campaigns.rulebook_filters import InstructionFilter, OrderFilter
from campaigns.rulebook_forms import (
    AcknowledgeForm,
    CloseForm,
    InstructionForm,
    OrderForm,
    ReplyForm,
    ReviewForm,
    due_after,
)
from campaigns.rulebook_tables import InstructionTable, OrderTable, demand_state
from units import audit
from units.access import require
from units.lists import DatedList
from units.models import Role
from units.pages import ActionView

ORDERS = (_("督办单"), reverse_lazy("campaigns:order_list"))
INSTRUCTIONS = (_("批示"), reverse_lazy("campaigns:instruction_list"))
TABS = (
    ("all", _("全部"), ""), ("open", _("未办结"), "state=open"), ("late", _("逾期未回复"), "state=late"),
    ("waiting", _("已回复待办结"), "state=waiting"), ("closed", _("已办结"), "state=closed"),
)  # fmt: skip


class DemandScope:
    """A page about one order or instruction that the user may see."""

    model = None
    list_crumb = ()

    @cached_property
    def row(self):
        """The record; 404 where it is not the user's to see."""
        return get_object_or_404(self.model.objects.visible_to(self.request.user).with_parts(), pk=self.kwargs["pk"])

    def get_cancel_url(self):
        """Lead back to its page."""
        return self.row.get_absolute_url()

    def for_unit(self):
        """Return the record, if the user is a clerk of the unit asked: 403 otherwise."""
        require(self.request.user, Role.CLERK, self.row.unit)
        return self.row


class DemandForm(DemandScope, ActionView):
    """A form about one order or instruction."""

    template_name = "campaigns/campaign_form.html"

    def get_lead(self):
        """Say what it is about."""
        return str(self.row)

    def get_initial(self):
        """Remember which version was opened."""
        return {"version": self.row.version}

    def get_context_data(self, **kwargs):
        """Say where one is."""
        crumbs = (self.list_crumb, (self.row, self.row.get_absolute_url()))
        return super().get_context_data(**{"crumbs": crumbs, "here": self.get_title(), **kwargs})

    def facts(self, form):
        """Return what every action of this kind takes."""
        return {**form.cleaned_data, "on": timezone.localdate(), "by": self.request.user}


class DemandDetail(DemandScope, TemplateView):
    """An order or an instruction: what is asked, what was replied, how it stands, what the user may do."""

    def get_context_data(self, **kwargs):
        """Add everything about it."""
        tone, state = demand_state(self.row, timezone.localdate())
        return super().get_context_data(
            title=str(self.row), crumbs=(self.list_crumb,), tone=tone, state=state, history=audit.history(self.row),
            **{self.model._meta.model_name: self.row}, **self.may(), **kwargs,
        )  # fmt: skip

    def address(self, page, may):
        """Return the address of a page about it; empty where the user may not."""
        return reverse(f"campaigns:{page}", args=[self.row.pk]) if may else ""


# --- orders ---------------------------------------------------------------------------------------


class OrderList(DatedList):
    """Orders to the user's units, and those that they issued."""

    model, table_class, filterset_class = Order, OrderTable, OrderFilter
    title = _("督办单")
    sub = _("签发、签收、回复、复核、办结；逾期未回复的逐周升级到上一级单位的领导。")
    empty_text = _("没有督办单")
    empty_hint = _("可从触发的规则转督办，也可直接签发")
    actions = ((_("签发督办单"), "campaigns:order_create", "plus"),)
    export_name = "orders"
    counted = _("件督办单")
    presets = (*TABS, ("unsigned", _("待签收"), "state=unsigned"), ("raised", _("升级到我的"), "state=raised"))
    count_tabs = True
    filters_first = ("campaign", "unit", "state")


class OrderScope(DemandScope):
    """Which records these pages are about."""

    model, list_crumb = Order, ORDERS


class OrderCreate(ActionView):
    """Issue an order; ?finding= turns a finding into it."""

    template_name = "campaigns/campaign_form.html"
    form_class = OrderForm
    title = _("签发督办单")
    submit_label = _("签发")
    success_message = _("督办单已签发，已列入承办单位的待办")

    @cached_property
    def finding(self):
        """The finding it comes from, if the user issues orders in its campaign; None without one."""
        asked = self.request.GET.get("finding", "")
        if not asked.isdecimal() or len(asked) > 18:
            return None
        row = get_object_or_404(Finding.objects.visible_to(self.request.user).with_rule(), pk=asked)
        require_desk(self.request.user, row.rule.campaign.organiser)
        return row

    def get_lead(self):
        """Say what it comes from."""
        return self.finding.sentence + self.finding.arithmetic if self.finding else _("一事一单，写清要求和期限。")

    def get_cancel_url(self):
        """Lead back to where it came from."""
        return self.finding.get_absolute_url() if self.finding else reverse("campaigns:order_list")

    def get_initial(self):
        """Start with what the finding says, due in a week."""
        start = {"due_on": due_after(timezone.localdate())}
        if self.finding is None:
            return start
        row = self.finding
        return start | {
            "campaign": row.rule.campaign_id, "unit": row.unit_id, "person": row.person, "title": str(row),
            "demand": _("%(what)s请说明原因、提出整改措施并限期赶上。如何解除：%(remedy)s")
            % {"what": row.arithmetic, "remedy": row.remedy},
        }  # fmt: skip

    def get_form(self, form_class=None):
        """The unit and the campaign of a finding stay."""
        form = super().get_form(form_class)
        if self.finding:
            form.fields["campaign"].disabled = form.fields["unit"].disabled = True
        return form

    def get_context_data(self, **kwargs):
        """Say where one is."""
        return super().get_context_data(crumbs=(ORDERS,), here=self.title, **kwargs)

    def perform(self, form):
        """Issue it."""
        facts = {**form.cleaned_data, "issued_on": timezone.localdate(), "by": self.request.user}
        return actions.issue_order(finding=self.finding, **facts)


class OrderDetail(OrderScope, DemandDetail):
    """An order and its course."""

    template_name = "campaigns/order.html"

    def get_context_data(self, **kwargs):
        """Say who is told, should it be late; of what was replied to nobody is."""
        (ladder,) = ladders([self.row])
        return super().get_context_data(ladder=None if self.row.replied_on else ladder, **kwargs)

    def may(self):
        """Return what the user may do."""
        row, user = self.row, self.request.user
        is_clerk = user.holds(Role.CLERK, row.unit)
        may_review = may_instruct(user, row.asker) and row.replied_on and not row.closed_on
        seen = row.finding_id and Finding.objects.visible_to(user).filter(pk=row.finding_id).exists()
        return {
            "sign_url": self.address("order_sign", is_clerk and not row.signed_on),
            "reply_url": self.address("order_reply", is_clerk and row.signed_on and not row.replied_on),
            "review_url": self.address("order_review", may_review),
            "letter_url": reverse("reports:letter_start", args=[row.pk])
            if user.holds(Role.EDITOR, row.asker)
            else "",
            "finding_url": row.finding.get_absolute_url() if seen else "",
        }


class OrderSign(OrderScope, DemandForm):
    """Sign for an order."""

    form_class = AcknowledgeForm
    title = _("签收督办单")
    submit_label = _("签收")
    success_message = _("已签收，请在期限内回复")

    def get_lead(self):
        """Say what is signed for."""
        row = self.for_unit()
        return _("%(order)s。要求：%(demand)s 期限 %(day)s") % {"order": row, "demand": row.demand, "day": row.due_on}

    def perform(self, form):
        """Sign for it."""
        return actions.sign_for_order(order=self.for_unit(), **self.facts(form))


class OrderReply(OrderScope, DemandForm):
    """Reply to an order."""

    form_class = ReplyForm
    title = _("回复督办单")
    success_message = _("已回复，等待复核")

    def get_lead(self):
        """Say what is asked."""
        return _("%(order)s。要求：%(demand)s") % {"order": self.for_unit(), "demand": self.row.demand}

    def perform(self, form):
        """Reply."""
        return actions.reply_to_order(order=self.for_unit(), **self.facts(form))


class OrderReview(OrderScope, DemandForm):
    """Review a reply."""

    form_class = ReviewForm
    title = _("复核督办单")
    submit_label = _("提交复核")
    success_message = _("复核意见已保存")

    def get_lead(self):
        """Say what was replied; 403 for who did not ask."""
        require_desk(self.request.user, self.row.asker)
        return _("%(order)s。承办单位回复：%(reply)s") % {"order": self.row, "reply": self.row.reply}

    def perform(self, form):
        """Close it or send it back."""
        return actions.review_order(order=self.row, **self.facts(form))


# --- instructions ---------------------------------------------------------------------------------


class InstructionList(DatedList):
    """Instructions to the user's units, and those that their leaders gave."""

    model, table_class, filterset_class = Instruction, InstructionTable, InstructionFilter
    title = _("批示")
    sub = _("领导批示的内容、承办单位、期限、办理情况，逐件办结。")
    empty_text = _("没有批示")
    empty_hint = _("领导批示后登记承办单位和期限，列入承办单位的待办")
    actions = ((_("登记批示"), "campaigns:instruction_create", "plus"),)
    export_name = "instructions"
    counted = _("件批示")
    presets = TABS
    count_tabs = True
    filters_first = ("campaign", "unit", "state")


class InstructionScope(DemandScope):
    """Which records these pages are about."""

    model, list_crumb = Instruction, INSTRUCTIONS


class InstructionCreate(ActionView):
    """Write an instruction down."""

    template_name = "campaigns/campaign_form.html"
    form_class = InstructionForm
    title = _("登记批示")
    lead = _("领导本人或编报员登记；承办单位的待办里即列出。")
    cancel_url = reverse_lazy("campaigns:instruction_list")
    success_message = _("批示已登记，已列入承办单位的待办")

    def get_initial(self):
        """Today, due in a week, from the user's own desk; a leader's own name."""
        user, today = self.request.user, timezone.localdate()
        leader = user.name if Role.LEADER in user.roles else ""
        desk = user.first_unit(Role.LEADER, Role.EDITOR)
        return {"given_on": today, "due_on": due_after(today), "from_unit": desk, "leader": leader}

    def get_context_data(self, **kwargs):
        """Say where one is."""
        return super().get_context_data(crumbs=(INSTRUCTIONS,), here=self.title, two_columns=True, **kwargs)

    def perform(self, form):
        """Write it down."""
        return actions.give_instruction(by=self.request.user, **form.cleaned_data)


class InstructionDetail(InstructionScope, DemandDetail):
    """An instruction and its course."""

    template_name = "campaigns/instruction.html"

    def may(self):
        """Return what the user may do."""
        row, user = self.row, self.request.user
        may_close = may_instruct(user, row.from_unit) and row.replied_on and not row.closed_on
        return {
            "reply_url": self.address("instruction_reply", row.may_reply(user)),
            "close_url": self.address("instruction_close", may_close),
        }


class InstructionReply(InstructionScope, DemandForm):
    """Reply to an instruction."""

    form_class = ReplyForm
    title = _("回复批示")
    success_message = _("已回复")

    def get_lead(self):
        """Say what is asked."""
        return _("%(leader)s：%(text)s") % {"leader": self.for_unit().leader, "text": self.row.text}

    def perform(self, form):
        """Reply."""
        return actions.reply_to_instruction(instruction=self.for_unit(), **self.facts(form))


class InstructionClose(InstructionScope, DemandForm):
    """Close an instruction."""

    form_class = CloseForm
    title = _("办结批示")
    submit_label = _("办结")
    success_message = _("已办结")

    def get_lead(self):
        """Say what was replied; 403 for who did not ask."""
        if not may_instruct(self.request.user, self.row.from_unit):
            raise PermissionDenied("neither leader nor editor of the unit that instructed")
        return _("承办单位回复：%s") % self.row.reply

    def perform(self, form):
        """Close it."""
        return actions.close_instruction(instruction=self.row, **self.facts(form))
