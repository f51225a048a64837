"""manage.py standings: a campaign's figures, places and scores as of a day, for people and scripts."""

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from campaigns import standings_json
from campaigns.management.dates import read_day
from campaigns.models import Basis, Campaign
from campaigns.standings import standings


class Command(BaseCommand):
    """Print the standings of a campaign."""

    help = _("打印战役截至某日的完成情况、名次和综合得分")

    def add_arguments(self, parser):
        """Declare what the command takes."""
        parser.add_argument("name", metavar="NAME", help=_("战役名称"))
        parser.add_argument("--as-of", required=True, metavar="D", help=_("截至日期，如 2026-09-30"))
        parser.add_argument("--previous", metavar="D", help=_("比较名次的日期，默认 7 天前或上月末"))
        parser.add_argument("--basis", choices=Basis.values, help=_("计数依据，默认按各指标自己的设置"))
        parser.add_argument("--indicator", metavar="NAME", help=_("只看这一项指标"))
        parser.add_argument("--format", choices=tuple(standings_json.FORMATS), default="table", help=_("输出格式"))

    def handle(self, **options):
        """Find the campaign, add up and print."""
        name, as_of, previous = options["name"], read_day(options["as_of"]), read_day(options["previous"])
        campaign = Campaign.objects.select_related("organiser").filter(name=name).first()
        if campaign is None:
            raise CommandError(_("没有名为“%s”的战役") % name, returncode=2)
        if as_of < campaign.starts_on:
            raise CommandError(
                _("截至日期 %(day)s 早于战役开始日期 %(start)s") % {"day": as_of, "start": campaign.starts_on},
                returncode=2,
            )
        if previous is not None and previous > as_of:
            raise CommandError(
                _("比较日期 %(day)s 晚于截至日期 %(as_of)s") % {"day": previous, "as_of": as_of}, returncode=2
            )
        table = standings(campaign, as_of, basis=options["basis"], previous=previous)
        indicator = options["indicator"]
        if indicator is not None and indicator not in {column.name for column in table.columns}:
            raise CommandError(
                _("战役“%(name)s”没有名为“%(indicator)s”的指标") % {"name": name, "indicator": indicator},
                returncode=2,
            )
        value = standings_json.value_of(table, indicator=indicator)
        self.stdout.write(standings_json.FORMATS[options["format"]](value))
