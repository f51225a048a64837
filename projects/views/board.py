"""The board by stage: its columns, and the small form that a moved card opens."""

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from projects import actions, board
from projects.models import Project
from projects.project_filters import ProjectFilter
from projects.project_forms import MoveForm
from projects.stages import Kind, Stage
from projects.views.projects import ProjectScope
from units import list_head
from units.models import Role
from units.pages import ActionView


class Board(TemplateView):
    """Projects in the columns of their stages, filtered like the list; ?column=…&page=n: a column's next cards."""

    template_name = "projects/board.html"
    extra_context = {"title": _("项目看板")}

    @cached_property
    def filterset(self):
        """The list's filter over what the user may see; what was terminated stands on the list only."""
        rows = Project.objects.visible_to(self.request.user).filter(terminated=False).for_list()
        found = ProjectFilter(self.request.GET, queryset=rows, request=self.request)
        found.today = timezone.localdate()
        return found

    @property
    def column(self):
        """The stage whose next cards are asked for."""
        wanted = self.request.GET.get("column", "")
        return Stage(wanted) if wanted in Stage.values else None

    @property
    def page(self):
        """Which cards of that column."""
        wanted = self.request.GET.get("page", "")
        return int(wanted) if wanted.isascii() and wanted.isdigit() and 0 < len(wanted) < 6 and int(wanted) else 1

    def get_template_names(self):
        """Answer with the cards alone, where htmx asks for more of a column."""
        return ["projects/_board_cards.html"] if self.column and self.request.htmx else [self.template_name]

    def get_context_data(self, **kwargs):
        """Load the columns, or the next cards of one."""
        user, today, query = self.request.user, timezone.localdate(), self.request.GET
        if self.column and self.request.htmx:
            column = board.column(self.filterset.qs, user, today, query, self.column, self.page)
            return super().get_context_data(column=column, back=query.urlencode(), **kwargs)
        return super().get_context_data(
            columns=board.columns(self.filterset.qs, user, today, query),
            filter=self.filterset,
            chips=list_head.chips(self.filterset, query),
            may_move=Role.CLERK in user.roles,
            query=query.urlencode(),
            **kwargs,
        )


class ProjectMove(ProjectScope, ActionView):
    """Move a project onto a stage (?to=…) by saying what happened and when; without a stage it offers them."""

    template_name = "projects/move.html"
    form_class = MoveForm

    @cached_property
    def stage(self):
        """The stage asked for; None until one was chosen."""
        wanted = self.request.GET.get("to", "")
        return Stage(wanted) if wanted in Stage.values else None

    @cached_property
    def move(self):
        """What it takes; None until a stage was chosen."""
        done = set(self.own_project.milestones.live().done().values_list("kind", flat=True))
        return board.move_of(self.project, self.stage, done, timezone.localdate()) if self.stage else None

    def get_template_names(self):
        """Answer with the inside of the dialog, where htmx asks."""
        return ["projects/_move.html"] if self.request.htmx else [self.template_name]

    def get_title(self):
        """Name the stage."""
        return _("移到%(stage)s") % {"stage": self.stage.label} if self.stage else _("移到…")

    def get_initial(self):
        """Today, and the planned sum for a contract."""
        amount = self.own_project.investment if self.stage == Stage.SIGNED else None
        return {"on": timezone.localdate(), "amount": amount}

    def get_form_kwargs(self):
        """Give the form its kind; without one it is not shown."""
        return {**super().get_form_kwargs(), "kind": self.move.kind if self.move and self.move.kind else Kind.TALKS}

    def post(self, request, *args, **kwargs):
        """Write only what a form was shown for."""
        return super().post(request, *args, **kwargs) if self.move and self.move.kind else self.get(request)

    def get_cancel_url(self):
        """Lead back to the board as it was filtered."""
        query = QueryDict(self.request.GET.get("back", "")[:500], mutable=True).urlencode()
        return f"{reverse('projects:board')}{'?' if query else ''}{query}"

    def get_context_data(self, **kwargs):
        """Add what it takes."""
        return super().get_context_data(move=self.move, choices=board.choices(self.own_project), **kwargs)

    def perform(self, form):
        """Record the milestone, with its paper if there is one; go back to the board."""
        facts, by = dict(form.cleaned_data), self.request.user
        files = facts.pop("file")
        milestone = actions.record_milestone(
            project=self.own_project, kind=self.move.kind, by=by, today=timezone.localdate(), **facts
        )
        if files:
            actions.add_papers(record=milestone, files=files, by=by)
        return self.get_cancel_url()

    def get_success_message(self):
        """Name where it went."""
        return _("「%(project)s」已到%(stage)s") % {"project": self.project, "stage": self.stage.label}
