"""manage.py brief: a campaign's summary as files."""

from datetime import date
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from campaigns.models import Basis, Campaign
from reports.documents import DOCUMENTS
from reports.documents.fonts import MissingGlyph
from reports.issuing import document_of
from reports.models import Report
from reports.sentences.campaign_summary import default_title


class Command(BaseCommand):
    """Write the report of a campaign as of a day as .html and .pdf.

    Paragraphs typed by people come from the campaign's latest report; without one their place says so, and the
    document is marked as a draft.
    """

    help = _("输出战役总结：HTML 和 PDF 各一份")

    def add_arguments(self, parser):
        """Name, day, folder."""
        parser.add_argument("name", help=_("战役名称"))
        parser.add_argument("--as-of", required=True, type=date.fromisoformat, help=_("数据截至日，如 2026-09-30"))
        parser.add_argument("--out", required=True, type=Path, help=_("输出目录"))
        parser.add_argument("--basis", choices=Basis.values, default="", help=_("统一用上报数或认定数"))

    def handle(self, *args, name, as_of, out, basis, **options):
        """Compose once, render each kind of file."""
        campaign = Campaign.objects.select_related("organiser").filter(name=name).first()
        if campaign is None:
            raise CommandError(_("没有名为「%(name)s」的战役") % {"name": name}, returncode=2)
        if not campaign.starts_on <= as_of <= campaign.ends_on:
            raise CommandError(_("数据截至日须在战役期间之内"), returncode=2)
        written = Report.objects.filter(campaign=campaign).exclude(measures="").order_by("-as_of", "-pk").first()
        report = Report(
            campaign=campaign,
            as_of=as_of,
            basis=basis,
            title=written.title if written else default_title(campaign),
            issuer=written.issuer if written else campaign.organiser.name,
            measures=written.measures if written else "",
            problems=written.problems if written else "",
            plans=written.plans if written else "",
        )
        try:
            document = document_of(report, draft=not (report.measures.strip() and report.plans.strip()))
            files = {kind: render(document) for kind, (render, _type) in DOCUMENTS.items()}
        except ValidationError as error:
            raise CommandError("；".join(error.messages)) from error
        except MissingGlyph as error:
            raise CommandError(_("字体中没有这些字：%(chars)s") % {"chars": "".join(error.characters)}) from error
        out.mkdir(parents=True, exist_ok=True)
        for kind, content in files.items():
            path = out / f"{name}-{as_of.isoformat()}.{kind}"
            path.write_bytes(content)
            self.stdout.write(str(path))
