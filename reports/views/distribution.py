"""To whom an issue went and who opened it; its public edition with the names masked."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView

from reports import distributing, masking, workflow
from reports.documents import DOCUMENTS
from reports.documents.fonts import MissingGlyph
from reports.documents.html import to_fragment
from reports.views.bulletins import KINDS, ReportObject, attached
from reports.workflow_forms import MaskForm, ReceiversForm
from units.models import Unit, User
from units.pages import ActionView


class IssuedObject(ReportObject):
    """A page of the organiser's desk about one issue."""

    @cached_property
    def issued(self):
        """The report, if it went out and the user decides in the organiser's name: 403 for others, 404 for drafts."""
        workflow.require_desk(self.request.user, self.report)
        if not self.report.is_issued:
            raise Http404("it was not issued")
        return self.report


class Receivers(IssuedObject, TemplateView):
    """Who has an issue, who opened it, who has not."""

    template_name = "reports/receivers.html"

    def get_context_data(self, **kwargs):
        """List the receivers, the unread first."""
        rows = list(self.issued.deliveries.for_list())
        here = [row for row in rows if row.unit_id or row.user_id]
        read = [row for row in here if row.opened_at]
        return super().get_context_data(
            title=tell("分发与阅知"), report=self.issued, unread=[row for row in here if not row.opened_at],
            read=read, outside=[row for row in rows if row not in here], count=len(here), **kwargs,
        )  # fmt: skip

    def post(self, request, *args, **kwargs):
        """Remind those who have not opened it."""
        try:
            count = distributing.remind(report=self.issued, by=request.user, today=timezone.localdate())
        except ValidationError as error:
            messages.info(request, "；".join(error.messages))
        else:
            messages.success(request, tell("已催阅 %d 家，列入其消息") % count)
        return redirect("reports:report_receivers", self.issued.pk)


class ReceiversAdd(IssuedObject, ActionView):
    """Send an issue to more."""

    form_class = ReceiversForm
    template_name = "reports/report_step_form.html"
    title, submit_label = _("增加分发"), _("分发")
    success_message = _("已分发")

    def get_form_kwargs(self):
        """Offer the units of the tree, and the people who have a role there, that do not have it yet."""
        held = self.issued.deliveries.values
        top = f"/{self.issued.campaign.organiser.lineage[0]}/"
        people = User.objects.filter(members__unit__path__startswith=top, is_active=True).distinct()
        return {
            **super().get_form_kwargs(),
            "units": Unit.objects.within([top]).standing().exclude(
                pk__in=held("unit").exclude(unit=None)
            ).order_by("path"),
            "users": people.exclude(pk__in=held("user").exclude(user=None)).order_by("name", "pk"),
        }  # fmt: skip

    def get_context_data(self, **kwargs):
        """Name the report in the breadcrumb."""
        return super().get_context_data(report=self.report, two_columns=True, **kwargs)

    def get_cancel_url(self):
        """Back to the list."""
        return f"{self.report.get_absolute_url()}receivers/"

    def perform(self, form):
        """Send it."""
        distributing.add_receivers(report=self.issued, by=self.request.user, **form.cleaned_data)
        return self.get_cancel_url()


class MaskedObject(IssuedObject):
    """The public edition of an issue as the address asks for it."""

    @cached_property
    def form(self):
        """What was asked for."""
        return MaskForm(
            self.request.GET or {"sign": masking.CROSSES, "figures": masking.KEEP}, user=self.request.user
        )

    @cached_property
    def edition(self):
        """The masked edition; None where what was asked for cannot be."""
        report = self.issued
        return masking.masked_edition(report, self.form.mask) if self.form.is_valid() else None


class MaskedPage(MaskedObject, TemplateView):
    """The public edition as it will read, and what slipped."""

    template_name = "reports/masked.html"

    def get_context_data(self, **kwargs):
        """Show the edition and the check."""
        problems, edition = [], None
        try:
            edition = self.edition
        except MissingGlyph as error:
            problems = ["、".join(error.characters)]
        leaks = edition.leaks if edition else ()
        return super().get_context_data(
            title=tell("隐名公开版"), report=self.issued, form=self.form, leaks=leaks, problems=problems,
            fragment=SafeString(to_fragment(edition.document, links=False)) if edition else "",
            kinds=KINDS if edition and not leaks else (), query=self.request.GET.urlencode(), **kwargs,
        )  # fmt: skip


class MaskedFile(MaskedObject, View):
    """A file of the public edition; what slipped stops it."""

    def get(self, request, pk, kind):
        """Answer with its bytes."""
        if kind not in DOCUMENTS:
            raise Http404("no such kind of file")
        self.issued  # noqa: B018 whether it is the user's to ask
        if not self.form.is_valid() or self.edition.leaks:
            messages.error(request, tell("隐名检查没有通过，不能下载；请把遗漏的名称填入“另外隐去”"))
            return redirect(f"{self.report.get_absolute_url()}public/?{request.GET.urlencode()}")
        return attached(
            self.edition.files[kind], DOCUMENTS[kind][1], tell("公开版-%(pk)d.%(kind)s") % {"pk": pk, "kind": kind}
        )
