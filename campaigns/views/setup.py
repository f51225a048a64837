"""Setting a campaign up: what it is, what it counts, who takes part. Only for editors of the organiser."""

from collections import Counter
from dataclasses import dataclass, replace

from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from campaigns import actions
from campaigns.forms import CampaignForm, CopyForm, LinesForm, PhasesForm, RosterForm, StagesForm
from campaigns.models import Basis, Campaign, Target
from campaigns.numbers import percent_text, plain
from campaigns.pages import EditorPage
from units import audit
from units.pages import ActionView, add_errors

CHANGES_SHOWN, LINES_SHOWN = 30, 10  # of the history: newest changes, lines of each
NAMED = 6  # units or indicators that a hint names before it says how many more there are


class SetUpPage(EditorPage):
    """A step of setting a campaign up."""

    here = ""

    def get_title(self):
        """Name the campaign."""
        return f"{self.campaign} · {self.here}"

    def get_context_data(self, **kwargs):
        """Add where one is."""
        crumbs = [(_("战役"), reverse("campaigns:campaign_list")), (self.campaign.name, setup_url(self.campaign))]
        return super().get_context_data(**{"campaign": self.campaign, "crumbs": crumbs, "here": self.here, **kwargs})


class SetUpForm(SetUpPage, ActionView):
    """A form about one campaign; it shows both sides, where somebody else saved first."""

    def get_form_kwargs(self):
        """Give the form its campaign."""
        return {**super().get_form_kwargs(), "campaign": self.campaign}

    def get_initial(self):
        """Remember the version the form is opened on."""
        return {"version": self.campaign.version}

    def get_cancel_url(self):
        """Lead back to the steps."""
        return setup_url(self.campaign)

    def show_conflict(self, form, conflict):
        """Show what the other person saved beside what was typed; sending again overwrites knowingly."""
        self.conflicts = [
            {"label": label, "mine": mine or _("（无）"), "theirs": theirs or _("（无）")}
            for label, mine, theirs in self.compare(form)
            if mine != theirs
        ]
        form.data = form.data.copy()
        form.data["version"] = str(conflict.current.version)
        add_errors(form, conflict)
        return self.form_invalid(form)

    def compare(self, form):
        """Return (label, as typed, as saved now)."""
        raise NotImplementedError(f"{type(self).__name__} has no compare()")


def setup_url(campaign):
    """Return the page with the steps of setting a campaign up."""
    return reverse("campaigns:campaign_setup", args=[campaign.pk])


# --- the steps ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One step of setting up: what is there, what is missing, where to do it."""

    label: str
    url: str
    told: tuple[str, ...]
    missing: tuple[str, ...] = ()
    pending: str = ""  # what still has to be done with it, where nothing is missing

    @property
    def tone(self):
        """The colour of the pill."""
        return "warn" if self.missing or self.pending else "ok"

    @property
    def state(self):
        """The word of the pill."""
        return _("待完善") if self.missing else self.pending or _("已完成")


def shortened(history):
    """Return the newest changes with their first lines: one save of the quota grid may change hundreds of cells."""
    return [replace(row, changes=first_lines(row.changes)) for row in history[:CHANGES_SHOWN]]


def first_lines(changes):
    """Return some lines of a change, the rest as a number."""
    left = len(changes) - LINES_SHOWN
    return changes if left <= 0 else [*changes[:LINES_SHOWN], (_("其余"), "", _("%d 项") % left)]


def named(names):
    """Return some names, the rest as a number."""
    told = "、".join(names[:NAMED])
    return told if len(names) <= NAMED else _("%(told)s 等 %(n)d 个") % {"told": told, "n": len(names)}


class CampaignSetup(SetUpPage, TemplateView):
    """The steps of setting a campaign up, what each still wants, which comes next, and the campaign's history."""

    template_name = "campaigns/campaign_setup.html"
    here = gettext_lazy("设置")

    def get_context_data(self, **kwargs):
        """Add the steps and the history."""
        campaign = self.campaign
        self.lines = list(campaign.lines.select_related("indicator"))
        self.seats = list(campaign.roster.select_related("unit"))
        self.owed = list(Target.objects.working(campaign).select_related("version"))
        steps = [self.basics(), self.indicators(), self.roster(), self.targets()]
        if campaign.clock == Campaign.Clock.STAGES:
            steps.insert(1, self.stages())
        return super().get_context_data(
            title=self.get_title(),
            steps=steps,
            optional=(self.phases(), self.papers()),
            next_step=next((step for step in steps if step.missing), self.issuing()),
            history=shortened(audit.history(campaign)),
            **kwargs,
        )

    def url(self, page):
        """Return the page of one step."""
        return reverse(f"campaigns:{page}", args=[self.campaign.pk])

    def basics(self):
        """Name, dates, clock."""
        campaign = self.campaign
        days = _("%(first)s 至 %(last)s，共 %(n)d 天") % {
            "first": campaign.starts_on.isoformat(),
            "last": campaign.ends_on.isoformat(),
            "n": campaign.days,
        }
        told = (days, f"{_('时序')}：{campaign.get_clock_display()}", f"{_('组织单位')}：{campaign.organiser}")
        more = tuple(
            f"{campaign._meta.get_field(name).verbose_name}：{getattr(campaign, name)}"
            for name in ("year", "slogan", "themes", "leading_group", "office")
            if getattr(campaign, name)
        )
        return Step(_("基本信息"), self.url("campaign_change"), told + more)

    def phases(self):
        """What each phase demands by when; a campaign may do without."""
        rows = list(self.campaign.phases.all())
        told = tuple(
            _("%(due)s 前：%(demand)s（%(phase)s）")
            % {"due": row.due_on.isoformat(), "demand": row.demand, "phase": row.name}
            for row in rows
        )
        return Step(_("阶段要求"), self.url("campaign_phases"), told or (_("没有分阶段"),))

    def papers(self):
        """The campaign's plan and those that the units file."""
        told = [_("战役方案和各单位报送的方案、小分队和行程")]
        if due := self.campaign.plans_due_on:
            told.append(_("各单位须在 %s 前报送") % due.isoformat())
        return Step(_("工作方案"), reverse("projects:plan_list", args=[self.campaign.pk]), tuple(told))

    def stages(self):
        """What is due by which day."""
        told = tuple(
            _("%(day)s 前 %(share)s%(name)s")
            % {"day": row.on, "share": percent_text(row.share), "name": f" {row.name}" if row.name else ""}
            for row in self.campaign.stages.all()
        )
        missing = () if told else (_("还没有阶段：结束日期之前时序进度按 0 计"),)
        return Step(_("阶段表"), self.url("campaign_stages"), told, missing)

    def indicators(self):
        """What is counted."""
        told = tuple(
            _("%(name)s（%(measure)s，%(basis)s，权重 %(weight)s）")
            % {
                "name": line,
                "measure": line.measure,
                "basis": line.get_basis_display(),
                "weight": plain(line.weight),
            }
            for line in self.lines
        )
        missing = []
        if not self.lines:
            missing.append(_("还没有考核指标"))
        elif not any(line.weight for line in self.lines):
            missing.append(_("权重全部为 0，算不出综合得分"))
        return Step(_("考核指标"), self.url("campaign_lines"), told, tuple(missing))

    def roster(self):
        """Who takes part."""
        groups = Counter(seat.group or _("未分组") for seat in self.seats)
        told = tuple(_("%(group)s：%(n)d 个单位") % {"group": group, "n": n} for group, n in groups.items())
        missing = () if self.seats else (_("还没有参战单位"),)
        return Step(_("参战名单"), self.url("campaign_roster"), told, missing)

    def targets(self):
        """Who owes what."""
        units = {row.unit_id for row in self.owed}
        lines = {row.line_id for row in self.owed}
        idle = [str(seat.unit) for seat in self.seats if seat.unit_id not in units]
        bare = [str(line) for line in self.lines if line.pk not in lines and line.weight]  # others are only shown
        own = self.campaign.organiser_id in units
        missing = []
        if not self.owed:
            missing.append(_("还没有下达目标任务"))
        else:
            missing += [_("没有任何目标的单位：%s") % named(idle)] if idle else []
            missing += [_("没有目标的指标（只显示完成值）：%s") % named(bare)] if bare else []
            missing += [_("组织单位自己的目标还没有填")] if not own else []
        told = self.told_version() if self.owed else ()
        pending = _("待下达") if self.has_draft else ""
        return Step(_("目标任务"), self.url("campaign_targets"), told, tuple(missing), pending)

    @property
    def has_draft(self):
        """Whether targets wait to be issued."""
        return bool(self.owed) and self.owed[0].version.is_draft

    def issuing(self):
        """The last step, once nothing is missing: targets that wait to be issued."""
        return Step(_("下达目标任务"), self.url("targets_issue"), ()) if self.has_draft else None

    def told_version(self):
        """Say how many targets there are, and which version they are."""
        last = self.owed[0].version
        state = _("草稿，尚未下达") if last.is_draft else _("已下达 %s") % last.document
        return (
            _("%(n)d 项目标，%(version)s（%(state)s）")
            % {"n": len(self.owed), "version": last, "state": state.strip()},
        )


# --- basics ---------------------------------------------------------------------------------------


class CampaignCreate(ActionView):
    """A new campaign."""

    form_class = CampaignForm
    template_name = "campaigns/campaign_form.html"
    title = gettext_lazy("新建战役")
    lead = gettext_lazy("先定名称和起止日期；保存后再选考核指标、参战单位，下达目标任务。")
    cancel_url = reverse_lazy("campaigns:campaign_list")
    success_message = gettext_lazy("战役已新建，请继续设定考核指标")

    def get_context_data(self, **kwargs):
        """Add where one is."""
        crumbs = [(_("战役"), reverse("campaigns:campaign_list"))]
        return super().get_context_data(crumbs=crumbs, here=self.title, two_columns=True, **kwargs)

    def perform(self, form):
        """Start it."""
        facts = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        return setup_url(actions.create_campaign(**facts, by=self.request.user))


class CampaignChange(SetUpForm):
    """Name, dates, clock and thresholds of a campaign."""

    form_class = CampaignForm
    template_name = "campaigns/campaign_form.html"
    here = gettext_lazy("基本信息")
    show_conflict = ActionView.show_conflict

    def get_form_kwargs(self):
        """The organiser stays as it is."""
        kwargs = super().get_form_kwargs()
        del kwargs["campaign"]
        return {**kwargs, "fixed": self.campaign.organiser, "own": self.campaign}

    def get_initial(self):
        """Show what is saved."""
        names = [name for name in CampaignForm.base_fields if name != "organiser"]
        return {name: getattr(self.campaign, name) for name in names}

    def get_context_data(self, **kwargs):
        """Use both columns."""
        return super().get_context_data(two_columns=True, **kwargs)

    def perform(self, form):
        """Change it."""
        facts = {name: value for name, value in form.cleaned_data.items() if name != "organiser"}
        return setup_url(actions.change_campaign(campaign=self.campaign, by=self.request.user, **facts))


class CampaignStages(SetUpForm):
    """Which share of every quota is due by which day."""

    form_class = StagesForm
    template_name = "campaigns/campaign_stages.html"
    here = gettext_lazy("阶段表")
    lead = gettext_lazy("到某日应完成全部目标的百分之几；当日即计入，结束日期为 100%。时序选“按阶段表”时以此为准。")

    def perform(self, form):
        """Replace the table."""
        data = form.cleaned_data
        actions.set_stages(
            campaign=self.campaign, stages=data["stages"], version=data["version"], by=self.request.user
        )
        return setup_url(self.campaign)

    def compare(self, form):
        """Compare day by day."""
        mine = {str(on): told_stage(share, name) for on, share, name in form.cleaned_data["stages"]}
        theirs = {str(row.on): told_stage(row.share, row.name) for row in self.campaign.stages.all()}
        return [(day, mine.get(day), theirs.get(day)) for day in {**mine, **theirs}]


def told_stage(share, name):
    """Return a stage in words."""
    return f"{percent_text(share)} {name}".strip()


class CampaignCopy(SetUpPage, ActionView):
    """A new campaign like this one: roster, groups, leaders, indicators, weights and phases; targets by choice."""

    form_class = CopyForm
    template_name = "campaigns/campaign_form.html"
    here = gettext_lazy("照此新建")
    lead = gettext_lazy("参战单位、组别、领导、考核指标、权重、阶段要求照搬；日期按新的开始日期顺延，之后都可以改。")
    success_message = gettext_lazy("战役已新建，请核对各步")

    def get_cancel_url(self):
        """Lead back to the steps."""
        return setup_url(self.campaign)

    def perform(self, form):
        """Copy it."""
        return setup_url(actions.copy_campaign(source=self.campaign, by=self.request.user, **form.cleaned_data))


class CampaignPhases(SetUpForm):
    """Phases of a campaign with their dated demands."""

    form_class = PhasesForm
    template_name = "campaigns/campaign_phases.html"
    here = gettext_lazy("阶段要求")
    lead = gettext_lazy("一行一项要求；同一阶段有几项要求的，阶段名称和起止写成一样。时限不填为阶段最后一天。")

    def perform(self, form):
        """Replace them."""
        data = form.cleaned_data
        actions.set_phases(
            campaign=self.campaign, phases=data["phases"], version=data["version"], by=self.request.user
        )
        return setup_url(self.campaign)

    def compare(self, form):
        """Compare the demands by what they ask for."""
        mine = {row["demand"]: f"{row['name']} {row['due_on']}" for row in form.cleaned_data["phases"]}
        theirs = {row.demand: f"{row.name} {row.due_on}" for row in self.campaign.phases.all()}
        return [(name, mine.get(name), theirs.get(name)) for name in {**mine, **theirs}]


# --- indicators and roster ------------------------------------------------------------------------


class CampaignLines(SetUpForm):
    """What a campaign counts, in which measure, on which basis, with which weight."""

    form_class = LinesForm
    template_name = "campaigns/campaign_lines.html"
    here = gettext_lazy("考核指标")
    lead = gettext_lazy("一行一个指标，按顺序号排列；权重只在单位有任务的指标之间折算。移出前先清空它的目标。")

    def perform(self, form):
        """Replace the lines."""
        data = form.cleaned_data
        actions.set_lines(campaign=self.campaign, lines=data["lines"], version=data["version"], by=self.request.user)
        return setup_url(self.campaign)

    def compare(self, form):
        """Compare measure, basis and weight."""
        mine = {
            str(line["indicator"]): told_line(line["measure"], line["basis"], line["weight"])
            for line in form.cleaned_data["lines"]
        }
        theirs = {
            str(line): told_line(line.measure, line.basis, line.weight)
            for line in self.campaign.lines.select_related("indicator")
        }
        return [(name, mine.get(name), theirs.get(name)) for name in {**mine, **theirs}]


def told_line(measure, basis, weight):
    """Return a line of a campaign in words."""
    return f"{measure} · {dict(Basis.choices)[basis]} · {_('权重')} {plain(weight)}"


class CampaignRoster(SetUpForm):
    """Who takes part, in which group, led by whom."""

    form_class = RosterForm
    template_name = "campaigns/campaign_roster.html"
    here = gettext_lazy("参战名单")
    lead = gettext_lazy(
        "勾选参战单位；名次在同一组别内排列，组别留空的为一组。几个单位合成一个招商小组的，勾选牵头单位并填小组名称，"
        "其余单位不勾选，在“编入”填牵头单位：它们的数计入小组。已有目标的单位须先清空目标再移出。"
    )

    def get_context_data(self, **kwargs):
        """Add the groups in use, to choose from while typing."""
        context = super().get_context_data(**kwargs)
        rows = context["form"].rows
        groups = sorted({row.group for row in rows if row.on and row.group})
        return {**context, "groups": groups, "chosen": sum(row.on for row in rows)}

    def perform(self, form):
        """Replace the roster."""
        data = form.cleaned_data
        actions.set_roster(campaign=self.campaign, seats=data["seats"], version=data["version"], by=self.request.user)
        return setup_url(self.campaign)

    def compare(self, form):
        """Compare who is on it, in which group, led by whom."""
        mine = {
            str(seat["unit"]): told_seat(seat["group"], seat["leader"], seat["title"], seat["further"])
            for seat in form.cleaned_data["seats"]
        }
        theirs = {
            str(seat.unit): told_seat(seat.group, seat.leader, seat.title, [row.unit for row in seat.further.all()])
            for seat in self.campaign.roster.select_related("unit").prefetch_related("further__unit")
        }
        return [(name, mine.get(name), theirs.get(name)) for name in {**mine, **theirs}]


def told_seat(group, leader, title, further):
    """Return a seat of a roster in words."""
    names = "、".join(unit.name for unit in further)
    joined = _("含%(names)s") % {"names": names} if names else ""
    return " · ".join(part for part in (_("列入"), group, leader, title, joined) if part)
