"""What counts toward which indicator (口径): the list, adding, changing and removing rules."""

from copy import copy

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from projects import rule_page
from projects.actions import change_rule, create_rule, remove_rule
from projects.desk_filters import RuleFilter
from projects.desk_forms import RuleForm, rule_initial
from projects.desk_tables import RuleTable
from projects.models import CountingRule
from units.forms import ReasonForm
from units.lists import ListPage
from units.pages import ActionView, add_errors

TRIES = ("preview", "moves")  # steps that only show what a rule would do


class RuleList(ListPage):
    """Counting rules in words."""

    model, table_class, filterset_class = CountingRule, RuleTable, RuleFilter
    title = _("口径")
    sub = _("哪些事实计入哪项指标；改动保存后按新口径重新计数，重算中的指标有标记。")
    empty_text = _("还没有口径。由事实计数的指标要先设口径才有数。")
    actions = ((_("新建口径"), "projects:rule_create", "plus"),)
    export_name = "rules"

    def get_queryset(self):
        """Every editor sees every rule: a rule holds for all campaigns."""
        return CountingRule.objects.for_list()


class RuleAction(ActionView):
    """What the forms about rules share."""

    template_name = "projects/rule_form.html"
    cancel_url = reverse_lazy("projects:rule_list")

    def get_context_data(self, **kwargs):
        """Put the many short fields side by side."""
        return super().get_context_data(two_columns=self.form_class is RuleForm, **kwargs)

    @cached_property
    def rule(self):
        """The rule of the page; None where it is a new one."""
        if "pk" not in self.kwargs:
            return None
        return get_object_or_404(CountingRule.objects.select_related("indicator"), pk=self.kwargs["pk"])

    def form_valid(self, form):
        """Show what the rule would do, where that was asked for; otherwise write it."""
        step = self.request.POST.get("step")
        if step not in TRIES:
            return super().form_valid(form)
        try:
            tried = self.tried(form, whole=step == "moves")
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        return self.render_to_response(self.get_context_data(form=form, tried=tried))

    def tried(self, form, whole):
        """Try the rule of the form out; refuses what could not be saved."""
        draft = copy(self.rule) if self.rule else CountingRule()
        for name, value in form.facts(self.rule).items():
            setattr(draft, name, value)
        draft.full_clean()
        return rule_page.tried(draft, self.rule, self.request.user, timezone.localdate(), whole=whole)

    def show_conflict(self, form, conflict):
        """Show the other person's rule in words as well: its conditions are no single field."""
        response = super().show_conflict(form, conflict)
        theirs = {"label": _("口径"), "mine": "", "theirs": conflict.current.in_words}
        response.context_data["conflict"] = [*self.conflicts, theirs]
        return response


class RuleCreate(RuleAction):
    """A new rule; what it counts is posted once it is saved."""

    form_class = RuleForm
    title = _("新建口径")
    lead = _("保存后，已登记的事实立即按这条口径计入该指标。")
    success_message = _("口径已新建，已按它重新计数")

    def perform(self, form):
        """Add it."""
        create_rule(by=self.request.user, **form.facts())
        return reverse("projects:rule_list")


class RuleChange(RuleAction):
    """Change a rule; the difference is posted once it is saved."""

    form_class = RuleForm
    title = _("修改口径")
    success_message = _("口径已修改，已按它重新计数")

    def get_lead(self):
        """Say the rule in words."""
        return _("现行口径：%(words)s。改动保存后按新口径重新计数。") % {"words": self.rule.in_words}

    def get_initial(self):
        """Show the rule as it stands."""
        return rule_initial(self.rule)

    def perform(self, form):
        """Change it."""
        change_rule(
            rule=self.rule, version=form.cleaned_data["version"], by=self.request.user, **form.facts(self.rule)
        )
        return reverse("projects:rule_list")


class RuleRemove(RuleAction):
    """Take a rule away; what it counted is reversed."""

    form_class = ReasonForm
    title = _("移除口径")
    submit_label = _("移除")
    success_message = _("口径已移除，已重新计数，理由已记入审计")

    def get_context_data(self, **kwargs):
        """Say what moves."""
        user = self.request.user
        tried = rule_page.tried(None, self.rule, user, timezone.localdate(), whole=True)
        return super().get_context_data(tried=tried, **kwargs)

    def get_lead(self):
        """Say what goes."""
        told = {"indicator": self.rule.indicator, "words": self.rule.in_words}
        return _("「%(indicator)s」将不再计入：%(words)s。已计入的数会冲销。") % told

    def perform(self, form):
        """Remove it."""
        remove_rule(rule=self.rule, reason=form.cleaned_data["reason"], by=self.request.user)
        return reverse("projects:rule_list")
