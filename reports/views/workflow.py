"""The way of a bulletin: handed in, approved, laid open, read anew, issued, revised; each asked once more."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from reports import issuing, numbering, revising, workflow
from reports.composing import compose_report, document_of
from reports.differing import differences, moves
from reports.documents.content import from_json
from reports.models import Report
from reports.proofreading.verdicts import TOLD
from reports.views.bulletins import ReportObject
from reports.views.proofreading import ClaimRow
from reports.workflow_forms import ReviewForm
from units.access import require
from units.forms import ReasonForm
from units.models import Role
from units.pages import ActionView


class StepPage(ReportObject, TemplateView):
    """A step asked once more: what stands in its way, then a button. It reads outside a transaction, so is no form.

    A subclass names the step and takes it.
    """

    template_name = "reports/issue.html"
    title = lead = button = done = ""
    confirm = ""
    statuses: tuple[str, ...] = ()  # from which the step goes on; from elsewhere the page leads back
    proofreads = True

    @cached_property
    def today(self):
        """Today in Shanghai; only views ask the clock."""
        return timezone.localdate()

    def get(self, request, *args, **kwargs):
        """Ask only who may take the step, and only where it goes on."""
        require(request.user, Role.EDITOR, self.report.campaign.organiser)
        if self.report.status not in self.statuses:
            return redirect(self.report)
        return super().get(request, *args, **kwargs)

    def stops(self):
        """Say what else keeps the step from being taken."""
        return []

    def get_context_data(self, **kwargs):
        """Show what was proofread, what is missing and what will happen."""
        check = workflow.check(self.report, self.today) if self.proofreads and not self.report.is_open else None
        stops = [*self.stops(), *(check.stops if check else ())]
        rows = (
            [ClaimRow(n, *TOLD[claim.verdict.value], claim) for n, claim in enumerate(check.claims, start=1)]
            if check
            else []
        )
        return super().get_context_data(
            title=self.title, report=self.report, lead=self.lead, button=self.button, stops=stops, check=check,
            rows=[row for row in rows if not row.claim.is_right], claims=len(rows), **self.facts(), **kwargs,
        )  # fmt: skip

    def facts(self):
        """Return what else the page shows."""
        return {}

    def step(self, **asked):
        """Take the step."""
        raise NotImplementedError(f"{type(self).__name__} takes no step")

    def post(self, request, *args, **kwargs):
        """Take the step on the version that was shown; a refusal names its reason."""
        version, excuse = request.POST.get("version", ""), request.POST.get("excuse", "").replace("\x00", "")[:500]
        shown = int(version) if version.isdecimal() and len(version) < 10 else 0
        try:
            self.step(report=self.report, by=request.user, version=shown, **({"excuse": excuse} if excuse else {}))
        except ValidationError as error:
            for message in error.messages:
                messages.error(request, message)
            return redirect(self.report)
        except IntegrityError:  # a constraint that held when it was checked
            messages.error(request, tell("与他人刚提交的记录冲突，请再试一次"))
            return redirect(self.report)
        messages.success(request, self.done)
        return redirect(self.report)


class ReportHandIn(StepPage):
    """Hand a draft in."""

    title, button = _("送审"), _("确认送审")
    lead = _("送审后不能再改，领导或其他编报员审核；退回后可以改。")
    done = _("已送审，等待审核")
    statuses = (Report.Status.DRAFT,)

    def step(self, **asked):
        """Hand it in."""
        workflow.hand_in(today=self.today, **asked)


class ReportOpen(StepPage):
    """Lay a bulletin open to objections."""

    title, button = _("公示"), _("开始公示")
    lead = _(
        "公示后各参战单位可以看到并就本单位的数字提出异议；正文和数字固定下来，台账以后的变动列为差异，可以重新取数。"
    )
    done = _("已开始公示，各参战单位可以查看并提出异议")
    statuses = (Report.Status.DRAFT, Report.Status.REVIEW)

    def step(self, **asked):
        """Lay it open."""
        workflow.lay_open(today=self.today, **asked)


class ReportPin(StepPage):
    """Read the figures of what lies open anew."""

    title, button = _("重新取数"), _("按现在的台账取数")
    lead = _("用现在的台账和正文重做公示稿，下列差异记入历史；公示截止日不变。")
    done = _("已重新取数，公示稿已更新")
    statuses = (Report.Status.OBJECTION,)
    proofreads = False

    def facts(self):
        """Show what would change."""
        return {"changes": workflow.moved_since(self.report), "compares": True}

    def step(self, **asked):
        """Pin it anew."""
        workflow.pin_anew(**{name: value for name, value in asked.items() if name != "excuse"})


class ReportIssue(StepPage):
    """Issue."""

    title, button = _("印发"), _("确认印发")
    lead = _("印发后数字冻结，文件以字节保存，不能再改；如有更正，请作修订。排版需要几秒钟。")
    done = _("已印发。数字已冻结，文件可随时下载。")
    statuses = (Report.Status.DRAFT, Report.Status.REVIEW, Report.Status.OBJECTION)

    def stops(self):
        """Name what waits: the approval, the objections."""
        made = workflow.waits_for(self.report, self.today)
        try:
            workflow.refuse_unapproved(self.report, self.request.user)
        except ValidationError as error:
            made += error.messages
        return made

    def facts(self):
        """Show the number it will have, and those left out."""
        report, year = self.report, self.today.year
        number = report.full_number or numbering.next_number(report.kind, report.issuer, year)
        return {"number": number, "gaps": numbering.gaps(report.kind, report.issuer, year)}

    def step(self, **asked):
        """Issue it."""
        issuing.issue(today=self.today, **asked)


class ReportReview(ReportObject, ActionView):
    """Approve what was handed in, or send it back."""

    form_class = ReviewForm
    template_name = "reports/review.html"
    title, submit_label = _("审核"), _("提交")
    success_message = _("已办理")

    def get_initial(self):
        """Start with the version that is shown; refuse who may not decide."""
        workflow.require_desk(self.request.user, self.report)
        return {"version": self.report.version, "decision": "approve" if self.approves else "back"}

    @cached_property
    def approves(self):
        """Whether there is something to approve, and the user may."""
        waits = self.report.status == Report.Status.REVIEW and self.report.approved_by is None
        return waits and workflow.may_approve(self.request.user, self.report)

    def get_form_kwargs(self):
        """Offer what may be decided."""
        return {**super().get_form_kwargs(), "approves": self.approves}

    def get_cancel_url(self):
        """Back to the report."""
        return self.report.get_absolute_url()

    def get_context_data(self, **kwargs):
        """Add whether the user may approve, and what the proofreading found."""
        report = self.report
        return super().get_context_data(
            report=report, approves=self.approves,
            check=None if report.is_open else workflow.check(report, timezone.localdate()), **kwargs,
        )  # fmt: skip

    def perform(self, form):
        """Decide."""
        data, facts = form.cleaned_data, {"report": self.report, "by": self.request.user}
        if data["decision"] == "back":
            return workflow.send_back(reason=data["reason"], version=data["version"], **facts)
        return workflow.approve(version=data["version"], **facts)


class ReportRevise(ReportObject, ActionView):
    """Start the correction of an issue."""

    form_class = ReasonForm
    template_name = "reports/report_step_form.html"
    title, submit_label = _("修订"), _("起草修订")
    lead = _(
        "已印发的一期不再改动。修订另起一稿，文号相同、加注“修订”，带入原来的文字，数字按现在的台账取，仍要送审、印发。"
    )
    success_message = _("已起草修订")

    def get_initial(self):
        """Refuse what cannot be revised."""
        require(self.request.user, Role.EDITOR, self.report.campaign.organiser)
        if not self.report.is_issued:
            raise PermissionDenied("only what was issued is revised")
        return {}

    def get_context_data(self, **kwargs):
        """Name the report in the breadcrumb."""
        return super().get_context_data(report=self.report, **kwargs)

    def get_cancel_url(self):
        """Back to the report."""
        return self.report.get_absolute_url()

    def perform(self, form):
        """Start it."""
        return revising.start_revision(report=self.report, by=self.request.user, **form.cleaned_data)


class ReportDifference(ReportObject, TemplateView):
    """A revision beside what it revises: every line and cell that differs, and who stands elsewhere."""

    template_name = "reports/difference.html"

    def get_context_data(self, **kwargs):
        """Compare the two documents."""
        report, changes, moved, problems = self.report, [], [], []
        if report.revises is not None:
            old = from_json(report.revises.frozen)
            try:
                new = document_of(report) if report.is_issued or report.is_open else compose_report(report).document
                changes, moved = differences(old, new), moves(old, new)
            except ValidationError as error:
                problems = error.messages
        return super().get_context_data(
            title=tell("修订对照"), report=report, changes=changes, moved=moved, problems=problems, **kwargs
        )
