"""manage.py clean_renderings: files made in the background a week ago go; nightly does it."""

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from reports import rendering
from units.models import User


class Command(BaseCommand):
    """Remove old renderings."""

    help = _("清理一周以前后台生成的文件；期次和印发文件不受影响")

    def handle(self, *args, **options):
        """Say how many went."""
        count = rendering.clean(by=User.objects.system(), now=timezone.now())
        self.stdout.write(_("清理后台生成的文件 %d 个") % count)
