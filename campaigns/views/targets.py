"""Quotas of a campaign: unit × indicator in one plain grid, filled by hand, by helpers or from a sheet; versions."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from campaigns import actions
from campaigns.fill_forms import FillForm
from campaigns.models import Campaign, CampaignUnit, PersonTarget, Target, TargetStage
from campaigns.numbers import amount_text
from campaigns.standings import standings
from campaigns.tables_in import quota_grid
from campaigns.tables_in.reading import MAX_BYTES, TableError
from campaigns.target_forms import DiscardForm, IssueForm, PersonsForm, TargetsForm, TargetStagesForm
from campaigns.views.setup import SetUpForm, SetUpPage, first_lines, named
from campaigns.yearly import results_of_last_year
from units import audit
from units.access import require, require_promiser
from units.lists import workbook_response
from units.models import Role, Unit
from units.pages import add_errors


def targets_url(campaign, stretch=False):
    """Return the quota grid."""
    return reverse("campaigns:campaign_targets", args=[campaign.pk]) + ("?stretch=1" if stretch else "")


class CampaignTargets(SetUpForm):
    """What each unit and the organiser itself owe; ?stretch=1 shows 力争 beside 确保, ?compare= an earlier campaign.

    The buttons "fill" and "take" only put proposals into the grid, as if they had been typed.
    """

    form_class = TargetsForm
    template_name = "campaigns/campaign_targets.html"
    here = gettext_lazy("目标任务")
    success_message = gettext_lazy("目标任务已保存为草稿")

    def get(self, request, *args, **kwargs):
        """Answer with the page, or with the grid as a workbook."""
        return self.workbook() if request.GET.get("export") == "xlsx" else super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        """Save, or only fill the grid."""
        if "fill" in request.POST:
            return self.fill()
        return self.take() if "take" in request.POST else super().post(request, *args, **kwargs)

    @property
    def stretch(self):
        """Whether the stretch targets are shown."""
        return self.request.GET.get("stretch") == "1"

    @cached_property
    def saved(self):
        """The saved targets: one query."""
        return list(Target.objects.working(self.campaign))

    @property
    def held(self):
        """The saved targets: {(line id, unit id): (floor, stretch)}."""
        return {(row.line_id, row.unit_id): (row.amount, row.stretch) for row in self.saved}

    @property
    def grown(self):
        """What saved targets were made of: {(line id, unit id): (growth, base)}."""
        return {(row.line_id, row.unit_id): (row.growth, row.base) for row in self.saved}

    @cached_property
    def versions(self):
        """The working version and the last issued one before it: one query."""
        return list(self.campaign.target_versions.all()[:2])

    @cached_property
    def seen(self):
        """The campaigns the user may see: one query for this one and those it may be compared with."""
        return list(Campaign.objects.visible_to(self.request.user).for_list())

    @cached_property
    def campaign(self):
        """The campaign, if the user sets it up."""
        campaign = next((row for row in self.seen if row.pk == self.kwargs["pk"]), None)
        if campaign is None:
            raise Http404("no such campaign for this user")
        require(self.request.user, Role.EDITOR, campaign.organiser)
        return campaign

    @property
    def others(self):
        """The campaigns of the same organiser that quotas may be compared with."""
        own = self.campaign
        return [row for row in self.seen if row.organiser_id == own.organiser_id and row.pk != own.pk]

    @cached_property
    def past(self):
        """{(indicator id, unit id): (target, done)} of the campaign of ?compare= at its end; empty without one."""
        wanted = self.request.GET.get("compare", "")
        other = next((row for row in self.others if str(row.pk) == wanted), None)
        if other is None:
            return {}
        state = standings(other, other.ends_on)
        lines = [*state.lines.values(), *state.totals.values()]
        return {(line.column.indicator_id, line.unit_id): (line.target, line.done) for line in lines}

    def get_form_kwargs(self):
        """Give the grid what is saved."""
        kwargs = super().get_form_kwargs()
        return {**kwargs, "held": self.held, "grown": self.grown, "stretch": self.stretch}

    def get_context_data(self, **kwargs):
        """Add the grid."""
        context = super().get_context_data(**kwargs)
        form = context["form"]
        told = form.compare_with(self.past) if self.past else {}
        grid = form.grid()
        last, *before = self.versions or [None]
        return {
            "fill": FillForm(grid=form, user=self.request.user),
            **context,
            "stretch": self.stretch,
            "stretch_urls": [self.address(stretch=""), self.address(stretch="1")],
            "export_url": self.address(export="xlsx"),
            "grid": grid,
            "rows": [(unit, told.get(unit.pk), cells) for unit, cells in grid],
            "sums": form.sums(),
            "others": self.others,
            "compared": self.request.GET.get("compare", "") if self.past else "",
            "draft": last if last and last.is_draft else None,
            "issued": next((row for row in (last, *before) if row and not row.is_draft), None),
        }

    def address(self, **changes):
        """Return the address of this page with some of its switches set another way."""
        query = self.request.GET.copy()
        for name, value in changes.items():
            query.pop(name, None)
            if value:
                query[name] = value
        return f"?{query.urlencode()}"

    def perform(self, form):
        """Set them; one stays on the grid, which now shows the new sums."""
        data = form.cleaned_data
        actions.set_targets(
            campaign=self.campaign,
            targets=data["targets"],
            made_of=data["made_of"],
            version=data["version"],
            by=self.request.user,
        )
        return targets_url(self.campaign, self.stretch)

    def compare(self, form):
        """Compare cell by cell."""
        measures = {line.pk: line.measure for line in form.lines}
        told = []
        for (kind, line_id, unit_id), cell in form.cells.items():
            saved = form.held.get((line_id, unit_id), (None, None))[kind == "s"]
            mine, theirs = (
                "" if amount is None else amount_text(amount, measures[line_id]) for amount in (cell.amount, saved)
            )
            told.append((cell.label, mine, theirs))
        return told

    # --- proposals --------------------------------------------------------------------------------

    def fill(self):
        """Put what a helper works out into the grid."""
        form = self.get_form()
        fill = FillForm(self.request.POST, grid=form, user=self.request.user)
        if fill.is_valid():
            try:
                results = {key: done for key, (_target, done) in self.past.items()}
                return self.propose(fill.texts(results, lambda: results_of_last_year(self.campaign)))
            except ValidationError as error:
                add_errors(fill, error)
        return self.render_to_response(self.get_context_data(form=form, fill=fill))

    def take(self):
        """Put what a workbook says into the grid."""
        form, file = self.get_form(), self.request.FILES.get("workbook")
        try:
            if file is None or file.size > MAX_BYTES:
                raise TableError(_("请选择不超过 20 MB 的 .xlsx 或 .csv 文件"))
            found = quota_grid.read_grid(file.read(), form.lines, form.units, stretch=self.stretch)
        except TableError as error:
            form.add_error("workbook", error.problems)
            return self.form_invalid(form)
        for names, text in (
            (found.unknown_units, _("表中这些单位不在名单上，没有读入：%s")),
            (found.unknown_columns, _("表中这些列不是考核指标，没有读入：%s")),
        ):
            if names:
                messages.warning(self.request, text % named(names))
        return self.propose({f"{kind}-{line}-{unit}": text for (kind, line, unit), text in found.texts.items()})

    def propose(self, texts):
        """Show the grid with some inputs filled in; nothing is saved yet."""
        data = self.request.POST.copy()
        for name, text in texts.items():
            data[name] = text
        form = self.form_class(**{**self.get_form_kwargs(), "data": data})
        form.is_valid()  # marks what cannot be read
        cells = sum(not name.startswith("m-") for name in texts)
        messages.info(self.request, _("已填入 %d 格，尚未保存；核对后请保存。") % cells)
        return self.render_to_response(self.get_context_data(form=form))

    def workbook(self):
        """Answer with the grid as an Excel file, which may be brought in again."""
        form = self.get_form()
        rows = quota_grid.sheet(form.lines, form.units, self.held, stretch=True)
        return workbook_response(f"{self.campaign}-{_('目标任务')}", str(self.campaign), rows)


# --- parts of one unit's targets ------------------------------------------------------------------


class PartsPage(SetUpForm):
    """A grid below one unit's targets: rows of persons or days × the indicators on which it owes something."""

    template_name = "campaigns/target_parts.html"
    success_message = gettext_lazy("已保存")

    @cached_property
    def unit(self):
        """The unit, on the roster or the organiser itself."""
        return self.seat.unit

    @cached_property
    def owed(self):
        """{line id: what the unit owes}."""
        rows = Target.objects.working(self.campaign).filter(unit=self.unit)
        return dict(rows.values_list("line", "amount"))

    @cached_property
    def held(self):
        """The saved parts: {(line id, person or day): amount}."""
        raise NotImplementedError(f"{type(self).__name__} has no held()")

    def get_title(self):
        """Name the unit."""
        return f"{self.unit} · {self.here}"

    def get_form_kwargs(self):
        """Give the form what is owed and what is saved."""
        kwargs = super().get_form_kwargs()
        del kwargs["campaign"]
        lines = list(self.campaign.lines.select_related("indicator"))
        return {**kwargs, "lines": lines, "owed": self.owed, "held": self.held}

    def get_context_data(self, **kwargs):
        """Add the sums."""
        context = super().get_context_data(**kwargs)
        return {**context, "unit": self.unit, "sums": context["form"].sums()}

    def compare(self, form):
        """Compare cell by cell."""
        measures = {line.pk: line.measure for line in form.lines}
        mine, theirs = form.cleaned_data["parts"], self.held
        return [
            (
                str(key),
                *(
                    "" if (line, key) not in side else amount_text(side[line, key], measures[line])
                    for side in (mine, theirs)
                ),
            )
            for line, key in {**mine, **theirs}
            if line in measures
        ]


class TargetPersons(PartsPage):
    """Who of a unit takes on how much (责任到人); the unit's own clerks and editors set it."""

    form_class = PersonsForm
    here = gettext_lazy("责任到人")
    lead = gettext_lazy("各人承担的数不必加起来等于单位的任务，首行显示已分多少、还差多少。")

    @cached_property
    def seat(self):
        """The unit's place on the roster, if the user may read the unit's records and writes for it."""
        seats = CampaignUnit.objects.select_related("unit", "campaign__organiser").filter(
            campaign__in=Campaign.objects.visible_to(self.request.user),
            unit__in=Unit.objects.visible_to(self.request.user),
        )
        seat = get_object_or_404(seats, campaign=self.kwargs["pk"], unit=self.kwargs["unit_pk"])
        require_promiser(self.request.user, seat.unit)
        return seat

    @cached_property
    def campaign(self):
        """The campaign, for who writes for the unit."""
        return self.seat.campaign

    @cached_property
    def held(self):
        """What the persons take on now."""
        rows = PersonTarget.objects.filter(line__campaign=self.campaign, unit=self.unit)
        return {(row.line_id, row.person): row.amount for row in rows}

    def get_initial(self):
        """Remember the version of the unit's place."""
        return {"version": self.seat.version}

    def get_context_data(self, **kwargs):
        """Lead back to the unit's page, which everybody may open."""
        crumbs = [
            (self.campaign.name, reverse("reports:overview", args=[self.campaign.pk])),
            (str(self.unit), self.get_cancel_url()),
        ]
        return super().get_context_data(crumbs=crumbs, **kwargs)

    def get_cancel_url(self):
        """Return the unit's page."""
        return reverse("reports:unit", args=[self.campaign.pk, self.unit.pk])

    def perform(self, form):
        """Replace them."""
        data = form.cleaned_data
        actions.set_person_targets(
            seat=self.seat, targets=data["parts"], version=data["version"], by=self.request.user
        )
        return self.request.path


class TargetStages(PartsPage):
    """How much of a unit's targets is due by which days (阶段目标), in the draft."""

    form_class = TargetStagesForm
    here = gettext_lazy("阶段目标")
    lead = gettext_lazy(
        "到某日应完成的数（累计）。时序选“按阶段表”时，有阶段目标的指标按它衡量，其余按战役的阶段表。"
    )
    success_message = gettext_lazy("阶段目标已保存为草稿")

    @cached_property
    def unit(self):
        """A unit on the roster, or the organiser."""
        found = Unit.objects.filter(Q(seats__campaign=self.campaign) | Q(pk=self.campaign.organiser_id)).distinct()
        return get_object_or_404(found, pk=self.kwargs["unit_pk"])

    @cached_property
    def held(self):
        """The stages of the working version."""
        targets = Target.objects.working(self.campaign).filter(unit=self.unit)
        rows = TargetStage.objects.filter(target__in=targets).values_list("target__line", "on", "amount")
        return {(line, on): amount for line, on, amount in rows}

    def get_cancel_url(self):
        """Lead back to the grid."""
        return targets_url(self.campaign)

    def perform(self, form):
        """Replace them."""
        data = form.cleaned_data
        actions.set_target_stages(
            campaign=self.campaign,
            unit=self.unit,
            stages=data["parts"],
            version=data["version"],
            by=self.request.user,
        )
        return self.request.path


# --- versions -------------------------------------------------------------------------------------


class TargetsIssue(SetUpForm):
    """Issues the draft: from its day on, standings read it."""

    form_class = IssueForm
    template_name = "campaigns/campaign_form.html"
    here = gettext_lazy("下达目标任务")
    lead = gettext_lazy("下达后本版不能再改；以后的修改另成一版，到其生效日起才计入名次。")
    submit_label = gettext_lazy("下达")
    success_message = gettext_lazy("目标任务已下达")

    def get_initial(self):
        """Propose the start of the campaign for the first version, today for a later one."""
        first = self.campaign.default_day(timezone.localdate())
        issued = self.campaign.target_versions.exclude(issued_on=None).exists()
        return {**super().get_initial(), "holds_from": first if issued else self.campaign.starts_on}

    def get_cancel_url(self):
        """Lead back to the grid."""
        return targets_url(self.campaign)

    def perform(self, form):
        """Issue it."""
        actions.issue_targets(
            campaign=self.campaign, today=timezone.localdate(), by=self.request.user, **form.cleaned_data
        )
        return reverse("campaigns:target_versions", args=[self.campaign.pk])

    def compare(self, form):
        """Nothing to compare: what is issued is the draft as it stands."""
        return []


class TargetsDiscard(SetUpForm):
    """Throws the draft away."""

    form_class = DiscardForm
    template_name = "campaigns/campaign_form.html"
    here = gettext_lazy("放弃目标草稿")
    lead = gettext_lazy("放弃后回到最近一次下达的目标和权重；草稿中的修改不再保留，变更记录里仍可查到。")
    submit_label = gettext_lazy("放弃草稿")
    success_message = gettext_lazy("草稿已放弃")

    def get_cancel_url(self):
        """Lead back to the grid."""
        return targets_url(self.campaign)

    def perform(self, form):
        """Throw it away."""
        actions.discard_targets(campaign=self.campaign, by=self.request.user, version=form.cleaned_data["version"])
        return targets_url(self.campaign)

    def compare(self, form):
        """Nothing to compare."""
        return []


class TargetVersions(SetUpPage, TemplateView):
    """The versions of the quotas, newest first, each with what it changed."""

    template_name = "campaigns/target_versions.html"
    here = gettext_lazy("目标任务版本")

    def get_context_data(self, **kwargs):
        """Add the versions: two queries, however many there are."""
        versions = list(self.campaign.target_versions.all())
        owed = {version.pk: {} for version in versions}
        grown = {version.pk: [] for version in versions}
        rows = Target.objects.filter(version__in=versions).select_related("unit", "line__indicator")
        for row in rows.order_by("line__order", "unit__path"):
            label = f"{row.unit} · {row.line}"
            label = f"{label}（{row.line.measure}）" if label in owed[row.version_id] else label
            owed[row.version_id][label] = text = actions.owed_text(row, row.line)
            if row.growth is not None:
                grown[row.version_id].append((label, "", text))
        changes = {}
        for version, before in zip(versions, [*versions[1:], None], strict=True):
            held = owed[before.pk] if before else {}
            changes[version.pk] = audit.compared(held, owed[version.pk]) if before else {}
        told = [
            (
                version,
                len(owed[version.pk]),
                first_lines([(label, *pair) for label, pair in changes[version.pk].items()]),
                first_lines(grown[version.pk]),
            )
            for version in versions
        ]
        return super().get_context_data(title=self.get_title(), versions=told, **kwargs)
