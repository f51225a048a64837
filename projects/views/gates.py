"""What a project passes on its way: its review gates, the fair-competition check before its contract."""

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from projects import actions, project_facts
from projects.fair_competition import ITEMS, Answer
from projects.gate_forms import FairCompetitionForm, ReviewForm, SignForm
from projects.models import Evidence, Review
from projects.readiness import check_of
from projects.views.projects import ProjectScope
from units import audit
from units.models import Role, Unit
from units.pages import ActionView

TONES = {Answer.NO: "ok", Answer.YES: "bad", Answer.EXEMPT: "warn"}


class ProjectReviews(ProjectScope, TemplateView):
    """The nine gates of a project in their order: result, day, who, opinion, papers."""

    template_name = "projects/reviews.html"

    def get_context_data(self, **kwargs):
        """Print the gates."""
        may_change = self.request.user.holds(Role.CLERK, self.project.introducer)
        reviews = list(self.project.reviews.visible_to(self.request.user).for_list())
        papers = {row.gate: [] for row in reviews}
        for paper in Evidence.objects.live().filter(review__project=self.project).select_related("review"):
            papers[paper.review.gate].append(paper)
        gates = project_facts.gates_of(self.project, reviews, may_change)
        return super().get_context_data(
            title=_("审查关口"),
            gates=[(gate, papers.get(gate.key, ())) for gate in gates],
            may_change=may_change,
            **kwargs,
        )


class ReviewChange(ProjectScope, ActionView):
    """Record what a gate said, or correct it."""

    form_class = ReviewForm
    extra_context = {"two_columns": True}

    @cached_property
    def gate(self):
        """The gate named in the address."""
        if self.kwargs["gate"] not in Review.Gate.values:
            raise Http404("no such gate")
        return Review.Gate(self.kwargs["gate"])

    @cached_property
    def review(self):
        """What the gate said so far, None where it said nothing."""
        return self.own_project.reviews.filter(gate=self.gate).first()

    def get_title(self):
        """Name the gate."""
        return _("登记%(gate)s") % {"gate": self.gate.label}

    def get_form_kwargs(self):
        """Give the form the units that review."""
        top = self.own_project.introducer.lineage[0]
        return {**super().get_form_kwargs(), "units": Unit.objects.filter(path__startswith=f"/{top}/").for_list()}

    def get_initial(self):
        """Show what was said; today, where nothing was."""
        row = self.review
        if row is None:
            return {"on": timezone.localdate()}
        names = ("result", "on", "person", "opinion", "version")
        return {name: getattr(row, name) for name in names} | {"unit": row.unit_id}

    def get_cancel_url(self):
        """Lead back to the gates."""
        self.gate  # noqa: B018 an unknown one is 404 before anything else
        return reverse("projects:project_reviews", args=[self.project.pk])

    def perform(self, form):
        """Write it down with its paper."""
        facts, by, today = dict(form.cleaned_data), self.request.user, timezone.localdate()
        files, version = facts.pop("file"), facts.pop("version")
        if self.review is None:
            review = actions.record_review(
                project=self.own_project, gate=self.gate, by=by, today=today, **facts
            )  # fmt: skip
        else:
            review = actions.change_review(review=self.review, by=by, version=version, today=today, **facts)
        if files:
            actions.add_papers(record=review, files=files, by=by)
        return review


class FairCompetition(ProjectScope, TemplateView):
    """The fair-competition check of a project: its answers, who signed, what is to be done."""

    template_name = "projects/fair_competition.html"

    def get_context_data(self, **kwargs):
        """Print the items with their answers, and what the user may do."""
        check, user, unit = check_of(self.project), self.request.user, self.project.introducer
        answers = check.answers if check else {}
        rows = [(item, answers.get(item.name)) for item in ITEMS]
        is_signed = check is not None and check.signed_on is not None
        signs = user.holds(Role.VERIFIER, unit) or user.holds(Role.EDITOR, unit)
        return super().get_context_data(
            title=_("公平竞争审查"),
            check=check,
            state=project_facts.fair_of(self.project),
            rows=[(item, TONES.get(said, "muted"), Answer(said).label if said else _("未选")) for item, said in rows],
            may_fill=user.holds(Role.CLERK, unit),
            may_sign=signs and check is not None and not is_signed and check.recorded_by_id != user.pk,
            history=audit.history(check) if check else (),
            **kwargs,
        )


class FairScope(ProjectScope):
    """A form of the check."""

    @cached_property
    def check_page(self):
        """The address of the check."""
        return reverse("projects:fair_competition", args=[self.project.pk])

    def get_cancel_url(self):
        """Lead back to the check."""
        return self.check_page


class FairCompetitionFill(FairScope, ActionView):
    """Answer the items of the check."""

    template_name = "projects/fair_competition_form.html"
    form_class = FairCompetitionForm
    title = _("填写公平竞争审查")
    lead = _(
        "对照协议（含补充协议、会议纪要、承诺函）逐项核对优惠政策条款。填写后由认定员或编报员签字；改动后须重新签字。"
    )
    success_message = _("已保存，请认定员或编报员签字")

    def get_initial(self):
        """Show the answers as they stand."""
        check = check_of(self.own_project)
        return {} if check is None else {**check.answers, "opinion": check.opinion, "version": check.version}

    def perform(self, form):
        """Write them down."""
        facts = {name: form.cleaned_data[name] for name in ("opinion", "version")}
        by = self.request.user
        return actions.fill_fair_competition(project=self.own_project, answers=form.answers(), by=by, **facts)


class FairCompetitionSign(FairScope, ActionView):
    """Sign the check off."""

    form_class = SignForm
    title = _("签字确认公平竞争审查")
    lead = _("签字表示已核对各事项和意见，由签字人负责；本系统不作法律判断。")
    submit_label = _("签字")
    success_message = _("已签字，可以登记正式合同")

    def get_initial(self):
        """Today, and the version that is signed."""
        check = check_of(self.project)
        return {"on": timezone.localdate(), "version": check.version if check else None}

    def perform(self, form):
        """Sign it."""
        return actions.sign_fair_competition(
            project=self.project, by=self.request.user, today=timezone.localdate(), **form.cleaned_data
        )
