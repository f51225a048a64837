"""manage.py check_reports: is every issued report still what went out?"""

import sys

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from reports import seals
from reports.issuing import tampered
from reports.models import Report


class Command(BaseCommand):
    """Compare text and files of each issued report with their hashes and the trail; exit 1 where one differs."""

    help = _("核对已印发各期的数据、文件与指纹、审计记录是否一致")

    def handle(self, **options):
        """Print what differs."""
        found = [*seals.missing_seals()]
        count = 0
        for report in Report.objects.filter(status=Report.Status.ISSUED).order_by("pk").iterator(chunk_size=5):
            count += 1
            found += [f"{report}（{report.number or report.pk}）：{told}" for told in tampered(report)]
        for line in found:
            self.stdout.write(line)
        told = {"n": count, "wrong": len(found)}
        self.stdout.write(_("共核对 %(n)d 期，不符 %(wrong)d 处") % told)
        if found:
            sys.exit(1)
