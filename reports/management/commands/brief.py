"""manage.py brief: a campaign's summary as files."""

import re
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from campaigns.management.dates import read_day
from campaigns.models import Basis, Campaign
from reports.composing import compose_outline
from reports.documents import DOCUMENTS
from reports.documents.fonts import MissingGlyph
from reports.drafting import title_of, unwritten
from reports.kinds import MAIN
from reports.models import Report, ReportKind

UNFIT = r'[\\/:*?"<>|\x00-\x1f]'  # characters of a name that a file's cannot hold


class Command(BaseCommand):
    """Write the report of a campaign as of a day as .html, .pdf, .docx and .xlsx.

    Paragraphs typed by people come from the campaign's latest report of that day; without one their place says
    so, and the document is marked as a draft.
    """

    help = _("输出战役总结：网页、PDF、Word、Excel 各一份")

    def add_arguments(self, parser):
        """Name, day, folder."""
        parser.add_argument("name", help=_("战役名称"))
        parser.add_argument("--as-of", required=True, help=_("数据截至日，如 2026-09-30"))
        parser.add_argument("--out", required=True, type=Path, help=_("输出目录"))
        parser.add_argument("--basis", choices=Basis.values, default="", help=_("统一用上报数或认定数"))

    def handle(self, *args, name, as_of, out, basis, **options):
        """Compose once, render each kind of file, then write them."""
        campaign = Campaign.objects.select_related("organiser").filter(name=name).first()
        if campaign is None:
            raise CommandError(_("没有名为「%(name)s」的战役") % {"name": name}, returncode=2)
        day = read_day(as_of)
        if not campaign.starts_on <= day <= campaign.ends_on:
            raise CommandError(_("数据截至日须在战役期间之内"), returncode=2)
        report, sections = written_on(campaign, day)
        report.basis = basis or report.basis
        try:
            document = compose_outline(report, sections, draft=bool(unwritten(sections))).document
            files = {kind: render(document) for kind, (render, _type) in DOCUMENTS.items()}
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from error
        except MissingGlyph as error:
            raise CommandError(_("字体中没有这些字：%(chars)s") % {"chars": "".join(error.characters)}) from error
        for path in write(files, Path(out), f"{re.sub(UNFIT, '_', name)}-{day.isoformat()}"):
            self.stdout.write(str(path))


def written_on(campaign, day):
    """Return the campaign's latest summary of that day, as a draft with its sections; a bare one without it."""
    kind = ReportKind.objects.get(code=MAIN)
    rows = Report.objects.filter(campaign=campaign, as_of=day, kind=kind).select_related(
        "campaign__organiser", "kind"
    )
    report = rows.order_by("-pk").first()
    if report is not None:
        return report, list(report.sections.all())
    first = campaign.starts_on
    title = title_of(kind, campaign, first, day)
    bare = Report(campaign=campaign, kind=kind, from_on=first, as_of=day, title=title, issuer=campaign.organiser.name)
    return bare, list(kind.sections.all())


def write(files, out, stem):
    """Write the files into a folder that is made where it is missing; return their paths."""
    paths = []
    try:
        out.mkdir(parents=True, exist_ok=True)
        for kind, content in files.items():
            paths.append(out / f"{stem}.{kind}")
            paths[-1].write_bytes(content)
    except OSError as error:
        raise CommandError(_("无法写入目录 %(out)s：%(why)s") % {"out": out, "why": error.strerror}) from error
    return paths
