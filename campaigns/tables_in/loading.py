"""From a checked table to a campaign: everything is written in one transaction, or nothing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaigns import actions
from campaigns.models import Campaign, Indicator, Period, Target
from campaigns.numbers import amount_text
from campaigns.standings import standings
from campaigns.tables_in.checking import Problems, Table, check
from campaigns.tables_in.reading import TableError, read_file, read_table
from units.actions import create_unit
from units.models import Unit, User

KINDS = (  # endings of names → kind of unit
    (("街道", "街道办", "街道办事处"), Unit.Kind.SUBDISTRICT),
    (("镇", "乡", "镇政府", "乡政府"), Unit.Kind.TOWNSHIP),
    (("园区", "产业园", "工业园", "开发区", "高新区"), Unit.Kind.PARK),
    (("委员会", "管委会"), Unit.Kind.COMMITTEE),
    (("专班", "工作组"), Unit.Kind.TEAM),
)


@dataclass
class Outcome:
    """What a load did: what was made, how much was written, and what a person should look at."""

    made: list[str] = field(default_factory=list)
    targets: int = 0
    readings: int = 0
    values: int = 0  # figures in the table
    checks: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    campaign: Campaign | None = None
    table: Table | None = None

    @property
    def is_unchanged(self):
        """Whether everything stood there before."""
        return not (self.made or self.targets or self.readings)


def load_file(path, *, organiser: str | None = None, **what) -> Outcome:
    """Load a published table of a day from a file, as the system user; see load_table()."""
    return load_table(read_file(path), organiser=(organiser or "").strip(), by=User.objects.system(), **what)


def load_table(
    data: bytes,
    *,
    name: str,
    starts_on: date,
    ends_on: date,
    as_of: date,
    clock: str | None = None,
    organiser: str | Unit = "",
    bases: Sequence[str],
    by: User,
    makes_units: bool = True,
    only_try: bool = False,
    today: date | None = None,
) -> Outcome:
    """Load a published table of a day; raises TableError with every reason, and then nothing is written.

    Without makes_units a unit that is not there is one of the reasons. only_try writes nothing at all. Where today is
    told, figures of a day to come are refused.
    """
    if not starts_on <= ends_on:
        raise TableError(_("结束日期 %(end)s 早于开始日期 %(start)s") % {"start": starts_on, "end": ends_on})
    if not starts_on <= as_of <= ends_on:
        raise TableError(
            _("截至日期 %(day)s 不在战役期间 %(start)s 至 %(end)s 之内")
            % {"day": as_of, "start": starts_on, "end": ends_on}
        )
    if today is not None and as_of > today:
        raise TableError(_("截至日期 %(day)s 还没有到，不能有完成数") % {"day": as_of})
    problems = Problems()
    table = check(read_table(data), problems)
    try:
        with transaction.atomic():
            load = _Load(table, problems, as_of, list(bases), by)
            load.find_campaign(name.strip(), starts_on, ends_on, clock, organiser)
            load.find_units(makes_units)
            load.find_indicators()
            if problems:
                raise TableError(*problems.sentences(), told=problems.told())
            load.write()
            load.compare()
            if only_try:
                transaction.set_rollback(True)
    except ValidationError as error:
        raise TableError(*error.messages) from None
    load.outcome.campaign, load.outcome.table = load.campaign, table
    return load.outcome


class _Load:
    """One load, step by step, inside its transaction."""

    def __init__(self, table: Table, problems: Problems, as_of, bases, by):
        self.table, self.problems, self.as_of, self.bases, self.by = table, problems, as_of, bases, by
        self.outcome = Outcome()

    # --- what the names mean

    def find_campaign(self, name, starts_on, ends_on, clock, organiser):
        """Find or start the campaign; another start, end, clock or organiser than it has is an error."""
        self.campaign = (
            Campaign.objects.select_for_update(of=("self",)).select_related("organiser").filter(name=name).first()
        )
        if self.campaign is None:
            self.campaign = actions.create_campaign(
                name=name,
                organiser=self._organiser(organiser or self.table.organiser or name),
                starts_on=starts_on,
                ends_on=ends_on,
                clock=clock or Campaign.Clock.DAY,
                by=self.by,
            )
            self.outcome.made.append(_("战役“%s”") % name)
            return
        held = self.campaign
        pairs = [
            (_("开始日期"), held.starts_on, starts_on),
            (_("结束日期"), held.ends_on, ends_on),
            (_("时序"), held.get_clock_display(), Campaign.Clock(clock).label if clock else None),
            (_("组织单位"), held.organiser.name, str(organiser) or None),
        ]
        differing = [
            _("战役“%(name)s”的%(what)s是 %(held)s，与本次给出的 %(given)s 不同")
            % {"name": name, "what": what, "held": old, "given": new}
            for what, old, new in pairs
            if new is not None and new != old
        ]
        if differing:
            raise TableError(*differing)

    def _organiser(self, name):
        if isinstance(name, Unit):
            return name
        found = list(Unit.objects.filter(name=name).order_by("path"))
        tops = [unit for unit in found if unit.parent_id is None]
        if len(found) > 1 and len(tops) != 1:
            raise TableError(_("有 %(n)d 个单位叫“%(name)s”，无法确定组织单位") % {"n": len(found), "name": name})
        if found:
            return tops[0] if tops else found[0]
        self.outcome.made.append(_("组织单位“%s”") % name)
        return create_unit(name=name, kind=Unit.Kind.DISTRICT, by=self.by)

    def find_units(self, makes_units):
        """Find units by name within the organiser; who makes units makes those missing, when all else is right."""
        organiser = self.campaign.organiser
        self.seats = list(self.campaign.roster.select_related("unit"))
        on_roster = {seat.unit_id for seat in self.seats}
        candidates = defaultdict(list)
        for unit in Unit.objects.filter(path__startswith=organiser.path, name__in=self.table.groups):
            candidates[unit.name].append(unit)
        first_rows = {}
        for figure in self.table.figures:
            first_rows.setdefault(figure.unit, figure.row)
        owed = {figure.key for figure in self.table.totals}
        self.units = {}
        for name in self.table.groups:
            found = candidates[name]
            for narrower in (
                [unit for unit in found if unit.pk in on_roster],
                [unit for unit in found if unit.parent_id == organiser.pk],
            ):
                if len(found) > 1 and len(narrower) == 1:
                    found = narrower
            if len(found) > 1:
                self.problems.add(first_rows[name], _("“%s”下有多个同名单位，无法确定是哪一个") % organiser)
            if not found and not makes_units:
                self.problems.add(first_rows[name], _("还没有单位“%s”，请系统管理员先在“单位”中建好") % name)
            self.units[name] = found[0] if found else None
        for figure in self.table.figures:
            unit = self.units[figure.unit]
            if unit is not None and unit.pk == organiser.pk and figure.key in owed:
                self.problems.add(figure.row, _("“%s”是组织单位，其数已由合计行给出") % figure.unit)

    def find_indicators(self):
        """Find indicators by name and dimension; one that facts feed takes no figure."""
        measures = self.table.measures
        self.indicators = {
            (row.name, row.dimension): row
            for row in Indicator.objects.filter(name__in={name for name, _dimension in measures})
        }
        known = {*measures, *self.indicators}
        for name, dimension in measures:
            others = sorted(other for same, other in known if same == name and other != dimension)
            if others:
                self.outcome.warnings.append(
                    _("“%(name)s”有不同的计量（%(all)s），各成一项指标")
                    % {"name": name, "all": "、".join([_plain_word(dimension), *map(_plain_word, others)])}
                )
        for figure in (*self.table.figures, *self.table.totals, *self.table.subtotals):
            indicator = self.indicators.get(figure.key)
            if indicator is None or figure.done is None:
                continue
            if indicator.kind == Indicator.Kind.RATIO:
                reason = _("“%s”是比率，由分子分母算出，只能带目标，完成数请留空")
            elif indicator.fed_by == Indicator.Feed.FACTS:
                reason = _("“%s”由台账事实计数，只能带目标，完成数请留空")
            else:
                continue
            self.problems.add(figure.row, reason % figure.indicator)

    # --- writing

    def write(self):
        """Write what is missing or differs, through the actions."""
        self._write_units()
        self._write_roster()
        self._write_lines()
        self._write_targets()
        self._write_readings()

    def _write_units(self):
        missing = [name for name, unit in self.units.items() if unit is None]
        for name in missing:
            self.units[name] = create_unit(name=name, kind=_kind(name), parent=self.campaign.organiser, by=self.by)
        if missing:
            self.outcome.made.append(_("单位 %d 个") % len(missing))

    def _write_roster(self):
        groups = {self.units[name].pk: group for name, group in self.table.groups.items()}
        seats, moved = [], []
        for seat in self.seats:
            group = groups.pop(seat.unit_id, "") or seat.group
            if group != seat.group:
                moved.append(
                    _("“%(unit)s”的组别由“%(old)s”改为“%(new)s”")
                    % {"unit": seat.unit, "old": seat.group, "new": group}
                )
            seats.append({"unit": seat.unit, "group": group, "leader": seat.leader})
        by_id = {unit.pk: unit for unit in self.units.values()}
        seats += [{"unit": by_id[unit_id], "group": group} for unit_id, group in groups.items()]
        if groups or moved:
            actions.set_roster(campaign=self.campaign, seats=seats, by=self.by)
        if groups:
            self.outcome.made.append(_("参战单位 %d 个") % len(groups))
        self.outcome.made += moved

    def _write_lines(self):
        measures = self.table.measures
        missing = [key for key in measures if key not in self.indicators]
        for name, dimension in missing:
            level = measures[name, dimension].level
            self.indicators[name, dimension] = actions.create_indicator(
                name=name,
                dimension=dimension,
                kind=Indicator.Kind.LEVEL if level else Indicator.Kind.SUM,
                fed_by=Indicator.Feed.TALLY,
                by=self.by,
            )
        if missing:
            self.outcome.made.append(_("指标 %d 项") % len(missing))
        held = list(self.campaign.lines.select_related("indicator"))
        listed = {line.indicator_id for line in held}
        added = [
            {"indicator": self.indicators[key], "measure": measure.word, "weight": Decimal(1)}
            for key, measure in measures.items()
            if self.indicators[key].pk not in listed
        ]
        if added:
            lines = [{"indicator": line.indicator} for line in held] + added
            actions.set_lines(campaign=self.campaign, lines=lines, by=self.by)
            self.outcome.made.append(_("考核指标 %d 项") % len(added))
        self.lines = {line.indicator_id: line.pk for line in self.campaign.lines.all()}

    def _write_targets(self):
        held = {(row.line_id, row.unit_id): row.stretch for row in Target.objects.working(self.campaign)}
        targets = {}
        for unit_id, figure in self._owners():
            if figure.target is not None:
                place = (self.lines[self.indicators[figure.key].pk], unit_id)
                targets[place] = (figure.target, held.get(place))
        self.outcome.values += len(targets)
        if targets:
            last = self.campaign.target_versions.first()
            self.outcome.targets = actions.set_targets(campaign=self.campaign, targets=targets, by=self.by)
            if last and last.number > 1 and last.is_draft and self.outcome.targets:
                raise TableError(_("目标任务有未下达的修改，请先下达或放弃，再导入目标"))
            if last and not last.is_draft and self.outcome.targets:  # what a table publishes was issued
                actions.issue_targets(
                    campaign=self.campaign,
                    holds_from=max(self.as_of, last.holds_from),
                    today=self.as_of,
                    note=_("按公布的表写入"),
                    by=self.by,
                )

    def _write_readings(self):
        readings = {}
        for unit_id, figure in self._owners():
            indicator = self.indicators[figure.key]
            is_own = unit_id != self.campaign.organiser_id or figure not in self.table.totals
            if figure.done is not None and (is_own or indicator.kind == Indicator.Kind.LEVEL):
                readings[indicator.pk, unit_id] = dict.fromkeys(self.bases, figure.done)
        self.outcome.values += len(readings)
        if not readings:
            return
        self.outcome.readings = actions.write_readings(
            campaign=self.campaign, on=self.as_of, readings=readings, by=self.by
        )
        month = self.as_of.replace(day=1)
        if self.outcome.readings and Period.objects.filter(month=month, closed=True).exists():
            self.outcome.warnings.append(
                _("%s 已封账：变动记入其后第一个开放日，该月各日的数不变") % self.as_of.strftime("%Y年%m月")
            )

    def _owners(self):
        """Yield (unit id, row) for the rows that are written: units, and the organiser for the totals."""
        for figure in self.table.figures:
            yield self.units[figure.unit].pk, figure
        for figure in self.table.totals:
            yield self.campaign.organiser_id, figure

    # --- what does not add up

    def compare(self):
        """Compare the organiser's figures and the subtotals with the sums of the units as they now stand."""
        if not self.table.totals:
            return
        told = standings(self.campaign, self.as_of, basis=self.bases[0])
        for figure in self.table.totals:
            indicator = self.indicators[figure.key]
            if figure.done is not None and indicator.kind != Indicator.Kind.LEVEL:
                self._compare(figure, _("合计"), _("完成"), figure.done, told.totals[self.lines[indicator.pk]].done)
        groups = {score.group for score in told.scores.values()}
        for figure in self.table.subtotals:
            indicator = self.indicators[figure.key]
            if indicator.kind == Indicator.Kind.LEVEL:
                continue
            group = figure.group or figure.unit.removesuffix("小计").removesuffix("合计").strip()
            if group not in groups:
                self.outcome.checks.append(
                    _("第 %(row)d 行 小计“%(group)s”不是组别，未核对") % {"row": figure.row, "group": group}
                )
                continue
            rows = [row for row in told.of_column(self.lines[indicator.pk]) if row.group == group]
            for what, value, summed in (
                (_("目标"), figure.target, _sum(row.target for row in rows)),
                (_("完成"), figure.done, _sum(row.done for row in rows)),
            ):
                if value is not None:
                    self._compare(figure, _("小计（%s）") % group, what, value, summed)

    def _compare(self, figure, which, what, told, summed):
        if told == summed:
            return
        word = figure.measure.word
        self.outcome.checks.append(
            _("第 %(row)d 行 %(which)s“%(indicator)s”%(what)s：表上 %(told)s，各单位之和 %(sum)s，相差 %(gap)s")
            % {
                "row": figure.row,
                "which": which,
                "indicator": figure.indicator,
                "what": what,
                "told": amount_text(told, word),
                "sum": "—" if summed is None else amount_text(summed, word),
                "gap": amount_text(told - (summed or Decimal(0)), word),
            }
        )


def _sum(values):
    """Add up what is there; None where nothing is."""
    there = [value for value in values if value is not None]
    return sum(there, Decimal(0)) if there else None


def _kind(name):
    for endings, kind in KINDS:
        if name.endswith(endings):
            return kind
    return Unit.Kind.DEPARTMENT


def _plain_word(dimension):
    return _("金额") if dimension == "money" else dimension
