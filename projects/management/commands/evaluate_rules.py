"""manage.py evaluate_rules: the rule books of the campaigns judged as of a day; nightly, or by hand."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils.translation import gettext as _

from campaigns.actions import evaluate_rules, raise_orders
from campaigns.escalation import ladders
from campaigns.findings import try_rules
from campaigns.management.dates import read_day
from campaigns.models import Campaign, Order
from projects.actions import propose_rewards
from projects.rewards import try_rewards
from units.models import User


class Command(BaseCommand):
    """Find, refresh and clear, propose rewards; with --dry-run only say what would be found and earned."""

    help = _("按奖惩规则评定各战役截至某日的触发情况和奖励；同一天重复运行不会重复认定或提出")

    def add_arguments(self, parser):
        """Declare what the command takes."""
        parser.add_argument("--as-of", required=True, metavar="D", help=_("截至日期，如 2026-09-30"))
        parser.add_argument("--campaign", metavar="NAME", help=_("只评定这一个战役"))
        parser.add_argument("--dry-run", action="store_true", help=_("只试算并列出，不保存"))

    def handle(self, *args, **options):
        """Judge each campaign that has begun and has rules; then raise the orders that are overdue."""
        as_of, name = read_day(options["as_of"]), options["campaign"]
        campaigns = Campaign.objects.select_related("organiser").order_by("starts_on", "pk")
        if name is not None:
            campaigns = campaigns.filter(name=name)
            if not campaigns:
                raise CommandError(_("没有名为“%s”的战役") % name, returncode=2)
        written = Q(rules__isnull=False) | Q(reward_rules__isnull=False)
        for campaign in campaigns.filter(written, starts_on__lte=as_of).distinct():
            (self.say if options["dry_run"] else self.keep)(campaign, as_of)
        if not options["dry_run"]:
            self.escalate(as_of)

    def keep(self, campaign, as_of):
        """Judge a campaign and say in numbers what came of it."""
        by = User.objects.system()
        try:
            if campaign.rules.exists():
                self.tell_judged(campaign, evaluate_rules(campaign=campaign, as_of=as_of, by=by))
            if campaign.reward_rules.exists():
                self.tell_proposed(campaign, propose_rewards(campaign=campaign, as_of=as_of, by=by))
        except ValidationError as error:
            raise CommandError(f"{campaign}：{'；'.join(error.messages)}") from error

    def tell_judged(self, campaign, judged):
        """Say how many findings there are."""
        told = {
            "campaign": campaign, "found": judged.found, "standing": judged.standing, "cleared": judged.cleared,
            "exempted": judged.exempted,
        }  # fmt: skip
        text = _(
            "%(campaign)s：新认定 %(found)d 项，继续 %(standing)d 项，解除 %(cleared)d 项；其中豁免 %(exempted)d 项"
        )
        self.stdout.write(text % told)

    def tell_proposed(self, campaign, proposed):
        """Say how many rewards there are."""
        told = {
            "campaign": campaign, "n": proposed.proposed, "standing": proposed.standing, "lapsed": proposed.lapsed,
            "payless": proposed.payless,
        }  # fmt: skip
        text = _(
            "%(campaign)s：新提出奖励 %(n)d 项，已在册 %(standing)d 项，"
            "不再成立 %(lapsed)d 项，缺奖励对象 %(payless)d 项"
        )
        self.stdout.write(text % told)

    def escalate(self, as_of):
        """Raise what is overdue, and say where the chain of leaders has gaps."""
        raised = raise_orders(as_of=as_of, by=User.objects.system())
        self.stdout.write(_("升级逾期督办单 %(n)d 件") % {"n": len(raised)})
        late = list(Order.objects.overdue(as_of).with_parts().order_by("pk"))
        for order, ladder in zip(late, ladders(late), strict=True):
            if ladder.trouble:
                self.stdout.write(f"{order.campaign} {order.label}（{order.unit}）：{ladder.trouble}")

    def say(self, campaign, as_of):
        """Print what an evaluation would find, clear and propose, a line each."""
        trial = try_rules(campaign, as_of)
        for verdict in trial.verdicts:
            mark = _("豁免") if verdict.exemption else _("继续") if verdict.finding else _("新增")
            hit = verdict.hit
            self.stdout.write(f"{mark} {hit.unit} {verdict.rule} {hit.name}：{hit.arithmetic}")
        for finding in trial.gone:
            self.stdout.write(f"{_('解除')} {finding}")
        told = {"campaign": campaign, "n": len(trial.verdicts), "gone": len(trial.gone)}
        self.stdout.write(_("%(campaign)s：试算触发 %(n)d 项，解除 %(gone)d 项，没有保存") % told)
        if campaign.reward_rules.exists():
            earned = try_rewards(campaign, as_of).earned
            for row in earned:
                mark = _("在册") if row.reward else _("新增")
                self.stdout.write(f"{mark} {row.project} {row.rule} {row.payee}：{row.arithmetic}")
            self.stdout.write(
                _("%(campaign)s：试算奖励 %(n)d 项，没有保存") % {"campaign": campaign, "n": len(earned)}
            )
