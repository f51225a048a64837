"""Rewards: the clauses, what they would earn as of a day, the list with its sums by unit, approving, paying."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db.models import Count, Sum
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns.actions.orders import may_instruct
from campaigns.models import Campaign, current
from campaigns.numbers import money_parts, spaced_money
from campaigns.pages import TrialPage
from campaigns.rulebook_forms import JudgeForm
from projects import actions
from projects.models import Milestone, Project, Reward, RewardRule
from projects.reward_filters import RewardFilter, RewardRuleFilter
from projects.reward_forms import DecideForm, PayForm, RewardRuleForm, reward_rule_initial
from projects.reward_tables import REWARD_TONES, RewardRuleTable, RewardTable
from projects.rewards import last_rewarded, try_rewards
from units import audit
from units.access import require
from units.lists import DatedList
from units.models import Role, Unit
from units.pages import ActionView

LIST = (_("奖励"), reverse_lazy("projects:reward_list"))
RULES = (_("奖励条款"), reverse_lazy("projects:reward_rule_list"))
COLUMNS = (Reward.State.PROPOSED, Reward.State.APPROVED, Reward.State.PAID)  # of the sums by unit


@dataclass(frozen=True)
class UnitSums:
    """What one unit's rewards come to: (number, sum) waiting for approval, waiting to be paid, paid."""

    unit: str
    url: str
    cells: tuple[tuple[int, str], ...]
    count: int


def trial_url(user, today):
    """Return where the user judges the rewards of the present campaign; "" where he writes for none."""
    here = current(list(Campaign.objects.editable_by(user).for_list()), today)
    return reverse("projects:reward_trial", args=[here.pk]) if here else ""


class RewardList(DatedList):
    """What the user's units earned, or what was earned in the campaigns they organise; sums by unit below."""

    template_name = "projects/reward_list.html"
    model, table_class, filterset_class = Reward, RewardTable, RewardFilter
    title = _("奖励")
    sub = _("按奖励条款评定提出，经审批后兑现；每项写明条款、算式和依据。")
    empty_text = _("没有奖励")
    empty_hint = _("每晚按奖励条款评定一次，符合条件的列在这里")
    export_name = "rewards"
    counted = _("项奖励")
    presets = (
        ("all", _("全部"), ""),
        ("proposed", _("待审批"), "state=proposed"),
        ("approved", _("待兑现"), "state=approved"),
        ("paid", _("已兑现"), "state=paid"),
        ("refused", _("不予奖励"), "state=refused"),
        ("doubt", _("存疑"), "state=doubt"),
    )
    count_tabs = True
    sums = ((_("奖金"), "amount", money_parts), (_("已兑现"), "paid_amount", money_parts))
    filters_first = ("campaign", "rule", "unit", "state")

    def get_context_data(self, **kwargs):
        """Add the sums by unit, and where an editor judges."""
        context = super().get_context_data(**kwargs)
        if "totals" in context:
            context |= {"by_unit": self.by_unit(), "evaluation_url": trial_url(self.request.user, self.today)}
        return context

    def by_unit(self):
        """Add the filtered rows up by unit and state: one query, one for the names."""
        rows = self.object_list.order_by().values("unit", "state").annotate(n=Count("pk"), total=Sum("amount"))
        paid = dict(
            self.object_list.order_by()
            .filter(state=Reward.State.PAID)
            .values_list("unit")
            .annotate(s=Sum("paid_amount"))
        )
        found = {}
        for row in rows:
            total = paid.get(row["unit"]) if row["state"] == Reward.State.PAID else row["total"]
            found.setdefault(row["unit"], {})[row["state"]] = (row["n"], total)
        return [
            UnitSums(
                unit.name, f"?unit={unit.pk}",
                tuple(self.cell(*found[unit.pk].get(state, (0, None))) for state in COLUMNS),
                sum(count for count, _total in found[unit.pk].values()),
            )
            for unit in Unit.objects.filter(pk__in=found).order_by("path")
        ]  # fmt: skip

    def cell(self, count, total):
        """Print a number of rewards with what they come to."""
        return count, spaced_money(total) if total else ""


class RewardScope:
    """A page about one reward that the user may see."""

    @cached_property
    def reward(self):
        """The reward; 404 where it is not the user's to see."""
        return get_object_or_404(Reward.objects.visible_to(self.request.user).with_parts(), pk=self.kwargs["pk"])

    @property
    def organiser(self):
        """The unit whose reward it is to give."""
        return self.reward.rule.campaign.organiser

    def get_cancel_url(self):
        """Lead back to it."""
        return self.reward.get_absolute_url()


class RewardDetail(RewardScope, TemplateView):
    """A reward: clause, arithmetic, the project and the fact behind it, what was decided and paid."""

    template_name = "projects/reward.html"

    def get_context_data(self, **kwargs):
        """Add everything about it and what the user may do."""
        row, user = self.reward, self.request.user
        may_decide = row.state == Reward.State.PROPOSED and may_instruct(user, self.organiser)
        may_pay = row.state == Reward.State.APPROVED and user.holds(Role.EDITOR, self.organiser)
        return super().get_context_data(
            title=str(row), reward=row, crumbs=(LIST,), tone=REWARD_TONES[row.state],
            project_url=self.seen(Project, row.project), fact_url=self.seen(Milestone, row.fact),
            decide_url=reverse("projects:reward_decide", args=[row.pk]) if may_decide else "",
            pay_url=reverse("projects:reward_pay", args=[row.pk]) if may_pay else "",
            history=audit.history(row), **kwargs,
        )  # fmt: skip

    def seen(self, model, row):
        """Return the address of a record; "" where it is not the user's to see."""
        return (
            row.get_absolute_url() if model.objects.visible_to(self.request.user).filter(pk=row.pk).exists() else ""
        )


class RewardForm(RewardScope, ActionView):
    """A form about one reward."""

    template_name = "projects/record_form.html"

    def get_lead(self):
        """Say what it is about."""
        row = self.reward
        return f"{row.sentence}{row.arithmetic}。{tell('奖励对象：%s') % row.payee}"

    def get_context_data(self, **kwargs):
        """Say where one is."""
        return super().get_context_data(**{"crumbs": (LIST, (self.reward, self.get_cancel_url())), **kwargs})


class RewardDecide(RewardForm):
    """Approve a reward, or refuse it."""

    form_class = DecideForm
    title = _("审批奖励")
    submit_label = _("提交审批")
    success_message = _("审批意见已保存")

    def get_initial(self):
        """Remember which version was opened; 403 for who does not decide."""
        if not may_instruct(self.request.user, self.organiser):
            raise PermissionDenied("neither leader nor editor of the organiser")
        return {"version": self.reward.version}

    def perform(self, form):
        """Decide."""
        facts = {**form.cleaned_data, "on": timezone.localdate(), "by": self.request.user}
        return actions.decide_reward(reward=self.reward, **facts)


class RewardPay(RewardForm):
    """Write down that a reward was paid."""

    form_class = PayForm
    title = _("登记兑现")
    success_message = _("兑现已登记")

    def get_form_kwargs(self):
        """An honour has no sum."""
        return {**super().get_form_kwargs(), "has_sum": self.reward.amount is not None}

    def get_initial(self):
        """Today, the whole sum; 403 for who does not pay."""
        require(self.request.user, Role.EDITOR, self.organiser)
        return {"on": timezone.localdate(), "amount": self.reward.amount, "version": self.reward.version}

    def perform(self, form):
        """Write it down."""
        facts = {**form.cleaned_data, "today": timezone.localdate(), "by": self.request.user}
        return actions.pay_reward(reward=self.reward, **facts)


# --- clauses --------------------------------------------------------------------------------------


class RewardRuleList(DatedList):
    """The clauses of the campaigns the user may see: everybody reads what is rewarded."""

    template_name = "projects/reward_rule_list.html"
    model, table_class, filterset_class = RewardRule, RewardRuleTable, RewardRuleFilter
    title = _("奖励条款")
    sub = _("与奖惩规则同为一本：什么事实、奖多少、奖给谁；每晚评定，符合的列入奖励待审批。")
    empty_text = _("还没有奖励条款")
    empty_hint = _("把办法里大额到资、现汇、500强落户等奖励写成条款")
    actions = ((_("新建条款"), "projects:reward_rule_create", "plus"),)
    export_name = "reward_rules"
    counted = _("条奖励条款")
    filters_first = ("campaign", "fact")

    def get_context_data(self, **kwargs):
        """Add where an editor judges the clauses."""
        return super().get_context_data(evaluation_url=trial_url(self.request.user, self.today), **kwargs)


class RewardRuleWriting(ActionView):
    """A form of a clause."""

    template_name = "projects/record_form.html"
    form_class = RewardRuleForm
    success_message = _("条款已保存，下次评定时生效")
    cancel_url = reverse_lazy("projects:reward_rule_list")
    extra_context = {"crumbs": (RULES,), "two_columns": True}


class RewardRuleCreate(RewardRuleWriting):
    """A new clause of the campaign of ?campaign=, else of the present one."""

    title = _("新建奖励条款")

    @cached_property
    def campaign(self):
        """The campaign asked for; 404 where the user writes for none."""
        rows = list(Campaign.objects.editable_by(self.request.user).for_list())
        asked = self.request.GET.get("campaign", "")
        here = current(rows, timezone.localdate()) if not asked else None
        found = here or next((row for row in rows if str(row.pk) == asked), None)
        if found is None:
            raise Http404("no such campaign that the user sets up")
        return found

    def get_lead(self):
        """Name the campaign."""
        return _("写入“%s”的奖惩规则。金额、比例和条件以本地的办法为准，依据必填。") % self.campaign

    def get_initial(self):
        """From the campaign's first day on."""
        return {"from_on": self.campaign.starts_on, "basis": "recognised"}

    def perform(self, form):
        """Add it."""
        actions.write_reward_rule(campaign=self.campaign, by=self.request.user, **form.facts())
        return str(self.cancel_url)


class RewardRuleChange(RewardRuleWriting):
    """Change a clause, or end it."""

    title = _("修改奖励条款")
    lead = _("已审批的不变，待审批的下次评定时按新的条款重算；停止使用请填停用日期。")

    @cached_property
    def rule(self):
        """The clause; 404 not mine to see, 403 not mine to do."""
        row = get_object_or_404(RewardRule.objects.visible_to(self.request.user).for_list(), pk=self.kwargs["pk"])
        require(self.request.user, Role.EDITOR, row.campaign.organiser)
        return row

    def get_initial(self):
        """Show it as it stands."""
        return reward_rule_initial(self.rule)

    def perform(self, form):
        """Change it."""
        version = form.cleaned_data["version"]
        actions.change_reward_rule(rule=self.rule, version=version, by=self.request.user, **form.facts())
        return str(self.cancel_url)


class RewardTrial(TrialPage):
    """What the clauses of a campaign would earn as of a day beside what is on record; sent, it is proposed."""

    template_name = "projects/reward_trial.html"
    form_class = JudgeForm
    submit_label = _("按此提出")
    crumb = LIST

    def usual_day(self, today):
        """Return today: what a campaign brings may be earned after its end."""
        return max(self.campaign.starts_on, today)

    def get_title(self):
        """Name the campaign."""
        return _("奖励试算 · %s") % self.campaign

    def get_context_data(self, **kwargs):
        """Add the trial."""
        trial = try_rewards(self.campaign, self.as_of)
        return super().get_context_data(**{"trial": trial, "last": self.last, **kwargs})

    @cached_property
    def last(self):
        """The day rewards were judged as of last."""
        return last_rewarded(self.campaign)

    def refused(self):
        """A day before the one judged last is only tried."""
        if self.last and self.as_of < self.last:
            return tell("奖励已评定到 %s，更早的日子只能试算") % self.last.isoformat()
        return ""

    def keep(self, as_of):
        """Propose it."""
        self.proposed = actions.propose_rewards(campaign=self.campaign, as_of=as_of, by=self.request.user)
        return f"{reverse('projects:reward_list')}?campaign={self.campaign.pk}&state=proposed"

    def get_success_message(self):
        """Say what came of it."""
        return _("新提出 %(n)d 项，已在册 %(standing)d 项，不再成立 %(lapsed)d 项") % {
            "n": self.proposed.proposed, "standing": self.proposed.standing, "lapsed": self.proposed.lapsed,
        }  # fmt: skip
