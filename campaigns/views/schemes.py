"""The bureau's own rules: versions, rows, trying on, putting in force, and what a unit's score is made of."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from campaigns import actions
from campaigns.models import Scheme, SchemeRow
from campaigns.scheme_forms import EndForm, EnforceForm, RowForm, SchemeCreateForm, SchemeForm, row_initial
from campaigns.scoring.methods import METHODS
from campaigns.views.setup import SetUpForm, SetUpPage, setup_url, shortened
from units import audit
from units.access import require
from units.forms import ReasonForm
from units.models import Role
from units.pages import ActionView


def list_url(campaign):
    """Return the page with the versions of a campaign's rules."""
    return reverse("campaigns:scheme_list", args=[campaign.pk])


class SchemeList(SetUpPage, TemplateView):
    """The versions of a campaign's rules, and which holds today."""

    template_name = "campaigns/scheme_list.html"
    here = gettext_lazy("考核办法")

    def get_context_data(self, **kwargs):
        """Add the versions with their state."""
        today = timezone.localdate()
        held = self.campaign.schemes.in_force(today).first()
        schemes = list(self.campaign.schemes.for_list())
        rows = [(scheme, *state_of(scheme, held, today)) for scheme in schemes]
        return super().get_context_data(title=self.get_title(), rows=rows, held=held, **kwargs)


def state_of(scheme, held, today):
    """Return (tone, word) of a scheme: draft, in force, to come, or replaced."""
    if scheme.is_draft:
        return "muted", _("草案")
    if scheme == held:
        return "ok", _("施行中")
    if scheme.starts_on > today:
        return "info", _("待施行")
    return "muted", _("已停止") if scheme.ends_on and scheme.ends_on < today else _("已被替代")


class SchemeCreate(SetUpForm):
    """A new version of a campaign's rules."""

    form_class = SchemeCreateForm
    template_name = "campaigns/campaign_form.html"
    here = gettext_lazy("新建考核办法")
    lead = gettext_lazy("先写名称和总分规则，保存后逐条添加条款；草案不影响任何得分，试算后再施行。")
    show_conflict = ActionView.show_conflict

    def get_initial(self):
        """Start with the name of the newest version."""
        last = self.campaign.schemes.order_by("-number").first()
        return {"name": last.name if last else _("%(name)s考核办法") % {"name": self.campaign}, "copy_of": last}

    def get_cancel_url(self):
        """Lead back to the versions."""
        return list_url(self.campaign)

    def get_context_data(self, **kwargs):
        """Use both columns."""
        return super().get_context_data(two_columns=True, **kwargs)

    def perform(self, form):
        """Write the draft."""
        facts = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        return actions.create_scheme(campaign=self.campaign, by=self.request.user, **facts)


class SchemePage:
    """A page about one scheme for an editor of the campaign's organiser: 404 not mine to see, 403 not mine to do."""

    here = ""

    @cached_property
    def scheme(self):
        """The scheme, if the user writes it."""
        scheme = get_object_or_404(Scheme.objects.visible_to(self.request.user).for_list(), pk=self.kwargs["pk"])
        require(self.request.user, Role.EDITOR, scheme.campaign.organiser)
        return scheme

    @property
    def campaign(self):
        """The campaign whose rules they are."""
        return self.scheme.campaign

    def get_title(self):
        """Name the scheme."""
        return f"{self.scheme} · {self.here}" if self.here else str(self.scheme)

    def get_cancel_url(self):
        """Lead back to the scheme."""
        return self.scheme.get_absolute_url()

    def get_context_data(self, **kwargs):
        """Add where one is."""
        campaign = self.scheme.campaign
        crumbs = [(campaign.name, setup_url(campaign)), (_("考核办法"), list_url(campaign))]
        if self.here:
            crumbs.append((str(self.scheme), self.scheme.get_absolute_url()))
        here = self.here or str(self.scheme)
        return super().get_context_data(**{"scheme": self.scheme, "crumbs": crumbs, "here": here, **kwargs})


class SchemeDetail(SchemePage, TemplateView):
    """The rows of a scheme, in words, and its history."""

    template_name = "campaigns/scheme.html"

    def get_context_data(self, **kwargs):
        """Add the rows, the state and the history."""
        today, scheme = timezone.localdate(), self.scheme
        held = scheme.campaign.schemes.in_force(today).first()
        rows = list(scheme.rows.select_related("indicator", "item"))
        tone, state = state_of(scheme, held, today)
        return super().get_context_data(
            title=self.get_title(),
            rows=rows,
            tone=tone,
            state=state,
            history=shortened(audit.history(scheme, rows)),
            **kwargs,
        )


class SchemeAction(SchemePage, ActionView):
    """What the forms about a scheme share."""

    template_name = "campaigns/campaign_form.html"

    def get_initial(self):
        """Remember the version the form is opened on."""
        return {"version": self.scheme.version}

    def perform(self, form):
        """Do it; lead to the scheme."""
        self.write(form.cleaned_data)
        return self.scheme.get_absolute_url()


class SchemeChange(SchemeAction):
    """Name, limits, grades and exclusions of a draft."""

    form_class = SchemeForm
    here = gettext_lazy("修改总则")

    def get_form_kwargs(self):
        """Give the form its campaign."""
        return {**super().get_form_kwargs(), "campaign": self.campaign}

    def get_initial(self):
        """Show what is saved."""
        return {name: getattr(self.scheme, name) for name in SchemeForm.base_fields}

    def get_context_data(self, **kwargs):
        """Use both columns."""
        return super().get_context_data(two_columns=True, **kwargs)

    def write(self, data):
        """Change it."""
        actions.change_scheme(scheme=self.scheme, by=self.request.user, **data)


class SchemeEnforce(SchemeAction):
    """Put a draft in force from a day on."""

    form_class = EnforceForm
    here = gettext_lazy("施行")
    lead = gettext_lazy("施行后不再改动，要改须另立一版。施行日之前的名次和得分不变。")
    submit_label = gettext_lazy("施行")
    success_message = gettext_lazy("办法已施行")

    def get_initial(self):
        """Offer today, within the campaign."""
        today = self.campaign.default_day(timezone.localdate())
        return {**super().get_initial(), "starts_on": today, "document": self.scheme.document}

    def write(self, data):
        """Put it in force."""
        actions.enforce_scheme(scheme=self.scheme, by=self.request.user, **data)


class SchemeEnd(SchemeAction):
    """Let a scheme end with a day."""

    form_class = EndForm
    here = gettext_lazy("停止施行")
    submit_label = gettext_lazy("停止施行")

    def get_initial(self):
        """Offer today."""
        return {"ends_on": timezone.localdate()}

    def write(self, data):
        """End it."""
        actions.end_scheme(scheme=self.scheme, by=self.request.user, **data)


# --- rows -----------------------------------------------------------------------------------------


class RowPick(SchemePage, TemplateView):
    """The methods to choose from, each in a line."""

    template_name = "campaigns/scheme_row_pick.html"
    here = gettext_lazy("选择计分方法")

    def get_context_data(self, **kwargs):
        """Add the methods."""
        url = reverse("campaigns:scheme_row_create", args=[self.scheme.pk])
        methods = [(method.label, method.told, f"{url}?method={name}") for name, method in METHODS.items()]
        return super().get_context_data(title=self.get_title(), methods=methods, **kwargs)


class RowAction(SchemeAction):
    """What the forms of a row share."""

    form_class = RowForm
    template_name = "campaigns/scheme_row_form.html"
    row = None

    @property
    def method(self):
        """The method of ?method=; the first, where there is no such method."""
        asked = self.request.GET.get("method", "")
        return asked if asked in METHODS else next(iter(METHODS))

    def get_lead(self):
        """Say the method."""
        return f"{METHODS[self.method].label}：{METHODS[self.method].told}"

    def get_form_kwargs(self):
        """Give the form its scheme, method and row."""
        return {**super().get_form_kwargs(), "scheme": self.scheme, "method": self.method, "row": self.row}

    def perform(self, form):
        """Add or change the row."""
        version = form.cleaned_data["version"]
        facts = form.facts()
        actions.set_row(scheme=self.scheme, row=self.row, version=version, by=self.request.user, **facts)
        return self.scheme.get_absolute_url()


class RowCreate(RowAction):
    """A new row."""

    here = gettext_lazy("添加条款")


class RowChange(RowAction):
    """Change a row of a draft; the method stays, unless another is chosen."""

    here = gettext_lazy("修改条款")

    @cached_property
    def row(self):
        """The row of the page."""
        return get_object_or_404(SchemeRow.objects.filter(scheme=self.scheme), pk=self.kwargs["row_pk"])

    @property
    def method(self):
        """The row's method."""
        return self.row.method

    def get_initial(self):
        """Show what is saved."""
        return {**super().get_initial(), **row_initial(self.row)}


class RowRemove(SchemeAction):
    """Take a row out of a draft."""

    form_class = ReasonForm
    here = gettext_lazy("移除条款")
    submit_label = gettext_lazy("移除")

    @cached_property
    def row(self):
        """The row of the page."""
        found = SchemeRow.objects.filter(scheme=self.scheme).select_related("scheme__campaign")
        return get_object_or_404(found, pk=self.kwargs["row_pk"])

    def get_lead(self):
        """Name the row."""
        return str(self.row)

    def write(self, data):
        """Remove it."""
        actions.remove_row(row=self.row, by=self.request.user, reason=data["reason"])
