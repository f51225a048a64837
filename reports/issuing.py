"""From what was approved to what went out: numbered, frozen with a hash, rendered outside the transaction, sent."""

from dataclasses import replace
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _

from campaigns.actions import announce
from campaigns.models import Endpoint
from reports.distributing import distribute
from reports.documents import DOCUMENTS
from reports.documents.content import Paragraph, Span, from_json, to_json
from reports.documents.fonts import MissingGlyph
from reports.drafting import refuse_issued
from reports.models import Objection, Report
from reports.numbering import reserve
from reports.sentences.clauses import day_text
from reports.workflow import approved_document, hash_of
from units import audit, versions
from units.access import require
from units.models import AuditEntry, Role, User


def issue(*, report: Report, by: User, today: date, version: int | None = None, excuse: str = "") -> Report:
    """Issue a bulletin: number it, freeze what it says, render the files, keep both, send it to its list.

    Runs outside a transaction, since rendering takes long. What was changed meanwhile stops it. Where it fails behind
    the numbering, the draft keeps its number.
    """
    require(by, Role.EDITOR, report.campaign.organiser)
    refuse_issued(report)
    versions.check(report, version)
    document = approved_document(report, by, today, excuse)
    report = reserve(report=report, by=by, today=today)
    document = replace(
        document, number=report.full_number, date_text=day_text(today), draft=False,
        blocks=(*document.blocks, *_said_of_objections(report)),
    )  # fmt: skip
    frozen = to_json(document)
    document = from_json(frozen)
    try:
        files = {kind: render(document) for kind, (render, _type) in DOCUMENTS.items()}
    except MissingGlyph as error:
        raise ValidationError(
            _("字体中没有这些字，无法排版：%(chars)s。请改用常用字，或在服务器上安装含有它们的字体")
            % {"chars": "".join(error.characters)}
        ) from error
    with transaction.atomic():
        locked = (
            Report.objects.select_for_update(of=("self",)).select_related("campaign__organiser").get(pk=report.pk)
        )
        refuse_issued(locked)
        versions.check(locked, report.version)
        before = audit.snapshot(locked)
        locked.status, locked.issued_on, locked.issued_by = Report.Status.ISSUED, today, by
        locked.excuse = locked.excuse or excuse.strip()
        locked.frozen, locked.sha256 = frozen, hash_of(frozen.encode())
        for kind, content in files.items():  # before the report is sealed; afterwards the database takes none
            locked.files.create(kind=kind, content=content, sha256=hash_of(content))
        versions.bump(locked)
        locked.save()
        changes = audit.difference(before, audit.snapshot(locked))
        changes |= {kind.upper(): ["", hash_of(content)] for kind, content in files.items()}
        audit.record(by, "report.issued", locked, changes=changes)
        announce(event=Endpoint.Event.REPORT_ISSUED, campaign=report.campaign, facts=[told_outside(locked)], by=by)
        distribute(locked, by)
    return locked


def told_outside(report):
    """Return what other systems are told of an issue: what it is and how to know its text again."""
    fact = {
        "id": report.pk, "campaign_id": report.campaign_id, "campaign": report.campaign.name, "title": report.title,
        "number": report.full_number, "as_of": report.as_of.isoformat(), "issued_on": report.issued_on.isoformat(),
        "revises": report.revises_id, "sha256": report.sha256, "url": report.get_absolute_url(),
    }  # fmt: skip
    return str(report), fact


def _said_of_objections(report):
    """Yield the sentence on the objections to what lay open."""
    if not report.is_open:
        return
    states = list(report.objections.values_list("state", flat=True))
    told = tell("本期印发前公示%(days)d个工作日，") % {"days": report.kind.objection_days}
    if states:
        told += tell("收到异议%(all)d件，采纳%(yes)d件，不予采纳%(no)d件。") % {
            "all": len(states), "yes": states.count(Objection.State.ACCEPTED),
            "no": states.count(Objection.State.REFUSED),
        }  # fmt: skip
    else:
        told += tell("没有收到异议。")
    yield Paragraph((Span(told),))


def tampered(report: Report) -> list[str]:
    """Say in words what of an issued report is not as it went out: its text, its files, or both by the trail."""
    files = {file.kind.upper(): file for file in report.files.all()}
    found = [] if hash_of(report.frozen.encode()) == report.sha256 else [_("冻结的数据与其指纹不符")]
    found += [
        _("%(kind)s 文件与其指纹不符") % {"kind": kind}
        for kind, file in files.items()
        if hash_of(bytes(file.content)) != file.sha256
    ]
    found += _tampered_pins(report)
    issued = AuditEntry.objects.filter(model="reports.report", object_id=report.pk, action="report.issued")
    trail = {label: new for row in issued for label, _old, new in row.lines}
    label = str(Report._meta.get_field("sha256").verbose_name)
    if trail.get(label) != report.sha256:
        found.append(_("数据指纹与印发时审计记录的不符"))
    kinds = {name: trail[name] for name in map(str.upper, DOCUMENTS) if name in trail}
    for kind in sorted({*kinds, *(files if kinds else ())}):
        if kind not in files:
            found.append(_("缺少 %(kind)s 文件") % {"kind": kind})
        elif kinds.get(kind) != files[kind].sha256:
            found.append(_("%(kind)s 文件不是印发时的那一份") % {"kind": kind})
    if not found and not _says_the_same(report):
        found.append(_("标题、文号或修订与冻结的数据不符"))
    return [str(each) for each in found]


def _says_the_same(report):
    """Say whether the row of a report names it as its frozen text does."""
    document = from_json(report.frozen)
    return (document.title, document.number) == (report.title, report.full_number)


def _tampered_pins(report):
    """Name the pinned texts that are not what the trail says was pinned."""
    rows = AuditEntry.objects.filter(
        model="reports.report", object_id=report.pk, action__in=("report.laid_open", "report.pinned")
    )
    label = str(report.pins.model._meta.get_field("sha256").verbose_name)
    known = {new for row in rows for name, _old, new in row.lines if name == label}
    for pin in report.pins.all():
        if hash_of(pin.text.encode()) != pin.sha256:
            yield _("公示稿与其指纹不符")
        elif pin.sha256 not in known:
            yield _("公示稿不是审计记录的那一份")
