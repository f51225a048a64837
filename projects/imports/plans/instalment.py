"""What a row of a list of instalments does: money that arrived, or another milestone that the row names."""

from collections import defaultdict
from decimal import Decimal

from django.utils.translation import gettext as _

from campaigns.numbers import plain
from projects.imports.plans.milestones import MilestonePlanner
from projects.models import Currency, Milestone
from projects.stages import ONCE, Kind

FUND_FIELDS = ("due_on", "promised_amount", "in_cash", "form", "nature", "note")


class InstalmentPlanner(MilestonePlanner):
    """Plans the rows of a list of instalments."""

    def __init__(self, batch, user, look, today):
        super().__init__(batch, user, look, today)
        self.happened = defaultdict(set)  # project id → kinds that rows above have recorded

    def title_of(self, values):
        """Name the project."""
        return values.get("project") or ""

    def keys_of(self, kind, names):
        """Every field has a column of its own."""
        return {name: name for name in names}

    def _keep(self, row):
        """Let later rows know what happened to the project, too."""
        super()._keep(row)
        if row.record is not None and row.record.on is not None:
            self.happened[row.record.project_id].add(row.record.kind)

    def work_out(self, row):
        """Plan a milestone that is new or has changed."""
        values = row.values
        kind = self._kind_of(row)
        if row.reasons:
            return
        held = self._numbered_fact(row) if values.get("number") else None
        project = held.project if held else self._project_of(row) if not row.reasons else None
        if project is None or row.reasons:
            return
        row.title = project.name
        if held is not None and held.kind != kind:
            self._refuse(row, "kind", _("这个编号的记录是“%s”，节点不能改") % held.get_kind_display())
        facts = self._fact_values(row, held)
        if row.reasons:
            return
        self._fact(row, project, kind, facts, held)
        if row.parts and not self.look.may_write(project):
            self._refuse(row, "project", _("该项目不是您单位招引的，不能改"))

    def _kind_of(self, row):
        """Return the kind of milestone that the row names; without one it is money that arrived."""
        named = row.values.get("kind")
        if not named:
            return Kind.FUNDING.value
        kind = next((kind.value for kind in Kind if kind.label == named), None)
        if kind is None:
            self._refuse(row, "kind", _("没有叫“%s”的节点") % named)
        return kind

    def _numbered_fact(self, row):
        """Return the milestone of the number that the row gives."""
        number = row.values["number"]
        fact = self.look.facts.get(number)
        if fact is None or fact.project_id not in self.look.seen:
            self._refuse(row, "number", _("没有这个编号的节点记录，或已撤回"))
            return None
        fact.project = self.look.projects[fact.project_id]
        if (row.values.get("project") or fact.project.name) != fact.project.name:
            self._refuse(row, "project", _("这个编号的节点记录属于项目“%s”") % fact.project)
        self._take(row, fact)
        return fact

    def _fact_values(self, row, held):
        """Return what the row says of the money, by field."""
        values, on = row.values, self._day(row, "on")
        if on is None and held is not None:
            on = held.on
        facts = {name: values[name] for name in FUND_FIELDS if values.get(name) not in (None, "")}
        facts["on"] = on
        if money := values.get("amount"):
            currency = values.get("currency") or money[1]
            if money[1] not in (Currency.CNY, currency):
                self._refuse(row, "amount", _("金额里写的币种与“币种”一列不同"))
            facts |= {"amount": money[0], "currency": currency}
        if values.get("rate"):
            facts["rate"] = values["rate"]
        if on is None and facts.get("due_on") is None and held is None:
            self._refuse(row, "on", _("没有填发生（到账）日期；还没有发生的请填承诺日期"))
        return facts

    def _fact(self, row, project, kind, facts, held):
        """Match a milestone with one of the same day and sum that no row took; else it is new."""
        on, due = facts["on"], facts.get("due_on")
        standing = self.look.of_kind(project, kind)
        alike = [
            fact for fact in standing
            if fact.pk not in self.used and fact.on == on
            and (fact.due_on == due if on is None else True)
            and (fact.amount, fact.currency) == (facts.get("amount"), facts.get("currency", Currency.CNY))
        ]  # fmt: skip
        if kind in ONCE:
            alike = [fact for fact in standing if fact.pk not in self.used]
        milestone = held or self._taken(row, alike, facts)
        if milestone is None:
            milestone = self.look.make(Milestone, project=project, kind=kind, recorded_by=self.user)
            others = [fact for fact in standing if fact.on == on and on and fact.amount is not None]
            if others:
                sums = "、".join(plain(fact.amount_cny or Decimal(0)) for fact in others[:3])
                told = {"kind": _("到资") if kind == Kind.FUNDING else Kind(kind).label, "sums": sums}
                self._note(row, "on", _("同一天已有%(kind)s %(sums)s 万元，这一笔按新的登记") % told)
        names = ("on", "amount", "currency", "rate", *FUND_FIELDS)
        done = self.look.kinds_done(project) | self.happened[project.pk]
        row.record = self._milestone(row, milestone, names, facts, done, "")
