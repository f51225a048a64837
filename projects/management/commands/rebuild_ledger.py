"""manage.py rebuild_ledger: post what is missing."""

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from projects.reconciling import rebuild


class Command(BaseCommand):
    """Derive everything anew, post the difference, refresh the database's statistics."""

    help = _("重算台账：补记缺少的分录，冲销没有来源的分录，最后更新数据库统计信息")

    def handle(self, *args, **options):
        """Rebuild."""
        self.stdout.write(_("已补记和冲销 %(n)s 条分录") % {"n": rebuild()})
