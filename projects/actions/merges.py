"""Merging two companies that are one, and undoing it."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns import ledger
from campaigns.models import Indicator
from projects import counting
from projects.actions.companies import lock_facts, repost
from projects.models import (
    Claim,
    Company,
    CompanyName,
    Contact,
    Listing,
    Merge,
    Milestone,
    PlannedContact,
    Project,
    Visit,
)
from units import audit, versions
from units.access import require
from units.models import Role, Unit, User

# what changes hands, beside companies merged before
OWNED = (Project, Visit, Contact, CompanyName, Listing, Claim, PlannedContact)
FILLED = ("credit_code", "place")  # what the kept company takes over where it has nothing itself
FIRMS = ("公司", "厂", "集团", "合作社", "研究院", "大学", "银行", "中心")


@dataclass(frozen=True)
class Plan:
    """What merging one company into another would do."""

    moved: dict  # {model: [rows]}
    staying: tuple  # names and listings that the kept company has itself: they stay with the absorbed one
    renamed: tuple  # [(project, new name)], where both have a project of that name
    released: tuple  # claims of a unit that claimed both: the weaker one
    filled: dict  # {field: text}


def plan_of(kept: Company, absorbed: Company) -> Plan:
    """Work out what moves, what is filled in and what clashes; refuses two companies that cannot be one."""
    if kept.pk == absorbed.pk:
        raise ValidationError(_("不能把企业并入它自己"))
    for company in (kept, absorbed):
        if company.merged_into_id:
            raise ValidationError(_("「%(name)s」已并入其他企业") % {"name": company})
    if kept.credit_code and absorbed.credit_code and kept.credit_code != absorbed.credit_code:
        raise ValidationError(_("两家的统一社会信用代码不同，不是同一家企业。代码填错的，请先更正再合并。"))
    moved = {model: list(model.objects.filter(company=absorbed).order_by("pk")) for model in OWNED}
    moved[Company] = list(absorbed.absorbed.order_by("pk"))
    names = set(kept.names.values_list("name", flat=True)) | {kept.name}
    places = set(kept.listings.values_list("chart", "year"))
    staying = [row for row in moved[CompanyName] if row.name in names]
    staying += [row for row in moved[Listing] if (row.chart, row.year) in places]
    for model in (CompanyName, Listing):
        moved[model] = [row for row in moved[model] if row not in staying]
    filled = {name: getattr(absorbed, name) for name in FILLED if getattr(absorbed, name) and not getattr(kept, name)}
    return Plan(moved, tuple(staying), _renamed(kept, absorbed, moved), _released(kept, moved), filled)


def _renamed(kept, absorbed, moved):
    taken = set(kept.projects.values_list("name", flat=True)) | {row.name for row in moved[Project]}
    held, renamed = set(kept.projects.values_list("name", flat=True)), []
    for project in moved[Project]:
        if project.name in held:
            tail = f"（{absorbed.name}）"
            name = f"{project.name[: 116 - len(tail)]}{tail}"[:116]
            number, fresh = 2, name
            while fresh in taken:
                fresh, number = f"{name}{number}", number + 1
            taken.add(fresh)
            renamed.append((project, fresh))
    return tuple(renamed)


def _released(kept, moved):
    """Return the weaker claim of each unit that has an open one on both: overruled by a decision, else the later."""
    open_states = (Claim.State.STANDING, Claim.State.UPHELD)
    held = {claim.unit_id: claim for claim in kept.claims.open()}
    weaker = []
    for claim in moved[Claim]:
        if claim.state in open_states and (own := held.get(claim.unit_id)):
            pair = sorted((own, claim), key=lambda row: (row.state != Claim.State.UPHELD, row.on, row.pk))
            weaker.append(pair[1])
    return tuple(weaker)


def _lock(kept, absorbed, by):
    """Lock both companies in key order, then their visits, then their projects."""
    pks = sorted({kept.pk, absorbed.pk})
    rows = Company.objects.select_for_update(of=("self",)).select_related("entered_for").filter(pk__in=pks)
    found = {row.pk: row for row in rows.order_by("pk")}
    for row in found.values():
        require(by, Role.EDITOR, row.entered_for)
    lock_facts(*pks)
    return found[kept.pk], found[absorbed.pk]


def _apply(kept, absorbed, plan):
    """Carry a plan out on locked rows; return what Merge keeps of it."""
    for project, name in plan.renamed:
        Project.objects.filter(pk=project.pk).update(name=name, search=_search(project, name))
    for claim in plan.released:
        Claim.objects.filter(pk=claim.pk).update(state=Claim.State.RELEASED, version=claim.version + 1)
    for model, rows in plan.moved.items():
        field = "merged_into" if model is Company else "company"
        model.objects.filter(pk__in=[row.pk for row in rows]).update(**{field: kept})
    for name in plan.filled:
        setattr(kept, name, plan.filled[name])
    if "credit_code" in plan.filled:
        absorbed.credit_code = ""  # a code stands once
    absorbed.merged_into = kept
    for company in (absorbed, kept):
        versions.bump(company)
        company.save()
    added = []
    if not kept.names.filter(name=absorbed.name).exists():
        kind = CompanyName.Kind.FORMER if absorbed.name.endswith(FIRMS) else CompanyName.Kind.SHORT
        added.append(CompanyName.objects.create(company=kept, kind=kind, name=absorbed.name).pk)
    moved = {model._meta.label_lower: [row.pk for row in rows] for model, rows in plan.moved.items()}
    return moved | {
        "added": added,
        "renamed": [[project.pk, project.name, name] for project, name in plan.renamed],
        "released": [[claim.pk, claim.state] for claim in plan.released],
    }


def _search(project, name):
    """Return what a renamed project is found by."""
    field = Project._meta.get_field("search")
    return field.derive(Project(name=name, registered_name=project.registered_name))


def _told(absorbed, plan):
    """Return the changes of the trail: everything that changed hands, by name."""
    changes = {_("并入"): ["", absorbed.name]}
    for model, rows in plan.moved.items():
        if rows and model is not Company:
            changes[str(model._meta.verbose_name)] = ["", "、".join(str(row) for row in rows)]
    for project, name in plan.renamed:
        changes[_("项目改名 %(name)s") % {"name": project.name}] = [project.name, name]
    for claim in plan.released:
        changes[_("首报 %(unit)s") % {"unit": claim.unit}] = [claim.get_state_display(), Claim.State.RELEASED.label]
    for name, value in plan.filled.items():
        changes[str(Company._meta.get_field(name).verbose_name)] = ["", value]
    return {str(label): [str(text) for text in pair] for label, pair in changes.items()}


@transaction.atomic
def merge_companies(
    *,
    kept: Company,
    absorbed: Company,
    reason: str,
    by: User,
    version: int | None = None,
    absorbed_version: int | None = None,
) -> Merge:
    """Merge a company into another: all its rows change hands, its name lives on as another name of the kept one.

    The absorbed row stays, empty, and leads to the kept one. The bureau's editors merge.
    """
    kept, absorbed = _lock(kept, absorbed, by)
    versions.check(kept, version)
    if absorbed_version is not None and absorbed_version != absorbed.version:
        raise ValidationError(_("打开本页后，「%(name)s」的资料有了变化。请核对后再合并。") % {"name": absorbed})
    if not reason.strip():
        raise ValidationError({"reason": _("请写明合并理由")})
    plan = plan_of(kept, absorbed)
    moved = _apply(kept, absorbed, plan)
    repost(kept)
    merge = Merge.objects.create(kept=kept, absorbed=absorbed, moved=moved, filled=plan.filled, reason=reason, by=by)
    audit.record(by, "company.merged", kept, changes=_told(absorbed, plan), reason=reason)
    return merge


def preview_merge(*, kept: Company, absorbed: Company) -> tuple[Plan, list[tuple[str, str, int, int]]]:
    """Return what merging would do: the plan, and (indicator, unit, entries reversed, entries posted).

    Entries change only where the two come from different places; then it is tried out and rolled back.
    """
    plan = plan_of(kept, absorbed)
    if kept.origin == absorbed.origin:
        return plan, []
    milestones = list(Milestone.objects.filter(project__company=absorbed).values_list("pk", flat=True))
    with transaction.atomic():
        _apply(Company.objects.get(pk=kept.pk), Company.objects.get(pk=absorbed.pk), plan)
        wanted = (
            counting.milestone_entries(Milestone.objects.filter(pk__in=milestones)),
            counting.visit_entries(Visit.objects.filter(pk__in=[row.pk for row in plan.moved[Visit]])),
        )
        transaction.set_rollback(True)
    return plan, _differences(wanted)


def _differences(wanted):
    """Return how many entries would be reversed and posted, by indicator and unit."""
    counts = {}
    for kind, amounts in zip(("projects.milestone", "projects.visit"), wanted, strict=True):
        stale, fresh = ledger.difference(amounts, ledger.live_entries(kind, amounts))
        for entry in stale:
            counts.setdefault((entry.indicator_id, entry.unit_id), [0, 0])[0] += 1
        for _source, key, _amount in fresh:
            counts.setdefault((key.indicator_id, key.unit_id), [0, 0])[1] += 1
    indicators = Indicator.objects.in_bulk({key[0] for key in counts})
    units = Unit.objects.in_bulk({key[1] for key in counts})
    rows = [(str(indicators[i]), str(units[u]), *pair) for (i, u), pair in counts.items()]
    return sorted(rows)


@transaction.atomic
def undo_merge(*, merge: Merge, reason: str, by: User) -> list[str]:
    """Give everything back that a merge moved; return what could not be given back, in words.

    What was entered for the kept company since stays there.
    """
    merge = Merge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at:
        raise ValidationError(_("这次合并已经撤销"))
    kept, absorbed = _lock(merge.kept, merge.absorbed, by)
    if kept.merged_into_id or absorbed.merged_into_id != kept.pk:
        raise ValidationError(_("「%(name)s」后来又并入了其他企业，请先撤销后一次合并") % {"name": kept})
    if not reason.strip():
        raise ValidationError({"reason": _("请写明撤销理由")})
    left = _give_back(merge, kept, absorbed)
    left += _unfill(merge, kept, absorbed)
    absorbed.merged_into = None
    for company in (kept, absorbed):
        versions.bump(company)
        company.save()
    repost(kept)
    repost(absorbed)
    merge.undone_by, merge.undone_at = by, timezone.now()
    merge.save()
    changes = {_("撤出"): ["", absorbed.name]}
    if left:
        changes[_("未能恢复")] = ["", "；".join(left)]
    audit.record(by, "company.unmerged", kept, changes=changes, reason=reason)
    return left


def _give_back(merge, kept, absorbed):
    """Move rows back and restore names and claims; return what has changed since."""
    left = []
    for model in (*OWNED, Company):
        field = "merged_into" if model is Company else "company"
        ids = merge.moved.get(model._meta.label_lower, [])
        rows = model.objects.filter(pk__in=ids, **{field: kept})
        back = set(rows.values_list("pk", flat=True))
        rows.update(**{field: absorbed})
        if gone := len(set(ids) - back):
            told = {"what": model._meta.verbose_name, "n": gone}
            left.append(_("%(what)s %(n)s 条合并后已改属别处或移除，未动") % told)
    for pk, old, new in merge.moved.get("renamed", ()):
        project = Project.objects.filter(pk=pk, name=new, company=absorbed).first()
        if project:
            Project.objects.filter(pk=pk).update(name=old, search=_search(project, old))
        else:
            left.append(_("项目「%(name)s」合并后已改名或改属，名称未恢复") % {"name": old})
    for pk, state in merge.moved.get("released", ()):
        claim = Claim.objects.filter(pk=pk, state=Claim.State.RELEASED).select_related("unit").first()
        if claim and not Claim.objects.open().filter(company=claim.company_id, unit=claim.unit_id).exists():
            Claim.objects.filter(pk=pk).update(state=state, version=claim.version + 1)
        else:
            left.append(_("一条首报合并后已有变化，状态未恢复"))
    CompanyName.objects.filter(pk__in=merge.moved.get("added", ()), company=kept, name=absorbed.name).delete()
    return left


def _unfill(merge, kept, absorbed):
    """Take back what the kept company was given, unless it was changed since."""
    left = []
    for name, value in merge.filled.items():
        label = Company._meta.get_field(name).verbose_name
        if getattr(kept, name) == value:
            setattr(kept, name, "")
        else:
            left.append(_("%(label)s合并后已改动，保留现值") % {"label": label})
    code = merge.filled.get("credit_code", "")
    if code and not Company.objects.exclude(pk=kept.pk).filter(credit_code=code).exists():
        absorbed.credit_code = code
    return left
