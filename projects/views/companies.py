"""Companies: the list, the page of one, its phone number, changing it."""

from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from projects import actions, recognition
from projects.models import Company, Project, Visit
from projects.visit_filters import CompanyFilter
from projects.visit_forms import CompanyForm
from projects.visit_tables import CompanyTable
from units import access, audit
from units.lists import ListPage
from units.models import Role
from units.pages import ActionView

SHOWN = 50  # visits on the page of a company


def counting_own(companies, user):
    """Add how many projects and visits of each company the user may see."""
    counts = {}
    for name, rows in (("project_count", Project.objects), ("visit_count", Visit.objects.live())):
        own = rows.visible_to(user).filter(company=OuterRef("pk")).order_by().values("company")
        counts[name] = Coalesce(Subquery(own.annotate(n=Count("pk")).values("n")), Value(0))
    return companies.annotate(**counts)


class CompanyList(ListPage):
    """Companies that a unit of the user's entered, met, or has a project with."""

    model, table_class, filterset_class = Company, CompanyTable, CompanyFilter
    title = _("企业")
    sub = _("登记项目或走访时填企业名称，就会列在这里；电话中间四位不显示。")
    empty_text = _("还没有企业")
    empty_hint = _("登记走访或项目时会一并登记企业")
    empty_action = (_("登记走访"), "projects:visit_create")
    export_name = "companies"

    def get_queryset(self):
        """Count only what the user may see."""
        return counting_own(super().get_queryset(), self.request.user)


class CompanyScope:
    """A page about one company that the user may see."""

    @cached_property
    def company(self):
        """The company; 404 where no unit of the user's has to do with it."""
        rows = Company.objects.visible_to(self.request.user).select_related("entered_for")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        """Say where one is."""
        crumbs = [(_("企业"), reverse("projects:company_list"))]
        if isinstance(self, ActionView):
            crumbs.append((self.company, self.company.get_absolute_url()))
        return super().get_context_data(**{"company": self.company, "crumbs": crumbs, **kwargs})


class CompanyDetail(CompanyScope, TemplateView):
    """A company with its projects and visits, as far as the user may see them."""

    template_name = "projects/company.html"

    def get_context_data(self, **kwargs):
        """Add its projects, visits and history, and what the user may do."""
        row, user = self.company, self.request.user
        visits = Visit.objects.visible_to(user).filter(company=row).for_list()[: SHOWN + 1]
        visits = [(visit, recognition.TONES[visit.recognition]) for visit in visits]
        return super().get_context_data(
            title=row.name,
            projects=Project.objects.visible_to(user).filter(company=row).for_list(),
            visits=visits[:SHOWN],
            has_more=len(visits) > SHOWN,
            may_change=user.holds(Role.CLERK, row.entered_for),
            may_visit=Role.CLERK in user.roles,
            may_see_phone=bool(row.phone) and actions.may_see_phone(row, user),
            history=audit.history(row),
            **kwargs,
        )


class CompanyPhone(CompanyDetail):
    """Show the phone number once; the trail says who saw it."""

    http_method_names = ["post"]

    def post(self, request, *args, **kwargs):
        """Answer with the company's page, the number on it."""
        phone = actions.show_phone(company=self.company, by=request.user)
        return self.render_to_response(self.get_context_data(phone=phone))


class CompanyChange(CompanyScope, ActionView):
    """Change a company; its origin decides what its projects count toward."""

    template_name = "projects/record_form.html"
    form_class = CompanyForm
    title = _("修改企业")
    extra_context = {"two_columns": True}

    @cached_property
    def own_company(self):
        """The company, if a unit of the clerk's entered it; 403 otherwise."""
        access.require(self.request.user, Role.CLERK, self.company.entered_for)
        return self.company

    def get_form_kwargs(self):
        """Give the form its company."""
        return {**super().get_form_kwargs(), "company": self.own_company}

    def get_initial(self):
        """Show the company as it stands, without its phone number."""
        names = [name for name in CompanyForm.base_fields if name != "new_phone"]
        return {name: getattr(self.own_company, name) for name in names}

    def get_cancel_url(self):
        """Lead back to the company."""
        return self.company.get_absolute_url()

    def perform(self, form):
        """Change it; an empty phone number leaves the old one."""
        facts = dict(form.cleaned_data)
        if phone := facts.pop("new_phone"):
            facts["phone"] = phone
        return actions.change_company(company=self.own_company, by=self.request.user, **facts)
