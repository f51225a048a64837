"""Problems: the list, raising one, its page, changing it."""

from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects import actions, presets
from projects.models import Meeting, Problem, Project
from projects.promise_filters import ProblemFilter
from projects.promise_forms import ProblemChangeForm, ProblemForm
from projects.promise_resources import ProblemResource
from projects.promise_tables import ProblemTable
from projects.views.companies import number
from projects.views.promises import OneKindDetail, OneKindScope, as_error, url_if_seen
from units.lists import DatedList
from units.models import Role
from units.pages import ActionView

LIST = (_("问题清单"), reverse_lazy("projects:problem_list"))


class ProblemList(DatedList):
    """Problems that the user's units owe or that stand on their projects."""

    model, table_class, filterset_class = Problem, ProblemTable, ProblemFilter
    resource_class = ProblemResource
    title = _("问题清单")
    sub = _("每个问题有责任单位和承诺期限；延期留痕，逾期按天计。")
    empty_text = _("还没有问题")
    empty_hint = _("项目推进中遇到困难，登记责任单位和承诺期限")
    actions = ((_("登记问题"), "projects:problem_create", "plus"),)
    export_name = "problems"
    brings_in = ("projects:import_create", "kind=problem")
    presets = presets.PROBLEMS
    count_tabs = True
    counted = _("个问题")
    filters_first = ("state", "unit", "project")

    def get_queryset(self):
        """Load the project and the meeting."""
        return super().get_queryset().select_related("project", "meeting")


class ProblemCreate(ActionView):
    """Put a difficulty of a project on the list."""

    template_name = "projects/record_form.html"
    form_class = ProblemForm
    title = _("登记问题")
    lead = _("写清卡在哪里、谁来办、什么时候办好；在会上承诺的选上会议。")
    success_message = _("已列入问题清单")
    cancel_url = reverse_lazy("projects:problem_list")
    extra_context = {"crumbs": (LIST,)}

    def get_initial(self):
        """Today, and what the link came from."""
        user, asked = self.request.user, self.request.GET
        project = Project.objects.visible_to(user).filter(pk=number(asked.get("project")) or 0).first()
        meeting = Meeting.objects.visible_to(user).filter(pk=number(asked.get("meeting")) or 0).first()
        initial = {"found_on": timezone.localdate(), "unit": user.first_unit(Role.CLERK)}
        return initial | {"project": project.pk if project else None, "meeting": meeting.pk if meeting else None}

    def perform(self, form):
        """Raise it."""
        message = _("只能登记本单位招引的项目的问题，或由本单位负责的问题")
        return as_error(actions.raise_problem, "unit", message, by=self.request.user, **form.cleaned_data)


class ProblemScope(OneKindScope):
    """Which promises these pages are about."""

    kind, list_crumb = Problem, LIST


class ProblemDetail(ProblemScope, OneKindDetail):
    """A problem, and the meeting at which it was promised."""

    template_name = "projects/problem.html"

    def get_context_data(self, **kwargs):
        """Add the meeting, and where it is changed."""
        may_change = self.may_write and not self.row.done_on
        return super().get_context_data(
            meeting_url=url_if_seen(self.row.meeting, self.request.user),
            change_url=reverse("projects:problem_change", args=[self.row.pk]) if may_change else "",
            **kwargs,
        )


class ProblemChange(ProblemScope, ActionView):
    """Change what a problem says."""

    form_class = ProblemChangeForm
    title = _("修改问题")
    lead = _("期限只能通过延期改动，原期限保留。")

    def get_form_kwargs(self):
        """Give the form its problem; the days stay."""
        return {**super().get_form_kwargs(), "problem": self.own_row}

    def get_initial(self):
        """Show it as it stands."""
        row = self.own_row
        values = {name: getattr(row, name) for name in ("title", "detail", "person", "version")}
        return values | {"unit": row.unit_id, "meeting": row.meeting_id}

    def perform(self, form):
        """Change it."""
        facts = {**form.cleaned_data, "problem": self.own_row, "by": self.request.user}
        return as_error(actions.change_problem, "unit", _("改换责任单位由项目的招引单位办理"), **facts)
