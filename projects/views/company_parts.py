"""What belongs to a company: contacts, other names, places on top-500 lists."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from projects import actions
from projects.company_forms import ContactForm, ListingForm, NameForm
from projects.models import Company, CompanyName, Contact, Listing
from projects.views.companies import CompanyScope
from units import access
from units.forms import RecordForm
from units.models import Role
from units.pages import ActionView


class CompanyPart(CompanyScope, ActionView):
    """A form about something that belongs to a company; clerks of the unit that entered the company use it."""

    template_name = "projects/record_form.html"

    @cached_property
    def own_company(self):
        """The company, if a unit of the clerk's entered it; 403 otherwise."""
        access.require(self.request.user, Role.CLERK, self.company.entered_for)
        return self.company

    def get_context_data(self, **kwargs):
        """Show the form to those alone who may send it."""
        return super().get_context_data(**{"company": self.own_company, **kwargs})

    def get_cancel_url(self):
        """Lead back to the company."""
        return self.company.get_absolute_url()


class PartScope(CompanyPart):
    """A form about one row that belongs to a company."""

    model = None

    @cached_property
    def part(self):
        """The row; 404 where its company is none of the user's."""
        companies = Company.objects.visible_to(self.request.user)
        rows = self.model.objects.filter(company__in=companies).select_related("company__entered_for")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def company(self):
        """The company of the row."""
        return self.part.company


class ContactCreate(CompanyPart):
    """Add a contact."""

    form_class = ContactForm
    title = _("添加联系人")
    success_message = _("联系人已添加")

    def perform(self, form):
        """Add it."""
        facts = dict(form.cleaned_data)
        facts["phone"] = facts.pop("new_phone")
        actions.add_contact(company=self.own_company, by=self.request.user, **facts)
        return self.get_cancel_url()


class ContactChange(PartScope):
    """Change a contact; an empty phone number leaves the old one."""

    model, form_class = Contact, ContactForm
    title = _("修改联系人")

    def get_form_kwargs(self):
        """Give the form its contact."""
        return {**super().get_form_kwargs(), "contact": self.part}

    def get_initial(self):
        """Show the contact as it stands, without its number."""
        return {name: getattr(self.part, name) for name in ("name", "title", "note", "version")}

    def perform(self, form):
        """Change it."""
        facts = dict(form.cleaned_data)
        if phone := facts.pop("new_phone"):
            facts["phone"] = phone
        actions.change_contact(contact=self.part, by=self.request.user, **facts)
        return self.get_cancel_url()


class PartRemove(PartScope):
    """Take a row off a company."""

    form_class = RecordForm
    submit_label = _("移除")
    success_message = _("已移除，前后内容记入历史")

    def get_lead(self):
        """Say what goes."""
        return _("将从「%(company)s」移除「%(part)s」。") % {"company": self.company, "part": self.part}


class ContactRemove(PartRemove):
    """Take a contact off a company."""

    model = Contact
    title = _("移除联系人")

    def perform(self, form):
        """Remove it."""
        actions.remove_contact(contact=self.part, by=self.request.user)
        return self.get_cancel_url()


class NameCreate(CompanyPart):
    """Add a former or short name."""

    form_class = NameForm
    title = _("登记别名")
    lead = _("简称和曾用名都能在搜索和查重时找到这家企业。")
    success_message = _("别名已登记")

    def perform(self, form):
        """Add it."""
        actions.add_name(company=self.own_company, by=self.request.user, **form.cleaned_data)
        return self.get_cancel_url()


class NameRemove(PartRemove):
    """Take a former or short name off a company."""

    model = CompanyName
    title = _("移除别名")

    def perform(self, form):
        """Remove it."""
        actions.remove_name(name=self.part, by=self.request.user)
        return self.get_cancel_url()


class ListingCreate(CompanyPart):
    """Add a place on a top-500 list."""

    form_class = ListingForm
    title = _("登记榜单位次")
    success_message = _("榜单位次已登记")

    def get_initial(self):
        """This year."""
        return {"year": timezone.localdate().year}

    def perform(self, form):
        """Add it."""
        actions.add_listing(company=self.own_company, by=self.request.user, **form.cleaned_data)
        return self.get_cancel_url()


class ListingRemove(PartRemove):
    """Take a place on a top-500 list off a company."""

    model = Listing
    title = _("移除榜单位次")

    def perform(self, form):
        """Remove it."""
        actions.remove_listing(listing=self.part, by=self.request.user)
        return self.get_cancel_url()
