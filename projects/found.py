"""What the search above every page finds: projects, companies and units, as far as the user may see them."""

from dataclasses import dataclass

from django.db.models import Case, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.models import Company, CompanyName, Credit, Project
from units.models import Unit
from units.search import folded, matching

SHOWN = 8  # of a kind


@dataclass(frozen=True)
class Hit:
    """One thing that was found."""

    name: str
    told: str
    url: str


@dataclass(frozen=True)
class Hits:
    """What was found of one kind; url leads to all of it, where there is more."""

    label: str
    rows: list
    url: str = ""


def of(text, user):
    """Return the kinds of which something was found: three queries, and one for the units of the projects."""
    if not folded(text):
        return []
    kinds = [projects(text, user), companies(text, user), units(text, user)]
    return [kind for kind in kinds if kind.rows]


def first_named(queryset, text):
    """Put first what begins with the text, as it is written or spelled."""
    begins = Q(search__startswith=folded(text)) | Q(search__contains=f" {folded(text)}")
    near = Case(When(begins, then=Value(0)), default=Value(1), output_field=IntegerField())
    return queryset.annotate(nearness=near).order_by("nearness", "name", "pk")


def cut(rows, page, text):
    """Return the rows that are shown, and the address of all of them, where there are more."""
    more = reverse(page, query={"q": text}) if len(rows) > SHOWN else ""
    return rows[:SHOWN], more


def projects(text, user):
    """Find projects by their own name and their company's."""
    found = matching(Project.objects.visible_to(user), text, "search", "company__search")
    rows = list(first_named(found.select_related("company"), text)[: SHOWN + 1])
    introducing = Credit.objects.filter(project__in=[row.pk for row in rows], role=Credit.Role.INTRODUCING)
    units_of = dict(introducing.values_list("project", "unit__name"))
    rows, more = cut(rows, "projects:project_list", text)
    made = [
        Hit(row.name, " · ".join((row.company.name, units_of.get(row.pk, ""), stage_of(row))), row.get_absolute_url())
        for row in rows
    ]
    return Hits(_("项目"), made, more)


def stage_of(project):
    """Say how far a project is."""
    return str(_("已终止") if project.terminated else project.get_stage_display())


def companies(text, user):
    """Find companies by any of their names and by credit code."""
    others = matching(CompanyName.objects.order_by(), text, "search").values("company")
    own = matching(Company.objects.order_by(), text, "search").values("pk")
    found = Company.objects.visible_to(user).live().filter(Q(pk__in=own) | Q(pk__in=others))
    rows, more = cut(list(first_named(found, text)[: SHOWN + 1]), "projects:company_list", text)
    made = [
        Hit(row.name, " · ".join(filter(None, (row.get_origin_display(), row.place))), row.get_absolute_url())
        for row in rows
    ]
    return Hits(_("企业"), made, more)


def units(text, user):
    """Find units; their projects are what a unit is looked up for."""
    found = matching(Unit.objects.visible_to(user), text, "search")
    rows = list(first_named(found, text)[:SHOWN])
    made = [
        Hit(row.name, str(row.get_kind_display()), reverse("projects:project_list", query={"unit": row.pk}))
        for row in rows
    ]
    return Hits(_("单位"), made)
