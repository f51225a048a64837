"""Writing what a project passed on its way: review gates and the fair-competition check before its contract."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from projects import fair_competition
from projects.actions.projects import locked
from projects.models import Credit, FairCompetition, Project, Review
from projects.readiness import check_of
from projects.stages import FAIR_SINCE, Kind
from units import audit, versions
from units.access import require
from units.models import Role, User


def _check_review(review, today):
    if review.on is not None and today is not None and review.on > today:
        raise ValidationError({"on": _("日期不能晚于今天")})
    if review.unit is None and not review.person:
        raise ValidationError({"unit": _("审查单位和审查人至少填一个")})
    if review.result in {Review.Result.FAILED, Review.Result.CONDITIONAL} and not review.opinion.strip():
        raise ValidationError({"opinion": _("有条件通过或不通过的，请写明意见")})


@transaction.atomic
def record_review(*, project: Project, gate: str, by: User, today: date | None = None, **facts) -> Review:
    """Record that a project passed, or failed, a gate (R54)."""
    project = locked(project, by)
    review = Review(project=project, gate=gate, recorded_by=by, **facts)
    _check_review(review, today)
    review.full_clean()
    review.save()
    audit.record(by, "review.created", review, before={})
    return review


@transaction.atomic
def change_review(
    *, review: Review, by: User, version: int | None = None, today: date | None = None, **facts
) -> Review:
    """Correct what a gate said, as when a project is reviewed a second time."""
    project = locked(review.project, by)
    review = Review.objects.select_for_update(of=("self",)).select_related("unit").get(pk=review.pk)
    review.project = project
    versions.check(review, version)
    before = audit.snapshot(review)
    for name, value in facts.items():
        setattr(review, name, value)
    review.recorded_by = by
    _check_review(review, today)
    versions.bump(review)
    review.full_clean()
    review.save()
    audit.record(by, "review.changed", review, before=before)
    return review


@transaction.atomic
def fill_fair_competition(
    *, project: Project, answers: dict[str, str], opinion: str, by: User, version: int | None = None
) -> FairCompetition:
    """Answer the items of the check; what was signed before has to be signed again.

    Refused once a contract stands on the signature; the trail names the answers in words.
    """
    project = locked(project, by)
    check = check_of(project) or FairCompetition(project=project)
    if check.pk:
        versions.check(check, version)
        versions.bump(check)
    _refuse_under_contract(project, check)
    if missing := fair_competition.unanswered(answers):
        raise ValidationError({missing[0].name: _("每一项都要选：还有 %(n)s 项没有选") % {"n": len(missing)}})
    if unknown := set(answers) - set(fair_competition.NAMES):
        raise ValidationError(_("没有这样的审查事项：%(names)s") % {"names": "、".join(sorted(unknown))})
    if fair_competition.told(answers) and not opinion.strip():
        raise ValidationError({"opinion": _("有「含有」或「属例外情形」的事项，须写明意见和依据")})
    before = _in_words(check) if check.pk else {}
    check.answers, check.opinion, check.recorded_by = dict(answers), opinion, by
    check.signed_by, check.signed_on = "", None
    check.full_clean()
    check.save()
    audit.record(
        by,
        "faircompetition.changed" if before else "faircompetition.created",
        check,
        changes=audit.difference(before, _in_words(check)),
    )
    return check


@transaction.atomic
def sign_fair_competition(
    *, project: Project, on: date, by: User, version: int | None = None, today: date | None = None
) -> FairCompetition:
    """Sign the check off, as a verifier or an editor over the introducing unit who did not fill it in."""
    project = Project.objects.select_for_update().get(pk=project.pk)
    unit = project.credits.select_related("unit").get(role=Credit.Role.INTRODUCING).unit
    require(by, Role.VERIFIER if by.holds(Role.VERIFIER, unit) else Role.EDITOR, unit)
    check = FairCompetition.objects.select_for_update(of=("self",)).filter(project=project).first()
    if check is None:
        raise ValidationError(_("招引单位还没有填写审查事项，不能签字"))
    versions.check(check, version)
    if check.recorded_by_id == by.pk and not by.is_system:
        raise ValidationError(_("填写人不能自己签字，请由另一名认定员或编报员签字"))
    if check.signed_on is not None:
        raise ValidationError(_("已由 %(who)s 签字") % {"who": check.signed_by})
    if today is not None and on > today:
        raise ValidationError({"on": _("签字日期不能晚于今天")})
    before = audit.snapshot(check)
    check.project, check.signed_by, check.signed_on = project, by.name[:50], on
    versions.bump(check)
    check.full_clean()
    check.save()
    before = {name: before[name] for name in ("signed_by", "signed_on")}
    after = {name: audit.snapshot(check)[name] for name in before}
    audit.record(by, "faircompetition.signed", check, changes=audit.difference(before, after))
    return check


def _refuse_under_contract(project, check):
    contracts = project.milestones.live().done().filter(kind=Kind.CONTRACT, on__gte=FAIR_SINCE)
    if check.signed_on is not None and contracts.exists():
        raise ValidationError(_("正式合同已按这份审查登记，不能再改；合同有误的，请先撤回合同"))


def _in_words(check):
    """Return {name: (label, text)} of a check with one line for each item."""
    answers = {
        item.name: (str(item.words), str(fair_competition.Answer(check.answers[item.name]).label))
        for item in fair_competition.ITEMS
        if check.answers.get(item.name) in fair_competition.Answer.values
    }
    told = {name: pair for name, pair in audit.snapshot(check).items() if name not in {"answers", "project"}}
    return answers | told
