"""Companies: the list, the page of one, its phone numbers, changing it, likely duplicates."""

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from projects import actions, claiming, duplicates, presets, recognition
from projects.company_forms import CompanyForm
from projects.models import Claim, Company, Contact, PlannedContact, Project, Visit
from projects.resources import CompanyResource
from projects.visit_filters import CompanyFilter
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
    sub = _("登记项目、走访或首报时填企业名称，就会列在这里；电话中间四位不显示。")
    empty_text = _("还没有企业")
    empty_hint = _("登记走访或项目时会一并登记企业")
    empty_action = (_("登记走访"), "projects:visit_create")
    export_name = "companies"
    brings_in = ("projects:import_create", "kind=company")
    resource_class = CompanyResource
    presets = presets.COMPANIES
    counted = _("家企业")
    filters_first = ("origin", "chart", "is_claimed")

    def get_queryset(self):
        """Count only what the user may see; say which companies are claimed."""
        held = Claim.objects.holding(timezone.localdate(), claiming.claim_days()).filter(company=OuterRef("pk"))
        rows = counting_own(super().get_queryset(), self.request.user)
        return rows.annotate(is_claimed=Exists(held))


class CompanyScope:
    """A page about one company that the user may see."""

    @cached_property
    def company(self):
        """The company; 404 where no unit of the user's has to do with it, and for one merged into another."""
        rows = Company.objects.visible_to(self.request.user).live().select_related("entered_for")
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

    def get(self, request, *args, **kwargs):
        """Lead from a company that was merged into another to that one."""
        try:
            return super().get(request, *args, **kwargs)
        except Http404:
            rows = Company.objects.visible_to(request.user).filter(absorbed=kwargs["pk"])
            kept = get_object_or_404(rows)
            told = {"old": kept.absorbed.get(pk=kwargs["pk"]), "new": kept}
            messages.info(request, _("「%(old)s」已并入「%(new)s」，这里是合并后的企业。") % told)
            return redirect(kept)

    def get_context_data(self, **kwargs):
        """Add its projects, visits and history, and what the user may do."""
        row, user = self.company, self.request.user
        visits = Visit.objects.visible_to(user).filter(company=row).for_list()[: SHOWN + 1]
        visits = [(visit, recognition.TONES[visit.recognition]) for visit in visits]
        return super().get_context_data(
            title=row.name,
            contacts=row.contacts.all(),
            names=row.names.all(),
            listings=row.listings.all(),
            claims=claiming.standings_of(row, timezone.localdate()),
            merges=row.merges.filter(undone_at__isnull=True).select_related("absorbed", "by"),
            planned=PlannedContact.objects.visible_to(user).open().filter(company=row).for_list(),
            projects=Project.objects.visible_to(user).filter(company=row).for_list(),
            visits=visits[:SHOWN],
            has_more=len(visits) > SHOWN,
            history=audit.history(row),
            **self.rights(row, user),
            **kwargs,
        )

    def rights(self, row, user):
        """Return what the user may do."""
        return {
            "may_change": user.holds(Role.CLERK, row.entered_for),
            "may_visit": Role.CLERK in user.roles,
            "may_merge": user.holds(Role.EDITOR, row.entered_for),
            "may_see_phone": actions.may_see_phone(row, user),
        }


class CompanyPhone(CompanyDetail):
    """Show the phone number of one contact once; the trail says who saw it."""

    http_method_names = ["post"]

    @cached_property
    def contact(self):
        """The contact; 404 where its company is none of the user's."""
        companies = Company.objects.visible_to(self.request.user)
        rows = Contact.objects.filter(company__in=companies).select_related("company__entered_for")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def company(self):
        """The company of the contact."""
        return self.contact.company

    def post(self, request, *args, **kwargs):
        """Answer with the company's page, the number on it."""
        phone = actions.show_phone(contact=self.contact, by=request.user)
        return self.render_to_response(self.get_context_data(phone=phone, shown=self.contact))


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
        """Show the company as it stands."""
        return {name: getattr(self.own_company, name) for name in CompanyForm.base_fields}

    def get_cancel_url(self):
        """Lead back to the company."""
        return self.company.get_absolute_url()

    def perform(self, form):
        """Change it."""
        return actions.change_company(company=self.own_company, by=self.request.user, **form.cleaned_data)


class CompanySimilar(TemplateView):
    """What is much like the name that is being typed: a piece of a form, for htmx."""

    template_name = "projects/_similar.html"

    def get_context_data(self, **kwargs):
        """Look for likely duplicates; a company outside the user's scope is named, no more."""
        asked = self.request.GET
        name = next((asked[key] for key in ("company_name", "name") if asked.get(key)), "")[:120]
        exclude, today = number(asked.get("exclude")), timezone.localdate()
        found = duplicates.similar(name, credit_code=asked.get("credit_code", "")[:40], exclude=exclude)
        held = claiming.holding_on([row.company_id for row in found], today, claiming.claim_days()) if found else {}
        rows = duplicates.told_of(found, self.request.user, held)
        return super().get_context_data(
            rows=[(row, row.likeness.name == actions.tidy_name(name)) for row in rows],
            may_pick=exclude is None or bool(asked.get("pick")),
            **kwargs,
        )


def number(text):
    """Return the number of a record in an address; None where it is none."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else None


def warn_of_claims(request, company, unit):
    """Tell whoever entered a company that other units have claimed it, and since when."""
    if text := claiming.notice(company, unit, timezone.localdate()):
        messages.warning(request, text)
