"""Self-assessment (自评): asked for by the organiser, filled in by units, beside what the rules give."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from campaigns import actions
from campaigns.models import SelfScore, SelfSheet
from campaigns.numbers import plain
from campaigns.pages import CampaignPage
from campaigns.self_forms import AskForm, ExtendForm, ReviewForm, SheetForm
from campaigns.self_scores import asked, assessed, sheet_lines, totals
from campaigns.standings import standings
from campaigns.views.setup import SetUpForm
from units import audit
from units.access import require
from units.models import Role
from units.pages import ActionView, add_errors
from units.sheets import workbook_response

WEEK = 7  # days that units have, unless another day is chosen
HEADS = (
    gettext_lazy("编号"),
    gettext_lazy("项目"),
    gettext_lazy("类别"),
    gettext_lazy("满分"),
    gettext_lazy("取数"),
    gettext_lazy("自评分"),
    gettext_lazy("自评依据"),
    gettext_lazy("考核分"),
    gettext_lazy("考核分减自评分"),
    gettext_lazy("审核意见"),
)


def list_url(campaign):
    """Return the page with a campaign's sheets."""
    return reverse("campaigns:self_sheet_list", args=[campaign.pk])


def state_of(sheet, today):
    """Return (tone, word) of a sheet on a day."""
    if sheet.submitted_on is not None:
        late = sheet.submitted_on > sheet.due_on
        return ("warn", _("逾期报送")) if late else ("ok", _("已报送"))
    if today > sheet.due_on:
        return "bad", _("逾期未报")
    return ("warn", _("待报送")) if today >= sheet.opens_on else ("muted", _("未开始"))


class SelfSheetList(CampaignPage, TemplateView):
    """The sheets of a campaign by scheme and day: who has handed in, both totals, what they are apart."""

    template_name = "campaigns/self_sheet_list.html"

    @cached_property
    def sheets(self):
        """The sheets of the campaign that the user may see."""
        found = SelfSheet.objects.visible_to(self.request.user).filter(scheme__campaign=self.campaign).with_scheme()
        return list(found.prefetch_related("scores__row").order_by("-as_of", "-scheme__number", "pk"))

    @cached_property
    def round(self):
        """The (scheme, day) of ?scheme=&day=, else the newest; None where there is none."""
        rounds = list(dict.fromkeys((sheet.scheme, sheet.as_of) for sheet in self.sheets))
        asked = (self.request.GET.get("scheme", ""), self.request.GET.get("day", ""))
        chosen = [row for row in rounds if (str(row[0].pk), row[1].isoformat()) == asked]
        return (chosen or rounds or [None])[0], rounds

    def rows(self):
        """Return (sheet, tone, state, both totals) of the sheets of the round."""
        (scheme, day), today = self.round[0], timezone.localdate()
        state = standings(self.campaign, day, tried=scheme.pk)
        rows = []
        for sheet in self.sheets:
            if (sheet.scheme, sheet.as_of) == (scheme, day):
                result = state.results.get(sheet.unit_id)
                rows.append(
                    (
                        sheet,
                        *state_of(sheet, today),
                        totals(sheet, result.score if result else None, self.request.user),
                    )
                )
        return rows

    def get(self, request, *args, **kwargs):
        """Show the page, or the same table as a workbook."""
        if request.GET.get("export") and self.round[0]:
            return self.workbook()
        return super().get(request, *args, **kwargs)

    def workbook(self):
        """Return the round as a workbook."""
        scheme, day = self.round[0]
        heads = [_("单位"), _("状态"), _("报送日期"), _("自评分"), _("考核分"), _("考核分减自评分")]
        rows = [
            [sheet.unit.name, word, sheet.submitted_on or "", told.own, told.given, told.difference]
            for sheet, _tone, word, told in self.rows()
        ]
        return workbook_response("self-scores", _("自评与考核"), [heads, *rows])

    def get_context_data(self, **kwargs):
        """Add the rounds and the rows of the one shown."""
        chosen, rounds = self.round
        rows = self.rows() if chosen else []
        waiting = sum(sheet.submitted_on is None for sheet, *_rest in rows)
        return super().get_context_data(
            title=_("%s · 自评") % self.campaign,
            rows=rows,
            waiting=waiting,
            chosen=chosen,
            rounds=[
                {"label": _("截至 %s") % day.isoformat(), "active": (scheme, day) == chosen,
                 "url": f"?scheme={scheme.pk}&day={day.isoformat()}"}
                for scheme, day in rounds
            ],
            export_url=f"?scheme={chosen[0].pk}&day={chosen[1].isoformat()}&export=xlsx" if chosen else "",
            may_ask=self.request.user.holds(Role.EDITOR, self.campaign.organiser),
            **kwargs,
        )  # fmt: skip


class SelfSheetAsk(SetUpForm):
    """Ask the units to assess themselves."""

    form_class = AskForm
    template_name = "campaigns/campaign_form.html"
    here = gettext_lazy("布置自评")
    lead = gettext_lazy("给参战名单上的每个单位开一张自评表；各单位在期限内逐条填自评分和依据，没报的列入待办。")
    submit_label = gettext_lazy("布置")
    success_message = gettext_lazy("已布置自评")
    show_conflict = ActionView.show_conflict

    def get_initial(self):
        """Offer the last day of the campaign that is over, and a week from today."""
        today = timezone.localdate()
        day = self.campaign.default_day(today)
        held = self.campaign.schemes.in_force(day).first()
        return {"as_of": day, "opens_on": today, "due_on": today + timedelta(days=WEEK), "scheme": held}

    def get_cancel_url(self):
        """Lead back to the sheets."""
        return list_url(self.campaign)

    def perform(self, form):
        """Ask."""
        actions.ask_for_self_scores(by=self.request.user, **form.cleaned_data)
        return list_url(self.campaign)


class SheetPage:
    """A page about one sheet that the user may see."""

    here = ""

    @cached_property
    def sheet(self):
        """The sheet; 404 where it is not the user's to see."""
        found = SelfSheet.objects.visible_to(self.request.user).with_scheme().prefetch_related("scores__row")
        return get_object_or_404(found, pk=self.kwargs["pk"])

    def get_cancel_url(self):
        """Lead back to the sheet."""
        return self.sheet.get_absolute_url()

    def get_title(self):
        """Name the sheet."""
        return f"{self.sheet} · {self.here}" if self.here else str(self.sheet)

    def get_context_data(self, **kwargs):
        """Add where one is."""
        campaign = self.sheet.scheme.campaign
        crumbs = [(campaign.name, reverse("reports:overview", args=[campaign.pk])), (_("自评"), list_url(campaign))]
        if self.here:
            crumbs.append((str(self.sheet), self.sheet.get_absolute_url()))
        here = self.here or str(self.sheet)
        return super().get_context_data(**{"sheet": self.sheet, "crumbs": crumbs, "here": here, **kwargs})


class SelfSheetDetail(SheetPage, TemplateView):
    """Both columns of a sheet, what they are apart, the assessor's opinions and the history."""

    template_name = "campaigns/self_sheet.html"

    @cached_property
    def result(self):
        """What the rules give the unit on the sheet's day."""
        return assessed(self.sheet)

    def get(self, request, *args, **kwargs):
        """Show the page, or the same table as a workbook."""
        return self.workbook() if request.GET.get("export") else super().get(request, *args, **kwargs)

    def workbook(self):
        """Return the sheet as a workbook, its totals last."""
        lines = sheet_lines(self.sheet, self.result, self.request.user)
        rows = [
            [line.row.code, line.row.label, line.kind, line.worth, line.read, line.own, line.evidence, line.given,
             line.difference, line.opinion]
            for line in lines
        ]  # fmt: skip
        told = self.totals()
        rows.append(["", _("合计"), "", "", "", told.own, "", told.given, told.difference, ""])
        return workbook_response(f"self-sheet-{self.sheet.pk}", str(self.sheet), [[*map(str, HEADS)], *rows])

    def totals(self):
        """Return both totals."""
        return totals(self.sheet, self.result.score if self.result else None, self.request.user)

    def get_context_data(self, **kwargs):
        """Add the lines, and what the user may do."""
        sheet, user, today = self.sheet, self.request.user, timezone.localdate()
        tone, word = state_of(sheet, today)
        score = reverse("campaigns:score", args=[sheet.scheme.campaign_id, sheet.unit_id])
        return super().get_context_data(
            title=self.get_title(), lines=sheet_lines(sheet, self.result, user), totals=self.totals(),
            tone=tone, state=word, may_fill=sheet.may_fill(user, today), may_review=sheet.may_review(user),
            may_extend=user.holds(Role.EDITOR, sheet.scheme.campaign.organiser),
            score_url=f"{score}?as_of={sheet.as_of.isoformat()}", history=audit.history(sheet), **kwargs,
        )  # fmt: skip


class SheetForms(SheetPage, ActionView):
    """What the forms about a sheet share."""

    template_name = "campaigns/campaign_form.html"

    def get_initial(self):
        """Remember the version the form is opened on."""
        return {"version": self.sheet.version}


class SelfSheetFill(SheetForms):
    """A unit writes what it gives itself, keeps it as a draft or hands it in."""

    form_class = SheetForm
    template_name = "campaigns/self_sheet_fill.html"
    here = gettext_lazy("填写自评")

    def get_lead(self):
        """Say until when, and refuse who may not."""
        sheet, today = self.sheet, timezone.localdate()
        if not self.request.user.holds(Role.CLERK, sheet.unit):
            raise PermissionDenied("no clerk of the unit")
        if not sheet.is_open(today):
            return _("自评期限 %(first)s 至 %(last)s，今天不能填写。") % {
                "first": sheet.opens_on.isoformat(), "last": sheet.due_on.isoformat(),
            }  # fmt: skip
        return _("按 %(scheme)s 逐条填自评分和依据，%(last)s 前可反复修改；扣分项填应扣的分。") % {
            "scheme": sheet.scheme, "last": sheet.due_on.isoformat(),
        }  # fmt: skip

    def get_form_kwargs(self):
        """Give the form the clauses and what is kept."""
        return {**super().get_form_kwargs(), "parts": asked(self.sheet), "kept": self.kept()}

    def kept(self):
        """Return {clause: what the unit has saved}."""
        return {score.row_id: score for score in SelfScore.objects.filter(sheet=self.kwargs["pk"])}

    def show_conflict(self, form, conflict):
        """Show what was saved meanwhile beside what was typed; sending again overwrites knowingly."""
        self.conflicts, kept = [], self.kept()
        for part, *fields in form.rows():
            score = kept.get(part.row.pk)
            saved = [plain(score.points), score.evidence] if score else ["", ""]
            self.conflicts += [
                {
                    "label": f"{part.row} {field.label}",
                    "mine": field.data or _("（无）"),
                    "theirs": theirs or _("（无）"),
                }
                for field, theirs in zip(fields, saved, strict=True)
                if (field.data or "") != theirs
            ]
        form.data = form.data.copy()
        form.data["version"] = str(conflict.current.version)
        add_errors(form, conflict)
        return self.form_invalid(form)

    def perform(self, form):
        """Keep it, or hand it in."""
        submit = "submit" in self.request.POST
        actions.fill_self_sheet(
            sheet=self.sheet, scores=form.scores(), submit=submit, on=timezone.localdate(), by=self.request.user,
            version=form.cleaned_data["version"],
        )  # fmt: skip
        return self.sheet


class SelfSheetReview(SheetForms):
    """The assessor writes what it says to each clause."""

    form_class = ReviewForm
    template_name = "campaigns/self_sheet_review.html"
    here = gettext_lazy("审核意见")
    lead = gettext_lazy("考核分由台账和考核记录按办法算出，不在这里改；与自评不一致的写明原因，单位看得到。")

    def get(self, request, *args, **kwargs):
        """Show the form; a sheet that was not handed in has nothing to review."""
        require(request.user, Role.EDITOR, self.sheet.scheme.campaign.organiser)
        if self.sheet.submitted_on is None:
            return HttpResponseRedirect(self.sheet.get_absolute_url())
        return super().get(request, *args, **kwargs)

    def get_form_kwargs(self):
        """Give the form what the unit gave itself."""
        scores = SelfScore.objects.filter(sheet=self.sheet).select_related("row").order_by("row__order", "pk")
        return {**super().get_form_kwargs(), "scores": list(scores)}

    def get_context_data(self, **kwargs):
        """Add both columns beside the fields."""
        form = kwargs.get("form") or self.get_form()
        lines = sheet_lines(self.sheet, assessed(self.sheet), self.request.user)
        fields = {score.row_id: form[f"opinion_{score.row_id}"] for score in form.marks}
        rows = [(line, fields[line.row.pk]) for line in lines if line.row.pk in fields]
        return super().get_context_data(**{"form": form, "rows": rows, **kwargs})

    def perform(self, form):
        """Write the opinions."""
        return actions.review_self_sheet(
            sheet=self.sheet, opinions=form.opinions(), by=self.request.user, version=form.cleaned_data["version"]
        )


class SelfSheetExtend(SheetForms):
    """Give a unit more time."""

    form_class = ExtendForm
    here = gettext_lazy("自评延期")
    submit_label = gettext_lazy("延期")

    def get_lead(self):
        """Say until when it is now, and refuse who may not."""
        require(self.request.user, Role.EDITOR, self.sheet.scheme.campaign.organiser)
        return _("现在的截止日是 %s。") % self.sheet.due_on.isoformat()

    def perform(self, form):
        """Extend it."""
        return actions.extend_self_sheet(sheet=self.sheet, by=self.request.user, **form.cleaned_data)
