"""The rule book: the rules as sentences, writing them with a live preview, judging them as of a day."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns import actions
from campaigns.findings import check_day, last_judged, try_rules
from campaigns.models import Campaign, Exemption, Finding, Rule, current
from campaigns.pages import TrialPage
from campaigns.rulebook_filters import RuleFilter
from campaigns.rulebook_forms import EXAMPLE_LABELS, EXAMPLES, JudgeForm, RuleForm, rule_initial
from campaigns.rulebook_tables import LEVELS, STATES, RuleTable
from units import audit
from units.access import require
from units.lists import DatedList
from units.models import Role
from units.pages import ActionView

LIST = (_("奖惩规则"), reverse_lazy("campaigns:rule_list"))
NAMED = 8  # units that a preview names before it says how many more there are


class RuleList(DatedList):
    """The rules of the campaigns the user may see: nobody is judged by what he cannot read."""

    template_name = "campaigns/rule_list.html"
    model, table_class, filterset_class = Rule, RuleTable, RuleFilter
    title = _("奖惩规则")
    sub = _("每晚按未取整的数评定；触发的写明规则原文、算式和如何解除。")
    empty_text = _("还没有奖惩规则")
    empty_hint = _("把考核办法里的黄牌、末位、一票否决等条款写成规则")
    actions = ((_("新建规则"), "campaigns:rule_create", "plus"),)
    export_name = "rules"
    counted = _("条规则")
    presets = (("all", _("全部"), ""), ("now", _("有效"), "state=now"), ("past", _("已停用"), "state=past"))
    filters_first = ("campaign", "kind", "level")

    def get_context_data(self, **kwargs):
        """Add where an editor judges the rules."""
        campaigns = Campaign.objects.editable_by(self.request.user).for_list()
        here = current(list(campaigns), self.today)
        url = reverse("campaigns:rule_trial", args=[here.pk]) if here else ""
        return super().get_context_data(evaluation_url=url, **kwargs)


class RulePage:
    """A page about one rule that the user may see."""

    @cached_property
    def rule(self):
        """The rule; 404 where it is not the user's to see."""
        rows = Rule.objects.visible_to(self.request.user).for_list()
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def own_rule(self):
        """The rule, if the user writes it: 403 for who is no editor of the organiser."""
        require(self.request.user, Role.EDITOR, self.rule.campaign.organiser)
        return self.rule


class RuleDetail(RulePage, TemplateView):
    """A rule as a sentence, whom it finds now, who is let off, and its history."""

    template_name = "campaigns/rule.html"

    def get_context_data(self, **kwargs):
        """Add everything about it."""
        rule, user = self.rule, self.request.user
        findings = Finding.objects.visible_to(user).filter(rule=rule).open().for_list()
        exempt = Exemption.objects.filter(campaign=rule.campaign_id, rule__in=[rule.pk]).for_list()
        may_change = user.holds(Role.EDITOR, rule.campaign.organiser)
        return super().get_context_data(
            title=rule.name, rule=rule, crumbs=(LIST,), tone=LEVELS[rule.level],
            findings=[(row, STATES[row.state]) for row in findings], exemptions=exempt,
            change_url=reverse("campaigns:rule_change", args=[rule.pk]) if may_change else "",
            evaluation_url=reverse("campaigns:rule_trial", args=[rule.campaign_id]) if may_change else "",
            history=audit.history(rule), **kwargs,
        )  # fmt: skip


class RuleWriting(ActionView):
    """A form of a rule; the sentence and whom it would find today follow what is typed."""

    template_name = "campaigns/rule_form.html"
    form_class = RuleForm
    success_message = _("规则已保存，下次评定时生效")

    def get_form_kwargs(self):
        """Give the form its campaign."""
        return {**super().get_form_kwargs(), "campaign": self.campaign}

    def get_context_data(self, **kwargs):
        """Add the preview of what the form holds."""
        form = kwargs.get("form") or self.get_form()
        return super().get_context_data(
            **{
                "crumbs": (LIST,), "here": self.get_title(), "two_columns": True, "campaign": self.campaign,
                "preview": preview(self.rule_shown(form), timezone.localdate()), **kwargs, "form": form,
            }
        )  # fmt: skip


class RuleCreate(RuleWriting):
    """A new rule of the campaign of ?campaign=, started from the example of ?like=."""

    title = _("新建奖惩规则")
    lead = _("可先选一个样例再改；界线、处理和依据以本地的考核办法为准。")
    cancel_url = reverse_lazy("campaigns:rule_list")

    @cached_property
    def campaigns(self):
        """The campaigns whose rules the user writes."""
        return list(Campaign.objects.editable_by(self.request.user).for_list())

    @cached_property
    def campaign(self):
        """The campaign asked for, else the current one; 404 where the user writes for none."""
        asked = self.request.GET.get("campaign", "")
        found = next((row for row in self.campaigns if str(row.pk) == asked), None)
        campaign = found or (None if asked else current(self.campaigns, timezone.localdate()))
        if campaign is None:
            raise Http404("no such campaign that the user sets up")
        return campaign

    @property
    def example(self):
        """What the rule starts with."""
        return EXAMPLES.get(self.request.GET.get("like", ""), EXAMPLES["yellow"])

    def get_initial(self):
        """Start with the example, from the campaign's first day on."""
        return {"from_on": self.campaign.starts_on, "answer_days": 5, **self.example}

    def rule_shown(self, form):
        """Nothing can be shown of a rule without consequence and clause."""
        return None

    def get_context_data(self, **kwargs):
        """Add the campaigns and the examples to choose from."""
        return super().get_context_data(
            campaigns=self.campaigns if len(self.campaigns) > 1 else (),
            examples=[(f"?campaign={self.campaign.pk}&like={name}", label) for name, label in EXAMPLE_LABELS.items()],
            **kwargs,
        )

    def perform(self, form):
        """Add it."""
        return actions.write_rule(campaign=self.campaign, by=self.request.user, **form.facts())


class RuleChange(RulePage, RuleWriting):
    """Change a rule."""

    title = _("修改奖惩规则")
    lead = _("已认定的保留，下次评定时按新的规则重新判断；停止使用请填停用日期。")

    @cached_property
    def campaign(self):
        """The rule's campaign."""
        return self.own_rule.campaign

    def get_initial(self):
        """Show it as it stands."""
        return rule_initial(self.own_rule)

    def get_cancel_url(self):
        """Lead back to it."""
        return self.rule.get_absolute_url()

    def rule_shown(self, form):
        """Show the rule as it stands, until something is typed."""
        return None if form.is_bound else self.rule

    def perform(self, form):
        """Change it."""
        version = form.cleaned_data["version"]
        return actions.change_rule(rule=self.own_rule, version=version, by=self.request.user, **form.facts())


class RulePreview(TemplateView):
    """A rule as it is being typed: its sentence, and whom it would find by today's figures."""

    template_name = "campaigns/_rule_preview.html"

    def get_context_data(self, **kwargs):
        """Read the form, say the sentence; what is missing is said, too."""
        campaigns = Campaign.objects.editable_by(self.request.user).select_related("organiser")
        campaign = get_object_or_404(campaigns, pk=self.kwargs["pk"])
        form = RuleForm(self.request.GET, user=self.request.user, campaign=campaign)
        if not form.is_valid():
            missing = [str(field.label) for name, field in form.fields.items() if name in form.errors]
            return super().get_context_data(preview={"missing": "、".join(missing)}, **kwargs)
        rule = Rule(campaign=campaign, **form.facts())
        return super().get_context_data(preview=preview(rule, timezone.localdate()), **kwargs)


def preview(rule, today):
    """Return a rule's sentence and whom it would find today, or on the campaign's last day; None without a rule."""
    if rule is None:
        return None
    as_of = rule.campaign.default_day(today)
    trial = try_rules(rule.campaign, as_of, [rule])
    units = list(dict.fromkeys(verdict.hit.unit for verdict in trial.verdicts))
    return {
        "sentence": rule.in_words, "as_of": as_of, "is_due": bool(trial.judged), "count": len(units),
        "units": "、".join(units[:NAMED]) + (tell(" 等") if len(units) > NAMED else ""),
    }  # fmt: skip


class Evaluation(TrialPage):
    """What the rules of a campaign would find as of a day beside what is on record; sent, it is kept."""

    template_name = "campaigns/evaluation.html"
    form_class = JudgeForm
    submit_label = _("按此认定")
    crumb = LIST

    def get_title(self):
        """Name the campaign."""
        return _("规则试算与认定 · %s") % self.campaign

    def get_context_data(self, **kwargs):
        """Add the trial."""
        trial = try_rules(self.campaign, self.as_of)
        rows = [(row, LEVELS[row.rule.level], *mark(row)) for row in trial.verdicts]
        return super().get_context_data(
            **{"trial": trial, "rows": rows, "last": last_judged(self.campaign), **kwargs}
        )

    def refused(self):
        """A day before the one judged last is only tried."""
        try:
            check_day(self.campaign, self.as_of)
        except ValidationError as error:
            return "；".join(error.messages)
        return ""

    def keep(self, as_of):
        """Judge it."""
        self.judged = actions.evaluate_rules(campaign=self.campaign, as_of=as_of, by=self.request.user)
        return f"{reverse('campaigns:finding_list')}?campaign={self.campaign.pk}&state=open"

    def get_success_message(self):
        """Say what came of it."""
        return _("新认定 %(found)d 项，继续 %(standing)d 项，解除 %(cleared)d 项") % {
            "found": self.judged.found, "standing": self.judged.standing, "cleared": self.judged.cleared,
        }  # fmt: skip


def mark(verdict):
    """Return (tone, words) of what an evaluation would do with a verdict."""
    if verdict.exemption:
        return "muted", tell("豁免")
    return ("info", tell("继续")) if verdict.finding else ("warn", tell("新增"))
