"""manage.py send_deliveries: what the worker has left to be told to other systems."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from campaigns import sending
from campaigns.actions import send_due
from units.models import User


class Command(BaseCommand):
    """Send what is due; a receiver that does not take it is no failure of the command."""

    help = _("送出到时的推送；未开启推送时什么也不做")

    def handle(self, **options):
        """Send and say how many."""
        if not sending.is_on():
            self.stdout.write(_("没有开启推送"))
            return
        sent, failed = send_due(by=User.objects.system())
        self.stdout.write(_("已送达 %(sent)d 件，未送达 %(failed)d 件") % {"sent": len(sent), "failed": len(failed)})
