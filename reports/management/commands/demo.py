"""manage.py demo: the demo district, loaded once."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.management.dates import read_day
from reports.demo import loading, sign_ins


class Command(BaseCommand):
    """Load what is missing of the demo; refuses outside DEBUG, because its password is printed."""

    requires_system_checks = ()  # `make run` asks at every start; the server checks for itself
    help = _("载入演示数据：一个虚构的区、三个战役和上年的一期，以及样本报告所说的各地；再次运行不会重复")

    def add_arguments(self, parser):
        """Add the switches of `make run`, the way to the district alone, the day a trial takes for today."""
        parser.add_argument("--if-empty", action="store_true", help=_("已载入，或库中已有自己的数据时，立即返回"))
        parser.add_argument("--accounts", action="store_true", help=_("只列出演示账号"))
        parser.add_argument("--district", action="store_true", help=_("只载入该区，不载入样本报告所说的其他各地"))
        parser.add_argument("--today", metavar="D", help=_("首次载入时当作今天的日期（缺省为今天）"))

    def handle(self, *args, **options):
        """Print the sign-ins, or load."""
        if not settings.DEBUG:
            raise CommandError(
                _("演示数据只能在 DEBUG=true 时使用：演示账号的密码是公开的，不能用于正式环境。请改用自己的数据。")
            )
        if options["accounts"]:
            self.stdout.write(sign_ins.as_text())
            return
        places = () if options["district"] else loading.PLACES
        if options["if_empty"] and (loading.is_complete(places) or loading.is_foreign()):
            return
        try:
            before = len(loading.loaded())
            for part in loading.load(read_day(options["today"]) or timezone.localdate(), places):
                if options["verbosity"]:
                    self.stdout.write(_("已载入：%(part)s") % {"part": part})
        except ValidationError as error:
            raise CommandError(_("演示数据未能载入：%(why)s") % {"why": "；".join(error.messages)}) from error
        if before >= len(loading.parts(places)):
            self.stdout.write(_("演示数据已在库中，没有重复载入"))
