"""manage.py check_ledger: sources and ledger compared in both directions."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from projects.reconciling import differences


class Command(BaseCommand):
    """Print every difference between sources and ledger; exit 1 if there is one."""

    help = _("核对台账与来源（双向，含份额）；有差异则以非零状态退出")

    def handle(self, *args, **options):
        """Walk the table of sources."""
        count = 0
        for difference in differences():
            count += 1
            self.stdout.write(f"{difference.kind} {difference.source_id}：{difference.text}")
        if count:
            raise CommandError(_("共 %(n)s 处差异") % {"n": count})
        self.stdout.write(_("台账与来源一致，0 处差异"))
