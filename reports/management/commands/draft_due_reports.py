"""manage.py draft_due_reports: start the bulletins that are due by their rhythm."""

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.management.dates import read_day
from reports.scheduling import draft_due
from units.models import User


class Command(BaseCommand):
    """Start the drafts that are due as of a day, each once, as the system user."""

    help = _("按期次种类的周期，为进行中的战役起草到期的期次；已有的不重复起草")

    def add_arguments(self, parser):
        """Name the day."""
        parser.add_argument("--as-of", metavar="D", help=_("按哪一天算，默认今天"))

    def handle(self, *, as_of, **options):
        """Print what was started."""
        made = draft_due(as_of=read_day(as_of) or timezone.localdate(), by=User.objects.system())
        for report in made:
            self.stdout.write(f"{report.campaign}：{report}（{report.from_on} — {report.as_of}）")
        self.stdout.write(_("新起草 %d 期") % len(made))
