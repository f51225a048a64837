"""Merging two companies: choosing the other one, the preview, doing it, undoing it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from projects import actions, duplicates, merge_page
from projects.company_forms import MergeForm, MergePartnerForm
from projects.models import Company, Merge
from projects.views.companies import CompanyScope
from units import access
from units.forms import ReasonForm
from units.models import Role
from units.pages import ActionView


class MergeScope(CompanyScope):
    """A page on which an editor merges other companies into one."""

    @cached_property
    def kept(self):
        """The company that stays; 403 for who is no editor above the unit that entered it."""
        access.require(self.request.user, Role.EDITOR, self.company.entered_for)
        return self.company

    def get_cancel_url(self):
        """Lead back to the company."""
        return self.company.get_absolute_url()


class MergePartner(MergeScope, FormView):
    """Choose the company that goes into this one: by name, or from those that are much like it."""

    template_name = "projects/merge_partner.html"
    form_class = MergePartnerForm

    def get_form_kwargs(self):
        """Give the form its user and company."""
        return {**super().get_form_kwargs(), "user": self.request.user, "company": self.kept}

    def get_context_data(self, **kwargs):
        """Add the companies that are much like this one, and say where one is."""
        found = duplicates.similar(self.kept.name, credit_code=self.kept.credit_code, exclude=self.kept.pk)
        rows = [
            (row, reverse("projects:company_merge", args=[self.kept.pk, row.likeness.company_id]))
            for row in duplicates.told_of(found, self.request.user)
            if row.url
        ]
        context = super().get_context_data(**{"title": _("合并企业"), "similar": rows, **kwargs})
        crumbs = [*context["crumbs"], (self.kept, self.kept.get_absolute_url())]
        return {**context, "crumbs": crumbs, "cancel_url": self.get_cancel_url(), "submit_label": _("预览合并")}

    def form_valid(self, form):
        """Go on to the preview."""
        other = actions.known_company(form.cleaned_data["company_name"])
        seen = other and Company.objects.visible_to(self.request.user).filter(pk=other.pk).exists()
        if not seen or other.pk == self.kept.pk:
            form.add_error("company_name", _("没有叫这个名称的另一家企业，请从提示中选择"))
            return self.form_invalid(form)
        return redirect("projects:company_merge", self.kept.pk, other.pk)


class MergeCreate(MergeScope, ActionView):
    """Show two companies side by side and what merging moves; then do it."""

    template_name = "projects/merge.html"
    form_class = MergeForm
    title = _("预览合并")
    submit_label = _("合并")

    @cached_property
    def absorbed(self):
        """The company that goes into the other; 404 where the editor may not see it."""
        rows = Company.objects.visible_to(self.request.user).live().select_related("entered_for")
        row = get_object_or_404(rows, pk=self.kwargs["other"])
        access.require(self.request.user, Role.EDITOR, row.entered_for)
        return row

    @cached_property
    def preview(self):
        """What merging would do, printed."""
        return merge_page.preview_of(self.kept, self.absorbed)

    def get(self, request, *args, **kwargs):
        """Refuse what cannot be merged before anything is shown."""
        try:
            self.preview  # noqa: B018  # what it would do is worked out once, here
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("projects:company_merge_partner", self.kept.pk)
        return super().get(request, *args, **kwargs)

    def get_initial(self):
        """Remember which versions were shown."""
        return {"version": self.kept.version, "absorbed_version": self.absorbed.version}

    def get_context_data(self, **kwargs):
        """Add both companies and what merging would do."""
        shown = {"kept": self.kept, "absorbed": self.absorbed, "preview": self.preview}
        return super().get_context_data(**{**shown, **kwargs})

    def get_success_message(self):
        """Say what became of it."""
        return _("已合并，「%(name)s」的项目、走访和其他资料都在本页；合并可以撤销") % {"name": self.absorbed}

    def perform(self, form):
        """Merge them."""
        actions.merge_companies(kept=self.kept, absorbed=self.absorbed, by=self.request.user, **form.cleaned_data)
        return self.kept


class MergeUndo(CompanyScope, ActionView):
    """Give back what a merge moved."""

    template_name = "projects/record_form.html"
    form_class = ReasonForm
    title = _("撤销合并")
    submit_label = _("撤销合并")

    @cached_property
    def merge(self):
        """The merge; 404 where the kept company is none of the editor's."""
        companies = Company.objects.visible_to(self.request.user)
        rows = Merge.objects.filter(kept__in=companies).select_related("kept__entered_for", "absorbed__entered_for")
        row = get_object_or_404(rows, pk=self.kwargs["pk"])
        access.require(self.request.user, Role.EDITOR, row.kept.entered_for)
        return row

    @cached_property
    def company(self):
        """The company that was kept."""
        return self.merge.kept

    def get_lead(self):
        """Say what comes back."""
        told = {"absorbed": self.merge.absorbed, "kept": self.merge.kept}
        return _("「%(absorbed)s」将恢复为单独的企业，合并时转来的项目、走访、联系人等转回；"
                 "合并后才登记到「%(kept)s」的留在原处。") % told  # fmt: skip

    def get_cancel_url(self):
        """Lead back to the company."""
        return self.company.get_absolute_url()

    def perform(self, form):
        """Undo it; what could not be given back is said."""
        self.left = actions.undo_merge(merge=self.merge, by=self.request.user, **form.cleaned_data)
        return self.company

    def get_success_message(self):
        """Say what came back, and what did not."""
        done = _("合并已撤销，「%(name)s」已恢复。") % {"name": self.merge.absorbed}
        return f"{done}{_('另外：')}{'；'.join(self.left)}。" if self.left else done
