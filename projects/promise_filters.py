"""Filters of the lists of problems, procedures, complaints, land, meetings; today is set by the page."""

import django_filters
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from projects.models import Complaint, Meeting, Parcel, Problem, Procedure, Project, Step
from projects.project_filters import YES, clerks_paths, units_of
from units.forms import day_input
from units.models import Unit, under
from units.search import matching

OPEN, LATE, DONE, PUT_OFF = "open", "late", "done", "put_off"
STATES = ((OPEN, _("未办结")), (LATE, _("逾期")), (DONE, _("已办结")), (PUT_OFF, _("延过期")))
IDLE_BUILT, IDLE_USED, RECLAIMED = "not_built", "not_used", "reclaimed"


def owing_units(request):
    """Return the units that may owe something."""
    return Unit.objects.near(request.user).order_by("path")


def projects_seen(request):
    """Return the projects that the user may see."""
    return Project.objects.visible_to(request.user).order_by("name", "pk")


def meetings_seen(request):
    """Return the meetings that the user may see."""
    return Meeting.objects.visible_to(request.user).order_by("-on", "-pk")


class OwedFilter(django_filters.FilterSet):
    """Promises by the unit that owes them, what became of them, and their days."""

    today = None

    q = django_filters.CharFilter(method="named", label=_("搜索，拼音首字母也可"))
    state = django_filters.ChoiceFilter(method="in_state", choices=STATES, label=_("状态"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(
        method="owed_by", queryset=owing_units, label=_("责任单位"), empty_label=_("全部")
    )
    since = django_filters.DateFilter(field_name="due_on", lookup_expr="gte", label=_("期限自"), widget=day_input())
    until = django_filters.DateFilter(field_name="due_on", lookup_expr="lte", label=_("期限至"), widget=day_input())
    mine = django_filters.ChoiceFilter(method="of_clerk", choices=YES, label=_("本人单位负责"), empty_label=_("不限"))

    def owed_by(self, queryset, name, unit):
        """Narrow to what the unit and the units below it owe."""
        return queryset.filter(unit__path__startswith=unit.path)

    def of_clerk(self, queryset, name, value):
        """Narrow to what the units owe that the user enters figures for."""
        return queryset.filter(under(clerks_paths(self.request.user)))

    def in_state(self, queryset, name, value):
        """Narrow to what is open, late, done or was put off."""
        if value == LATE:
            return queryset.overdue(self.today)
        if value == PUT_OFF:
            return queryset.exclude(due_on=F("first_due_on"))
        return queryset.open() if value == OPEN else queryset.filter(done_on__isnull=False)

    def named(self, queryset, name, value):
        """Find a part of what it says, or of the name of its project or company."""
        fields = {Problem: ("project__search",), Complaint: ("company__search",)}
        return matching(queryset, value, "search", *fields[self._meta.model])


class ProblemFilter(OwedFilter):
    """Problems, also by project and meeting."""

    project = django_filters.ModelChoiceFilter(queryset=projects_seen, label=_("项目"), empty_label=_("全部"))
    meeting = django_filters.ModelChoiceFilter(
        method="at_meeting", queryset=meetings_seen, label=_("会议"), empty_label=_("全部")
    )

    class Meta:
        model = Problem
        fields = ()

    def at_meeting(self, queryset, name, meeting):
        """Narrow to what was promised at a meeting or taken up there."""
        taken = meeting.taken_up.values("pk")
        return queryset.filter(Q(meeting=meeting) | Q(pk__in=taken))


class ComplaintFilter(OwedFilter):
    """Complaints, also by whether the company was answered."""

    answered = django_filters.ChoiceFilter(
        method="is_answered", choices=(("no", _("未答复")), ("yes", _("已答复"))), label=_("答复"),
        empty_label=_("全部"),
    )  # fmt: skip

    class Meta:
        model = Complaint
        fields = ()

    def is_answered(self, queryset, name, value):
        """Narrow to what was answered, or was not."""
        return queryset.unanswered() if value == "no" else queryset.filter(answered_on__isnull=False)


class ProcedureFilter(django_filters.FilterSet):
    """Procedures by project, kind, department asked and whether something is still open."""

    today = None

    q = django_filters.CharFilter(method="named", label=_("事项、项目、代办员"))
    kind = django_filters.ChoiceFilter(choices=Procedure.Kind, label=_("类别"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(
        method="asks", queryset=owing_units, label=_("受邀单位"), empty_label=_("全部")
    )
    state = django_filters.ChoiceFilter(
        method="in_state", choices=((OPEN, _("未办结")), (DONE, _("已办结"))), label=_("状态"), empty_label=_("全部")
    )
    project = django_filters.ModelChoiceFilter(queryset=projects_seen, label=_("项目"), empty_label=_("全部"))

    class Meta:
        model = Procedure
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the name, the agent or the project."""
        found = matching(Project.objects.visible_to(self.request.user), value, "search").values("pk")
        return queryset.filter(Q(name__icontains=value) | Q(agent__icontains=value) | Q(project__in=found))

    def asks(self, queryset, name, unit):
        """Narrow to what asks a unit or one below it."""
        return queryset.filter(pk__in=Step.objects.filter(under([unit.path])).order_by().values("procedure"))

    def in_state(self, queryset, name, value):
        """Narrow to what still waits for somebody, or no longer does."""
        waiting = Step.objects.filter(result="", due_on__gte=self.today).order_by().values("procedure")
        return queryset.filter(pk__in=waiting) if value == OPEN else queryset.exclude(pk__in=waiting)


class ParcelFilter(django_filters.FilterSet):
    """Land by project, unit and what became of it."""

    today = None

    q = django_filters.CharFilter(method="named", label=_("地块、项目"))
    state = django_filters.ChoiceFilter(
        method="in_state",
        choices=((IDLE_BUILT, _("圈而不建")), (IDLE_USED, _("占而不用")), (RECLAIMED, _("已收回"))),
        label=_("状态"),
        empty_label=_("全部"),
    )
    unit = django_filters.ModelChoiceFilter(
        method="shared_by", queryset=units_of, label=_("单位"), empty_label=_("全部")
    )
    project = django_filters.ModelChoiceFilter(queryset=projects_seen, label=_("项目"), empty_label=_("全部"))

    class Meta:
        model = Parcel
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the name of the land or of the project."""
        found = matching(Project.objects.visible_to(self.request.user), value, "search").values("pk")
        return queryset.filter(Q(name__icontains=value) | Q(project__in=found))

    def in_state(self, queryset, name, value):
        """Narrow to what is not built on, not used, or was taken back."""
        if value == RECLAIMED:
            return queryset.filter(reclaimed_on__lte=self.today)
        return queryset.not_built(self.today) if value == IDLE_BUILT else queryset.not_used(self.today)

    def shared_by(self, queryset, name, unit):
        """Narrow to the land of the projects that a unit, or one below it, shares."""
        found = Project.objects.filter(credits__unit__path__startswith=unit.path).order_by().values("pk")
        return queryset.filter(project__in=found)


class MeetingFilter(django_filters.FilterSet):
    """Meetings by kind, day and whether they were held."""

    today = None

    q = django_filters.CharFilter(method="named", label=_("会议、主持人，拼音首字母也可"))
    kind = django_filters.ChoiceFilter(choices=Meeting.Kind, label=_("类别"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(
        method="called_by", queryset=owing_units, label=_("召集单位"), empty_label=_("全部")
    )
    state = django_filters.ChoiceFilter(
        method="in_state",
        choices=(("coming", _("未开")), ("held", _("已召开")), ("unwritten", _("待补纪要"))),
        label=_("状态"),
        empty_label=_("全部"),
    )
    since = django_filters.DateFilter(field_name="on", lookup_expr="gte", label=_("自"), widget=day_input())
    until = django_filters.DateFilter(field_name="on", lookup_expr="lte", label=_("至"), widget=day_input())

    class Meta:
        model = Meeting
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the title or the chair."""
        return matching(queryset, value, "search")

    def called_by(self, queryset, name, unit):
        """Narrow to what a unit, or one below it, called."""
        return queryset.filter(unit__path__startswith=unit.path)

    def in_state(self, queryset, name, value):
        """Narrow to what was held, is still to come, or lacks its record."""
        if value == "held":
            return queryset.filter(held=True)
        days = {"on__gte": self.today} if value == "coming" else {"on__lt": self.today}
        return queryset.filter(held=False, **days)
