"""First-report claims: the list, registering, giving up, the claims on one company, the bureau's decision."""

from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from projects import actions, claiming
from projects.claim_lists import ClaimFilter, ClaimTable
from projects.company_forms import ClaimForm, DecideForm, ReleaseForm
from projects.models import Claim, Company
from projects.views.companies import CompanyScope, number, warn_of_claims
from projects.views.projects import company_named
from units import access
from units.lists import ListPage
from units.models import BUSINESS_ROLES, Role
from units.pages import ActionView


class ClaimList(ListPage):
    """First-report claims of the user's units, each with the day on which it lapses."""

    model, table_class, filterset_class = Claim, ClaimTable, ClaimFilter
    title = _("首报首谈")
    empty_text = _("还没有首报首谈")
    empty_hint = _("最先接触到一家企业时登记；之后有走访或洽谈，首报就一直有效")
    actions = ((_("登记首报"), "projects:claim_create", "plus"),)
    export_name = "claims"

    @cached_property
    def days(self):
        """After how many days without contact a claim lapses."""
        return claiming.claim_days()

    @cached_property
    def sub(self):
        """Say the rule."""
        return _("登记后 %(n)s 天没有走访或洽谈即失效，有新的走访或洽谈自动顺延。") % {"n": self.days}

    def get_queryset(self):
        """Add the last contact, and whether another unit's claim stands beside it."""
        return super().get_queryset().with_contact(self.today).with_rivals(self.today, self.days)

    def get_table_kwargs(self):
        """Give the table the day and the number of days."""
        return {**super().get_table_kwargs(), "today": self.today, "days": self.days}


class ClaimCreate(ActionView):
    """Register a claim on a company, known or new."""

    template_name = "projects/record_form.html"
    form_class = ClaimForm
    title = _("登记首报首谈")
    lead = _("写清最先接触的日期和情况。其他单位再登记这家企业时会看到已有首报，有争议的由招商局裁定。")
    cancel_url = reverse_lazy("projects:claim_list")
    success_message = _("首报已登记")
    extra_context = {"crumbs": ((_("首报首谈"), reverse_lazy("projects:claim_list")),)}

    def get_initial(self):
        """Today, the user's first unit, and the company that the link came from."""
        user = self.request.user
        unit = user.first_unit(Role.CLERK)
        initial = {"on": timezone.localdate(), "unit": unit}
        companies = Company.objects.visible_to(user).live()
        if company := companies.filter(pk=number(self.request.GET.get("company"))).first():
            initial |= {"company_name": company.name, "origin": company.origin}
        return initial

    def perform(self, form):
        """Find or enter the company and register the claim; say who else has claimed it."""
        facts, by, today = dict(form.cleaned_data), self.request.user, timezone.localdate()
        unit = facts["unit"]
        company = company_named(facts.pop("company_name"), unit=unit, by=by, origin=facts.pop("origin"))
        claim = actions.register_claim(company=company, by=by, today=today, **facts)
        warn_of_claims(self.request, company, unit)
        return claim


class ClaimRelease(ActionView):
    """Give a claim up."""

    template_name = "projects/record_form.html"
    form_class = ReleaseForm
    title = _("放弃首报")
    lead = _("放弃后，其他单位的首报不再与本单位冲突；记录仍可查看。")
    submit_label = _("放弃")
    success_message = _("首报已放弃")
    extra_context = {"crumbs": ((_("首报首谈"), reverse_lazy("projects:claim_list")),)}

    @cached_property
    def claim(self):
        """The claim; 404 where it is another unit's, 403 where one may only read it."""
        rows = Claim.objects.visible_to(self.request.user).select_related("unit", "company")
        row = get_object_or_404(rows, pk=self.kwargs["pk"])
        access.require(self.request.user, Role.CLERK, row.unit)
        return row

    def get_initial(self):
        """Remember which version was opened."""
        return {"version": self.claim.version}

    def get_cancel_url(self):
        """Lead back to the claims on the company."""
        return self.claim.get_absolute_url()

    def perform(self, form):
        """Give it up."""
        return actions.release_claim(claim=self.claim, by=self.request.user, **form.cleaned_data)


class CompanyClaims(CompanyScope, TemplateView):
    """All claims on a company side by side, with what each rests on as far as the user may see it."""

    template_name = "projects/claims.html"

    def get_context_data(self, **kwargs):
        """Add the claims and what the user may do."""
        user, today = self.request.user, timezone.localdate()
        standings = claiming.standings_of(self.company, today)
        facts = claiming.facts_of([row.claim for row in standings], user)
        paths = user.paths(*BUSINESS_ROLES)  # what was said and with whom is a unit's own, and the bureau's
        rows = [
            (
                row,
                facts[row.claim.pk],
                row.claim.unit.path.startswith(paths),
                is_open(row.claim) and user.holds(Role.CLERK, row.claim.unit),
            )
            for row in standings
        ]
        crumbs = [(_("企业"), reverse("projects:company_list")), (self.company, self.company.get_absolute_url())]
        return super().get_context_data(
            title=_("首报首谈"),
            crumbs=crumbs,
            rows=rows,
            days=claiming.claim_days(),
            may_decide=user.holds(Role.EDITOR, self.company.entered_for)
            and sum(is_open(row.claim) for row in standings) > 1,
            may_claim=Role.CLERK in user.roles,
            **kwargs,
        )


def is_open(claim):
    """Say whether a claim was neither given up nor decided against."""
    return claim.state in (Claim.State.STANDING, Claim.State.UPHELD)


class ClaimDecide(CompanyScope, ActionView):
    """The bureau decides between the open claims on a company, with a reason."""

    template_name = "projects/record_form.html"
    form_class = DecideForm
    title = _("裁定首报")
    lead = _("选定一家，其余首报即裁定无效；理由各单位都能看到。")
    submit_label = _("裁定")
    success_message = _("已裁定，各单位在企业页上可见")

    @cached_property
    def claims(self):
        """The open claims on the company; 403 for who is no editor above the unit that entered it."""
        access.require(self.request.user, Role.EDITOR, self.company.entered_for)
        return list(self.company.claims.open().select_related("unit").order_by("on", "pk"))

    def get_form_kwargs(self):
        """Give the form the claims."""
        return {**super().get_form_kwargs(), "claims": self.claims}

    def get_initial(self):
        """Remember which claims were shown."""
        return {"seen": actions.stamp_of_claims(self.claims)}

    def get_cancel_url(self):
        """Lead back to the claims on the company."""
        return reverse("projects:claims", args=[self.company.pk])

    def perform(self, form):
        """Decide."""
        facts = form.cleaned_data
        upheld = next(claim for claim in self.claims if claim.pk == facts["upheld"])
        actions.decide_claims(
            company=self.company, upheld=upheld, reason=facts["reason"], seen=facts["seen"], by=self.request.user,
            now=timezone.now(),
        )  # fmt: skip
        return self.get_cancel_url()
