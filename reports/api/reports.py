"""Issued reports: what they are, the frozen text they were rendered from, and their files."""

from datetime import date

from django.db.models import Prefetch
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Query, Router, Schema

from reports.api.keys import reader
from reports.api.paging import Page, Paging, paged
from reports.documents import DOCUMENTS
from reports.models import IssuedFile, Report
from units.sheets import attachment

router = Router()


class FileOut(Schema):
    """One file as it went out."""

    kind: str
    sha256: str
    url: str


class ReportOut(Schema):
    """One issued report."""

    id: int
    kind: str
    kind_text: str
    title: str
    campaign_id: int
    campaign: str
    number: str
    from_on: date
    as_of: date
    basis: str
    issuer: str
    issued_on: date
    is_final: bool
    revises: int | None
    revised_by: int | None
    sha256: str
    files: list[FileOut]


class WholeReportOut(ReportOut):
    """One issued report with the canonical text that sha256 is the hash of."""

    frozen: str


def issued(request):
    """Return the issued reports that the reader may see, with their files but not their bytes."""
    files = Prefetch("files", IssuedFile.objects.defer("content"))
    rows = Report.objects.visible_to(reader(request)).issued()
    return rows.for_list().prefetch_related(files)


def report_value(report: Report) -> dict:
    """Return one issued report."""
    return {
        "id": report.pk,
        "kind": report.kind.code,
        "kind_text": report.kind.name,
        "title": report.title,
        "campaign_id": report.campaign_id,
        "campaign": report.campaign.name,
        "number": report.full_number,
        "from_on": report.from_on,
        "as_of": report.as_of,
        "basis": report.basis,
        "issuer": report.issuer,
        "issued_on": report.issued_on,
        "is_final": report.is_final,
        "revises": report.revises_id,
        "revised_by": report.revised_by.pk if report.is_revised else None,
        "sha256": report.sha256,
        "files": [
            {"kind": row.kind, "sha256": row.sha256, "url": reverse("api:report_file", args=[report.pk, row.kind])}
            for row in report.files.all()
        ],
    }


@router.get("/reports", response=Page[ReportOut], url_name="reports", summary="已印发的期次")
def reports(request, paging: Query[Paging]):
    """List the issued reports, the latest first."""
    return paged(issued(request), paging, report_value)


@router.get("/reports/{int:pk}", response=WholeReportOut, url_name="report", summary="一期：连同冻结的全文")
def report(request, pk: int):
    """Tell one issued report with its frozen text."""
    row = get_object_or_404(issued(request), pk=pk)
    return report_value(row) | {"frozen": row.frozen}


@router.get("/reports/{int:pk}/files/{slug:kind}", url_name="report_file", summary="一期的文件，与印发时一字不差")
def report_file(request, pk: int, kind: str):
    """Answer with a file of an issued report."""
    row = get_object_or_404(issued(request), pk=pk)
    file = get_object_or_404(IssuedFile.objects.filter(report=row), kind=kind)
    _render, content_type = DOCUMENTS[file.kind]
    return attachment(bytes(file.content), content_type, f"{row.title}-{row.as_of.isoformat()}", file.kind)
