"""manage.py load_table: a published bulletin table brought in as a campaign."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from campaigns.management.dates import read_day
from campaigns.models import Basis, Campaign
from campaigns.tables_in.loading import load_file
from campaigns.tables_in.reading import TableError

BASES = {"both": tuple(Basis.values), "reported": (Basis.REPORTED,), "recognised": (Basis.RECOGNISED,)}


class Command(BaseCommand):
    """Load a CSV or XLSX table of units × indicators as of a day."""

    help = _("把已公布的通报表（CSV 或 XLSX）作为战役导入；有一行不对就什么也不写")

    def add_arguments(self, parser):
        """Declare what the command takes."""
        parser.add_argument("file", metavar="FILE", help=_("CSV 或 XLSX 文件"))
        parser.add_argument("--campaign", required=True, metavar="NAME", help=_("战役名称，没有则新建"))
        parser.add_argument("--start", required=True, metavar="D", help=_("开始日期，如 2026-07-01"))
        parser.add_argument("--end", required=True, metavar="D", help=_("结束日期"))
        parser.add_argument("--as-of", required=True, metavar="D", help=_("表中数字的截至日期"))
        parser.add_argument(
            "--clock", choices=Campaign.Clock.values, help=_("时序：按日、按工作日、按月、按阶段表，新建时默认按日")
        )
        parser.add_argument("--organiser", metavar="NAME", help=_("组织单位，默认取合计行的单位名"))
        parser.add_argument("--basis", choices=tuple(BASES), default="both", help=_("表中数字算上报、认定或两者"))

    def handle(self, **options):
        """Load the file and say what was done."""
        try:
            outcome = load_file(
                options["file"],
                name=options["campaign"],
                starts_on=read_day(options["start"]),
                ends_on=read_day(options["end"]),
                as_of=read_day(options["as_of"]),
                clock=options["clock"],
                organiser=options["organiser"],
                bases=BASES[options["basis"]],
            )
        except TableError as error:
            head = _("没有导入任何内容，%d 处问题：") % len(error.problems)
            raise CommandError("\n".join((head, *error.problems)), returncode=2) from None
        for warning in outcome.warnings:
            self.stdout.write(_("注意：%s") % warning)
        for check in outcome.checks:
            self.stdout.write(_("核对：%s") % check)
        if outcome.is_unchanged:
            self.stdout.write(_("没有变化（%d 个数均与已有的相同）") % outcome.values)
            return
        for made in outcome.made:
            self.stdout.write(_("新建或变更：%s") % made)
        same = outcome.values - outcome.targets - outcome.readings
        self.stdout.write(
            _("目标 %(targets)d 项，读数 %(readings)d 项，未变 %(same)d 项")
            % {"targets": outcome.targets, "readings": outcome.readings, "same": same}
        )
