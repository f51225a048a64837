"""Kinds of bulletin: list, a new one, its facts and outline, a look at it with a campaign's figures."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView

from campaigns.models import Campaign
from reports import composing, drafting, kind_actions, kinds
from reports.documents.html import to_fragment
from reports.filters import KindFilter
from reports.forms import KindCreateForm, KindForm
from reports.models import Report, ReportKind
from reports.tables import KindTable
from reports.views.drafting import fields_of, number_in
from units import audit
from units.lists import ListPage
from units.pages import ActionView


class KindList(ListPage):
    """All kinds."""

    model, table_class, filterset_class = ReportKind, KindTable, KindFilter
    title = _("期次种类")
    sub = _("版头、标题格式、提纲都在这里改；已建的期次不受影响。")
    empty_text = _("还没有种类")
    counted = _("种")
    actions = ((_("新建种类"), "reports:kind_create", "plus"), (_("期次"), "reports:report_list", "report"))
    export_name = "kinds"


class KindCreate(ActionView):
    """A new kind."""

    form_class = KindCreateForm
    template_name = "reports/kind_create.html"
    title = _("新建种类")
    lead = _("取个名字，选一种照抄或从空白提纲开始；保存后再改版头、格式和提纲。")
    cancel_url = reverse_lazy("reports:kind_list")

    def perform(self, form):
        """Create it."""
        return kind_actions.create_kind(by=self.request.user, **form.cleaned_data)


class KindObject:
    """A page about one kind."""

    @cached_property
    def kind(self):
        """The kind."""
        return get_object_or_404(ReportKind.objects.visible_to(self.request.user), pk=self.kwargs["pk"])


class KindChange(KindObject, ActionView):
    """Change a kind's facts and outline."""

    form_class = KindForm
    template_name = "reports/kind_form.html"

    def get_title(self):
        """Name the kind."""
        return self.kind.name

    def get_form_kwargs(self):
        """Give the form its kind."""
        return {**super().get_form_kwargs(), "kind": self.kind}

    def get_initial(self):
        """Remember the version."""
        return {"version": self.kind.version}

    def get_cancel_url(self):
        """Back to the list."""
        return reverse("reports:kind_list")

    def get_context_data(self, **kwargs):
        """Add the outline with the numbers it would get, and the campaigns to try it with."""
        context = super().get_context_data(**kwargs)
        form = context["form"]
        return context | {
            "kind": self.kind,
            "facts": [form[name] for name in ReportKind.FACTS],
            "rows": [(row, composing.name_of(row), fields_of(form, row)) for row in form.rows],
            "is_shipped": self.kind.code in kinds.shipped(),
            "campaigns": Campaign.objects.visible_to(self.request.user).for_list(),
            "history": audit.history(self.kind),
        }

    def perform(self, form):
        """Save, then obey the order of the button that was pressed."""
        order = self.request.POST.get("order", "")
        kind = kind_actions.change_kind(
            kind=self.kind,
            by=self.request.user,
            version=form.cleaned_data["version"],
            rows=form.settings,
            order=order,
            **form.facts,
        )
        number = order.partition(":")[2]
        gone = order.startswith("remove") or not number
        return kind.get_absolute_url() + (f"#row-{number}" if not gone else "#outline" if order else "")


class KindDo(KindObject, View):
    """Retire a kind, take it into use again, or put it back as it was shipped."""

    def post(self, request, pk):
        """Do what the button says."""
        decision, by = request.POST.get("decision", ""), request.user
        version = number_in(request.POST.get("version", ""))
        try:
            if decision == "put_back":
                kind_actions.put_back(kind=self.kind, by=by, version=version)
                messages.success(request, _("已还原为原样，以后随系统更新"))
            elif decision in ("retire", "use"):
                is_active = decision == "use"
                kind_actions.set_kind_active(kind=self.kind, is_active=is_active, by=by, version=version)
                messages.success(request, _("已启用") if is_active else _("已停用，新建期次时不再列出"))
            else:
                messages.error(request, _("请选择停用、启用或还原"))
        except ValidationError as error:
            for message in error.messages:
                messages.error(request, message)
        return redirect(self.kind)


class KindPreview(KindObject, TemplateView):
    """An issue of a kind as it would read with a campaign's figures; nothing is kept."""

    template_name = "reports/_kind_preview.html"

    def get_context_data(self, **kwargs):
        """Compose it as of the campaign's default day."""
        rows = Campaign.objects.visible_to(self.request.user).select_related("organiser")
        number = number_in(self.request.GET.get("campaign", ""))
        campaign, fragment, problems = get_object_or_404(rows, pk=number), "", ()
        try:
            composed = self.composed(campaign)
            fragment, problems = SafeString(to_fragment(composed.document)), composed.missing
        except ValidationError as error:
            problems = error.messages
        return super().get_context_data(fragment=fragment, problems=problems, campaign=campaign, **kwargs)

    def composed(self, campaign):
        """Compose an issue that is not saved."""
        kind, as_of = self.kind, campaign.default_day(timezone.localdate())
        report = Report(
            campaign=campaign,
            kind=kind,
            title=drafting.title_of(kind, campaign, campaign.starts_on, as_of),
            from_on=campaign.starts_on,
            as_of=as_of,
            issuer=campaign.organiser.name,
            number=kinds.worded(kind.number_form, year=as_of.year, n=1),
            addressee=kind.addressee,
            cc=kind.cc,
        )
        return composing.compose_outline(report, list(kind.sections.all()))
