"""From draft to issue: figures read in one snapshot, frozen as text with a hash, rendered outside the transaction."""

import hashlib
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.actions import announce
from campaigns.models import Endpoint
from reports.composing import document_of
from reports.documents import DOCUMENTS
from reports.documents.content import from_json, to_json
from reports.documents.fonts import MissingGlyph
from reports.drafting import refuse_issued, stale, unwritten
from reports.models import Report
from units import audit, versions
from units.access import require
from units.models import AuditEntry, Role, User


def issue(*, report: Report, by: User, today: date, version: int | None = None) -> Report:
    """Issue a draft: freeze its figures, render the files, keep both; nothing is stored unless all of it succeeds.

    Runs outside a transaction, since rendering takes long. What was changed meanwhile stops it.
    """
    require(by, Role.EDITOR, report.campaign.organiser)
    refuse_issued(report)
    versions.check(report, version)
    if empty := unwritten(report.sections.all()):
        raise ValidationError(_("请先写好：%(names)s") % {"names": "、".join(empty)})
    if old := stale(report.sections.all()):
        raise ValidationError(
            _("这些段落沿用上期旧稿，请核对后修改或确认沿用：%(names)s") % {"names": "、".join(old)}
        )
    frozen = to_json(document_of(report, dated=today, draft=False))
    document = from_json(frozen)
    try:
        files = {kind: render(document) for kind, (render, _type) in DOCUMENTS.items()}
    except MissingGlyph as error:
        raise ValidationError(
            _("字体中没有这些字，无法排版：%(chars)s。请改用常用字，或在服务器上安装含有它们的字体")
            % {"chars": "".join(error.characters)}
        ) from error
    with transaction.atomic():
        locked = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
        refuse_issued(locked)
        versions.check(locked, report.version)
        before = audit.snapshot(locked)
        locked.status, locked.issued_on, locked.issued_by = Report.Status.ISSUED, today, by
        locked.frozen, locked.sha256 = frozen, hash_of(frozen.encode())
        for kind, content in files.items():  # before the report is sealed; afterwards the database takes none
            locked.files.create(kind=kind, content=content, sha256=hash_of(content))
        versions.bump(locked)
        locked.save()
        changes = audit.difference(before, audit.snapshot(locked))
        changes |= {kind.upper(): ["", hash_of(content)] for kind, content in files.items()}
        audit.record(by, "report.issued", locked, changes=changes)
        announce(event=Endpoint.Event.REPORT_ISSUED, campaign=report.campaign, facts=[told_outside(locked)], by=by)
    return locked


def told_outside(report):
    """Return what other systems are told of an issue: what it is and how to know its text again."""
    fact = {
        "id": report.pk, "campaign_id": report.campaign_id, "campaign": report.campaign.name, "title": report.title,
        "number": report.number, "as_of": report.as_of.isoformat(), "issued_on": report.issued_on.isoformat(),
        "sha256": report.sha256, "url": report.get_absolute_url(),
    }  # fmt: skip
    return str(report), fact


def hash_of(content: bytes) -> str:
    """Return the SHA-256 of what went out."""
    return hashlib.sha256(content).hexdigest()


def tampered(report: Report) -> list[str]:
    """Say in words what of an issued report is not as it went out: its text, its files, or both by the trail."""
    files = {file.kind.upper(): file for file in report.files.all()}
    found = [] if hash_of(report.frozen.encode()) == report.sha256 else [_("冻结的数据与其指纹不符")]
    found += [
        _("%(kind)s 文件与其指纹不符") % {"kind": kind}
        for kind, file in files.items()
        if hash_of(bytes(file.content)) != file.sha256
    ]
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
    return [str(each) for each in found]
