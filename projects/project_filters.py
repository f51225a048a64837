"""Filters of the lists of projects and of milestones."""

import re
from datetime import timedelta

import django_filters
from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Recognition
from campaigns.numbers import ExactFilter
from projects import cohorts, flags
from projects.cohorts import Cohort
from projects.models import Credit, Milestone, Origin, Project, Sector, Tag
from projects.stages import Kind, Stage
from units.models import Role, Unit, under
from units.search import matching

DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
KEY_DIGITS = 18
YES = (("1", _("是")),)
NUMBER = re.compile(r"\s*[Pp]0*([1-9][0-9]{0,17})\s*")  # a project's number as people copy it: P000123
DONE, PROMISED, LATE = "done", "promised", "late"
STATES = ((DONE, _("已发生")), (PROMISED, _("承诺未到期")), (LATE, _("承诺超期")))


def units_of(request):
    """Return the units whose records the user may read."""
    return Unit.objects.visible_to(request.user) if request else Unit.objects.none()


def tags_of(request):
    """Return the tags the user may see."""
    return Tag.objects.visible_to(request.user) if request else Tag.objects.none()


def clerks_paths(user):
    """Return the paths of the units the user enters figures for."""
    return user.paths(Role.CLERK)


def shared_under(paths):
    """Return the keys of the projects that the units at the paths, or units below them, share."""
    return Credit.objects.filter(under(paths)).order_by().values("project")


class TagsField(django_filters.fields.ModelMultipleChoiceField):
    """Tags by their keys; SQLite cannot even compare a number longer than a key."""

    def clean(self, value):
        """Refuse what is no key."""
        if any(len(str(key)) > KEY_DIGITS for key in value or ()):
            raise forms.ValidationError(_("没有这个标签"))
        return super().clean(value)


class TagsFilter(django_filters.ModelMultipleChoiceFilter):
    """Projects that have one of some tags."""

    field_class = TagsField


class ProjectFilter(django_filters.FilterSet):
    """Projects by name or company, stage, sector, unit, origin, tags, money and days; today is set by the page."""

    today = None

    q = django_filters.CharFilter(method="named", label=_("项目、企业、编号"))
    stage = django_filters.MultipleChoiceFilter(
        choices=Stage, label=_("阶段"), widget=forms.CheckboxSelectMultiple, distinct=False
    )
    sector = django_filters.ChoiceFilter(choices=Sector, label=_("产业"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(
        method="shared_by", queryset=units_of, label=_("单位"), empty_label=_("全部")
    )
    origin = django_filters.ChoiceFilter(
        field_name="company__origin", choices=Origin, label=_("资金来源"), empty_label=_("全部")
    )
    tag = TagsFilter(method="tagged", queryset=tags_of, label=_("标签"), widget=forms.CheckboxSelectMultiple)
    mine = django_filters.ChoiceFilter(
        method="of_clerk", choices=YES, label=_("本人单位的项目"), empty_label=_("不限")
    )
    is_key = django_filters.ChoiceFilter(choices=YES, label=_("重点项目"), empty_label=_("不限"))
    amount_from = ExactFilter(method="at_least", label=_("协议投资不低于（亿元）"), measure="亿元")
    signed_from = django_filters.DateFilter(method="signed", label=_("签约自"), widget=DAY, lookup_expr="gte")
    signed_to = django_filters.DateFilter(method="signed", label=_("签约至"), widget=DAY, lookup_expr="lte")
    leader = django_filters.CharFilter(lookup_expr="icontains", label=_("挂包领导"))
    outside = django_filters.ChoiceFilter(
        method="landing", choices=(("yes", _("区外")), ("no", _("区内"))), label=_("落地"), empty_label=_("全部")
    )
    overdue = django_filters.DateFilter(method="late", label=_("承诺超期，截至"), widget=DAY)
    cohort = django_filters.ChoiceFilter(
        method="in_cohort", choices=Cohort, label=_("落实情况"), empty_label=_("全部")
    )
    until = django_filters.DateFilter(method="as_of", label=_("落实情况截至"), widget=DAY)
    stale = django_filters.NumberFilter(
        method="untouched", label=_("多少天未更新"), min_value=1, max_value=9999, decimal_places=0
    )
    carried = django_filters.ChoiceFilter(
        method="carried_over", choices=YES, label=_("往年结转"), empty_label=_("全部")
    )
    flag = django_filters.ChoiceFilter(
        method="flagged", choices=(("any", _("任一预警")), *flags.CHOICES), label=_("预警"), empty_label=_("全部")
    )

    class Meta:
        model = Project
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the project's or the company's name, its pinyin or its initials, or the number."""
        if found := NUMBER.fullmatch(value):
            return queryset.filter(pk=found[1])
        return matching(queryset, value, "search", "company__search")

    def shared_by(self, queryset, name, unit):
        """Narrow to the projects that the unit, or one below it, shares."""
        return queryset.filter(pk__in=shared_under([unit.path]))

    def tagged(self, queryset, name, tags):
        """Narrow to the projects that have one of the tags."""
        if not tags:
            return queryset
        return queryset.filter(pk__in=Project.tags.through.objects.filter(tag__in=tags).values("project"))

    def of_clerk(self, queryset, name, value):
        """Narrow to the projects that a unit the user enters figures for shares."""
        return queryset.filter(pk__in=shared_under(clerks_paths(self.request.user)))

    def at_least(self, queryset, name, value):
        """Narrow to the projects whose contract is of an amount or more."""
        contracts = Milestone.objects.live().done().filter(kind=Kind.CONTRACT, amount_cny__gte=value)
        return queryset.filter(pk__in=contracts.order_by().values("project"))

    def signed(self, queryset, name, value):
        """Narrow to the projects whose contract was signed from, or up to, a day."""
        days = {"on__gte" if name == "signed_from" else "on__lte": value}
        contracts = Milestone.objects.live().done().filter(kind=Kind.CONTRACT, **days)
        return queryset.filter(pk__in=contracts.order_by().values("project"))

    def landing(self, queryset, name, value):
        """Narrow to the projects that land outside the district, or inside it (R25)."""
        return queryset.exclude(outside="") if value == "yes" else queryset.filter(outside="")

    def in_cohort(self, queryset, name, value):
        """Narrow to the projects that stood in a cohort on the day named beside it, else today."""
        until = self.form.cleaned_data.get("until") or timezone.localdate()
        return queryset.filter(pk__in=cohorts.members(value, until))

    def as_of(self, queryset, name, value):
        """Narrow nothing: the day belongs to the cohort."""
        return queryset

    def late(self, queryset, name, value):
        """Narrow to the projects with a promise that was due before a day and is not kept."""
        return queryset.filter(pk__in=Milestone.objects.overdue(value).order_by().values("project"))

    def untouched(self, queryset, name, value):
        """Narrow to the open projects without news for so many days."""
        day = self.today - timedelta(days=int(value))
        return queryset.filter(updated_at__date__lt=day, terminated=False)

    def carried_over(self, queryset, name, value):
        """Narrow to the projects of earlier years that are followed until production."""
        return queryset.filter(pk__in=cohorts.members(Cohort.CARRIED, self.today))

    def flagged(self, queryset, name, value):
        """Narrow to the projects that raise a flag, or any."""
        names = None if value == "any" else [value]
        found = flags.of_projects(queryset, self.request.user, self.today, names)
        return queryset.filter(pk__in=list(found))


class MilestoneFilter(django_filters.FilterSet):
    """Milestones by project or company, kind, state, unit, days and what became of them."""

    q = django_filters.CharFilter(method="named", label=_("项目、企业"))
    kind = django_filters.MultipleChoiceFilter(
        choices=Kind, label=_("节点"), widget=forms.CheckboxSelectMultiple, distinct=False
    )
    state = django_filters.ChoiceFilter(method="in_state", choices=STATES, label=_("状态"), empty_label=_("全部"))
    unit = django_filters.ModelChoiceFilter(
        method="shared_by", queryset=units_of, label=_("单位"), empty_label=_("全部")
    )
    recognition = django_filters.ChoiceFilter(choices=Recognition, label=_("认定"), empty_label=_("全部"))
    since = django_filters.DateFilter(method="from_day", label=_("发生或承诺自"), widget=DAY)
    until = django_filters.DateFilter(method="to_day", label=_("发生或承诺至"), widget=DAY)
    mine = django_filters.ChoiceFilter(
        method="of_clerk", choices=YES, label=_("本人单位的项目"), empty_label=_("不限")
    )

    class Meta:
        model = Milestone
        fields = ()

    def named(self, queryset, name, value):
        """Find a part of the project's or the company's name, its pinyin or its initials."""
        return matching(queryset, value, "project__search", "project__company__search")

    def in_state(self, queryset, name, value):
        """Narrow to what happened, what is promised, or what is promised and late."""
        if value == LATE:
            return queryset.overdue(self.today)
        return queryset.done() if value == DONE else queryset.filter(on__isnull=True, due_on__gte=self.today)

    def shared_by(self, queryset, name, unit):
        """Narrow to the projects that the unit, or one below it, shares."""
        return queryset.filter(project__in=shared_under([unit.path]))

    def from_day(self, queryset, name, value):
        """Leave out what happened, or is due, before a day."""
        return queryset.filter(Q(on__gte=value) | Q(on__isnull=True, due_on__gte=value))

    def to_day(self, queryset, name, value):
        """Leave out what happened, or is due, after a day."""
        return queryset.filter(Q(on__lte=value) | Q(on__isnull=True, due_on__lte=value))

    def of_clerk(self, queryset, name, value):
        """Narrow to the projects that a unit the user enters figures for shares."""
        return queryset.filter(project__in=shared_under(clerks_paths(self.request.user)))
