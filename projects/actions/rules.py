"""Writing counting rules; a changed rule is committed first, then its facts are posted anew in batches."""

from django.db import transaction

from campaigns import ledger
from campaigns.models import Indicator
from projects import counting
from projects.models import Attendance, CountingRule, Milestone, Project, Trip, Visit
from units import audit, stamps, versions
from units.access import require_role
from units.models import Role, User

BATCH = 2000  # sources in one transaction


def create_rule(*, by: User, **facts) -> CountingRule:
    """Add a rule and post what it counts."""
    with transaction.atomic():
        require_role(by, Role.EDITOR)
        rule = CountingRule(**facts)
        rule.full_clean()
        rule.save()
        _mark(rule.indicator_id, True)
        audit.record(by, "rule.created", rule, before={})
    transaction.on_commit(lambda: recount({rule.fact}, {rule.indicator_id}))
    return rule


def change_rule(*, rule: CountingRule, by: User, version: int | None = None, **facts) -> CountingRule:
    """Change a rule and post the difference; meanwhile its indicators say 重算中."""
    with transaction.atomic():
        require_role(by, Role.EDITOR)
        rule = CountingRule.objects.select_for_update(of=("self",)).select_related("indicator").get(pk=rule.pk)
        versions.check(rule, version)
        before, kinds, indicators = audit.snapshot(rule), {rule.fact}, {rule.indicator_id}
        for name, value in facts.items():
            setattr(rule, name, value)
        versions.bump(rule)
        rule.full_clean()
        rule.save()
        kinds.add(rule.fact)
        indicators.add(rule.indicator_id)
        for indicator_id in indicators:
            _mark(indicator_id, True)
        audit.record(by, "rule.changed", rule, before=before)
    transaction.on_commit(lambda: recount(kinds, indicators))
    return rule


def remove_rule(*, rule: CountingRule, reason: str, by: User) -> None:
    """Take a rule away and reverse what it counted."""
    with transaction.atomic():
        require_role(by, Role.EDITOR)
        rule = CountingRule.objects.select_for_update(of=("self",)).select_related("indicator").get(pk=rule.pk)
        fact, indicator_id = rule.fact, rule.indicator_id
        audit.record(by, "rule.removed", rule, changes={rule.in_words: ["有", ""]}, reason=reason)
        _mark(indicator_id, True)
        rule.delete()
    transaction.on_commit(lambda: recount({fact}, {indicator_id}))


@transaction.atomic
def _mark(indicator_id, recounting):
    Indicator.objects.filter(pk=indicator_id).update(recounting=recounting)
    stamps.move()


def recount(facts, indicators):
    """Derive all facts of some kinds anew, a batch a transaction, and clear the mark of their indicators."""
    for fact in facts:
        model, _dot, kind = fact.partition(".")
        if model == "milestone":
            _recount(Milestone, {"kind": kind}, "projects.milestone", counting.milestone_entries)
        elif model == "visit":
            _recount(Visit, {"direction": kind}, "projects.visit", counting.visit_entries)
        elif model == "trip":
            _recount(Trip, {}, "projects.trip", counting.trip_entries)
        else:
            _recount(Attendance, {}, "projects.attendance", counting.attendance_entries)
    for indicator_id in indicators:
        _mark(indicator_id, False)


def _recount(model, filters, source_kind, derive):
    last = 0
    while True:
        with transaction.atomic():
            ids = list(
                model.objects.filter(pk__gt=last, **filters).order_by("pk").values_list("pk", flat=True)[:BATCH]
            )
            if not ids:
                return
            if model is Milestone:
                projects = Milestone.objects.filter(pk__in=ids).values("project")
                list(Project.objects.select_for_update().filter(pk__in=projects).order_by("pk").values_list("pk"))
            else:
                list(model.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
            ledger.post_many(source_kind, derive(model.objects.filter(pk__in=ids)))
        last = ids[-1]
