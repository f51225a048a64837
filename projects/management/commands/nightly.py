"""manage.py nightly: everything that is done once a night, started by a timer (docs/deployment.md)."""

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _


class Command(BaseCommand):
    """Check the ledger, judge rules, draft and send what is due, clear old files; a failure stops nothing else."""

    help = _(
        "每夜要做的事：核对台账，评定奖惩规则，升级逾期督办单，起草到期的期次，补送推送，清理过期文件；"
        "任一项未完成则以非零状态退出"
    )

    def handle(self, *args, **options):
        """Do one thing after the other; exit 1 if any failed."""
        failed, today = [], {"as_of": timezone.localdate()}
        for name, asked in (
            ("check_ledger", {}),
            ("evaluate_rules", today),
            ("draft_due_reports", today),
            ("send_deliveries", {}),
            ("clean_renderings", {}),
        ):
            try:
                call_command(name, stdout=self.stdout, stderr=self.stderr, **asked)
            except CommandError as error:
                self.stderr.write(f"{name}：{error}")
                failed.append(name)
        if failed:
            raise CommandError(_("未完成：%s") % "、".join(failed))
