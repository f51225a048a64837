"""Forms of the quota grid: its cells, the parts of one unit's targets, issuing a version."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns import quotas
from campaigns.forms import DayField, VersionForm
from campaigns.models import Indicator
from campaigns.numbers import exact, in_measure, percent_text, plain, read_number

NO_QUOTA = {"—", "–", "-", "/"}


@dataclass
class TargetCell:
    """One unit × indicator of the grid, as typed or as saved; amount is None where nothing is owed or it is bad."""

    name: str
    label: str
    text: str
    amount: Decimal | None = None
    error: str = ""
    saved: str = ""
    note: str = ""  # against the quota of an earlier campaign
    tone: str = ""
    hint: str = ""
    made: str = ""  # what of it was stated as growth over last year, as the grid sends it back


@dataclass(frozen=True)
class TargetSum:
    """What the units of an indicator owe together, and how that compares with the organiser's own quota."""

    total: str
    note: str
    tone: str


class TargetsForm(VersionForm):
    """Unit × indicator: quotas in each indicator's measure; an empty cell is no quota.

    The inputs are t-<line>-<unit> for 确保 and, where stretch is on, s-<line>-<unit> for 力争; a cell that is
    not sent stays as it is. A workbook is only read where it is asked for.
    """

    workbook = forms.FileField(label=_("Excel 或 CSV 文件"), required=False)

    def __init__(self, *args, campaign, held: Mapping, grown: Mapping, stretch=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.campaign, self.held, self.stretch = campaign, held, stretch
        self.grown = grown  # {(line id, unit id): (growth, base)} as saved
        self.lines = list(campaign.lines.select_related("indicator"))
        seats = list(campaign.roster.select_related("unit"))
        self.group_of = {seat.unit_id: seat.group for seat in seats}
        seated = (seat.unit for seat in seats)
        self.units = [campaign.organiser, *(unit for unit in seated if unit.pk != campaign.organiser_id)]
        self.cells = {
            (kind, line.pk, unit.pk): self.cell(kind, line, unit)
            for unit in self.units
            for line in self.lines
            for kind in self.kinds
        }
        if self.is_bound:
            self.check_pairs()

    @property
    def kinds(self):
        """t for the floor, s for the stretch target."""
        return ("t", "s") if self.stretch else ("t",)

    def cell(self, kind, line, unit):
        """Return a cell as typed, read as an amount in the line's measure; as saved where nothing was sent."""
        name = f"{kind}-{line.pk}-{unit.pk}"
        label = f"{unit} · {line}" + (f"（{_('力争')}）" if kind == "s" else "")
        saved = self.held.get((line.pk, unit.pk), (None, None))[kind == "s"]
        text = "" if saved is None else plain(in_measure(saved, line.measure))
        if not self.is_bound or name not in self.data:
            cell = TargetCell(name, label, text, saved, saved=text)
            return self.note_growth(cell, line, unit) if kind == "t" else cell
        cell = TargetCell(name, label, self.data[name].strip(), saved=text)
        if cell.text and cell.text not in NO_QUOTA:
            try:
                cell.amount = read_number(cell.text, measure=line.measure)
                if cell.amount < 0:
                    cell.error = str(_("目标不能为负"))
            except ValidationError as error:
                cell.error = "；".join(error.messages)
        return self.note_growth(cell, line, unit) if kind == "t" else cell

    def note_growth(self, cell, line, unit):
        """Say in a cell what its amount was made of: by the helper of this page or as saved, while it stands."""
        made = self.made_of(line.pk, unit.pk, cell.amount)
        if made:
            in_points = quotas.grows_by_points(line)
            cell.made = made_text(*made, cell.amount)
            cell.note = quotas.growth_text(made[1], made[0], line.measure, in_points=in_points)
            cell.tone = "flat"
        return cell

    def made_of(self, line_id, unit_id, amount):
        """Return (growth, base) of an amount that was stated so; None where it was typed, or changed since."""
        if amount is None:
            return None
        try:
            growth, base, then = (exact(part) for part in self.data.get(f"m-{line_id}-{unit_id}", "").split("|"))
        except (ValueError, ValidationError):
            then = None
        if then == amount:
            return growth, base
        held = self.grown.get((line_id, unit_id))
        return held if held and held[0] is not None and amount == self.held[line_id, unit_id][0] else None

    def check_pairs(self):
        """Mark a stretch target without a floor, or below it; a saved one counts where it is not shown."""
        for line in self.lines:
            for unit in self.units:
                floor = self.cells["t", line.pk, unit.pk]
                shown = self.cells.get(("s", line.pk, unit.pk))
                stretch = shown.amount if shown else self.stretch_of(line.pk, unit.pk, floor.amount)
                marked = shown or floor
                if stretch is None or floor.error or marked.error:
                    continue
                if floor.amount is None:
                    marked.error = str(_("请先填确保目标，再填力争目标"))
                elif stretch < floor.amount:
                    saved = plain(in_measure(stretch, line.measure))
                    marked.error = str(_("力争目标 %(n)s 低于确保目标，请先核对") % {"n": saved})

    def stretch_of(self, line_id, unit_id, floor):
        """Return the saved stretch target, which goes with its floor."""
        return None if floor is None else self.held.get((line_id, unit_id), (None, None))[1]

    def clean(self):
        """Collect what was sent: {(line id, unit id): (floor, stretch), or None for no quota}."""
        bad = [cell for cell in self.cells.values() if cell.error]
        if bad:
            raise ValidationError([f"{cell.label}：{cell.error}" for cell in bad[:20]])
        wanted, grown = {}, {}
        for line in self.lines:
            for unit in self.units:
                floor = self.cells["t", line.pk, unit.pk]
                if made := self.made_of(line.pk, unit.pk, floor.amount):
                    grown[line.pk, unit.pk] = made
                shown = self.cells.get(("s", line.pk, unit.pk))
                if floor.name not in self.data and (shown is None or shown.name not in self.data):
                    continue
                stretch = shown.amount if shown else self.stretch_of(line.pk, unit.pk, floor.amount)
                wanted[line.pk, unit.pk] = None if floor.amount is None else (floor.amount, stretch)
        self.cleaned_data |= {"targets": wanted, "made_of": grown}
        return self.cleaned_data

    @property
    def growths(self):
        """The cells that were stated as growth, for the inputs that say so when the grid is sent."""
        return [(f"m-{key[1]}-{key[2]}", cell.made) for key, cell in self.cells.items() if cell.made]

    def grid(self):
        """Return the rows to show: (unit, its cells by indicator, each a list of one or two), the organiser first."""
        return [
            (unit, [[self.cells[kind, line.pk, unit.pk] for kind in self.kinds] for line in self.lines])
            for unit in self.units
        ]

    def compare_with(self, past: Mapping[tuple[int, int], tuple[Decimal | None, Decimal | None]]) -> dict:
        """Note in each floor cell how it grew over (target, done) of an earlier campaign, by (indicator, unit) id.

        Returns {unit id: (indicators made harder, made easier)}.
        """
        told = {}
        for unit in self.units:
            grown = [
                self._compare(
                    line, self.cells["t", line.pk, unit.pk], *past.get((line.indicator_id, unit.pk), (None,) * 2)
                )
                for line in self.lines
            ]
            told[unit.pk] = (sum(share > 0 for share in grown), sum(share < 0 for share in grown))
        return told

    def _compare(self, line, cell, before, done):
        """Note in one cell how it grew; return the growth, 0 where there is none to tell."""
        if before is None and done is None:
            return Fraction(0)
        parts = [(_("上期目标 %s"), before), (_("完成 %s"), done)]
        cell.hint = "，".join(
            text % plain(in_measure(value, line.measure)) for text, value in parts if value is not None
        )
        growth = quotas.harder(cell.amount, before)
        if growth is None or cell.error:
            return Fraction(0)
        by = percent_text(abs(growth))
        cell.tone = "flat" if not growth else "up" if growth > 0 else "down"
        cell.note = {"up": _("加码 %s") % by, "down": _("减码 %s") % by, "flat": str(_("持平"))}[cell.tone]
        return growth

    def sums(self):
        """Return what the units owe together on each indicator, against the organiser's own quota (加压)."""
        return [self.sum_of(line) for line in self.lines]

    def sum_of(self, line):
        """Return one indicator's sum; levels are never added."""
        amounts = [self.cells["t", line.pk, unit.pk].amount for unit in self.units[1:]]
        amounts = [amount for amount in amounts if amount is not None]
        if not amounts or line.indicator.kind != Indicator.Kind.SUM:
            return TargetSum("—", "", "muted")
        total = sum(amounts, Decimal(0))
        own = self.cells["t", line.pk, self.units[0].pk].amount
        text = plain(in_measure(total, line.measure))
        if not own:
            return TargetSum(text, "", "muted")
        apart = plain(in_measure(abs(total - own), line.measure))
        ratio = percent_text(Fraction(total) / Fraction(own))
        if total > own:
            return TargetSum(text, _("加压 %(ratio)s（超 %(n)s）") % {"ratio": ratio, "n": apart}, "warn")
        if total < own:
            return TargetSum(text, _("%(ratio)s（差 %(n)s）") % {"ratio": ratio, "n": apart}, "bad")
        return TargetSum(text, _("与下达数持平"), "ok")


def made_text(growth, base, amount):
    """Return what a cell's amount was made of as the grid sends it back; it holds while the amount stands."""
    return "|".join(plain(part) for part in (growth, base, amount))


def read(text, line):
    """Read an amount that is no quota below 0, in the measure of a line."""
    amount = read_number(text, measure=line.measure)
    if amount < 0:
        raise ValidationError(_("目标不能为负"))
    return amount


# --- parts of one unit's targets ----------------------------------------------------------------


@dataclass
class PartRow:
    """One person or day with its part of each indicator, as typed or as saved."""

    name: str
    text: str
    cells: list[TargetCell]
    key: object = None
    error: str = ""
    saved: str = ""


class PartsForm(VersionForm):
    """Rows of one unit × its indicators: k-<row> names a row, p-<row>-<line> is its part in the line's measure."""

    key_label, key_type = "", "text"
    options = ()  # what a row may be called, offered while one types
    empty_rows = 4

    def __init__(self, *args, lines, owed, held: Mapping, **kwargs):
        super().__init__(*args, **kwargs)
        self.lines = [line for line in lines if line.pk in owed]
        self.owed, self.held = owed, held
        keys = list(dict.fromkeys(key for _line, key in held))
        count = len(keys) + self.empty_rows
        while self.is_bound and f"k-{count}" in self.data and count < 500:
            count += 1
        self.rows = [self.row(place, keys[place] if place < len(keys) else None) for place in range(count)]
        if self.is_bound:
            self.check_rows()

    def row(self, place, key):
        """Return a row as typed, or as saved where nothing was sent."""
        saved = "" if key is None else str(key)
        name = f"k-{place}"
        row = PartRow(name, self.data.get(name, "").strip() if self.is_bound else saved, [], saved=saved)
        for line in self.lines:
            name = f"p-{place}-{line.pk}"
            amount = self.held.get((line.pk, key))
            text = "" if amount is None else plain(in_measure(amount, line.measure))
            cell = TargetCell(name, f"{row.text} · {line}", text, saved=text)
            if self.is_bound:
                cell.text = self.data.get(name, "").strip()
            if cell.text and cell.text not in NO_QUOTA:
                try:
                    cell.amount = read(cell.text, line)
                except ValidationError as error:
                    cell.error = "；".join(error.messages)
            row.cells.append(cell)
        return row

    def check_rows(self):
        """Mark rows without a name, and names that stand twice."""
        seen = set()
        for row in self.rows:
            if not row.text:
                if any(cell.text for cell in row.cells):
                    row.error = str(_("请填%s") % self.key_label)
                continue
            try:
                row.key = self.clean_key(row.text)
            except ValidationError as error:
                row.error = "；".join(error.messages)
                continue
            if row.key in seen:
                row.error = str(_("%s重复") % self.key_label)
            seen.add(row.key)

    def clean_key(self, text):
        """Read what a row is called by."""
        raise NotImplementedError(f"{type(self).__name__} has no clean_key()")

    def clean(self):
        """Collect the parts: {(line id, person or day): amount}."""
        bad = [f"{row.text} {row.error}".strip() for row in self.rows if row.error]
        bad += [f"{cell.label}：{cell.error}" for row in self.rows for cell in row.cells if cell.error]
        if bad:
            raise ValidationError(bad[:20])
        self.cleaned_data["parts"] = {
            (line.pk, row.key): cell.amount
            for row in self.rows
            for line, cell in zip(self.lines, row.cells, strict=True)
            if cell.amount is not None
        }
        return self.cleaned_data

    def sums(self):
        """Return the unit's target on each indicator, and what the rows say to it."""
        return [
            (
                plain(in_measure(self.owed[line.pk], line.measure)),
                *self.told(line, [row.cells[i].amount for row in self.rows]),
            )
            for i, line in enumerate(self.lines)
        ]

    def told(self, line, amounts):
        """Return (text, tone) of the rows against the unit's target."""
        return "", ""


class PersonsForm(PartsForm):
    """What the persons of a unit take on; it need not add up, the difference is shown."""

    key_label = _("责任人")

    def clean_key(self, text):
        """Take a name."""
        return forms.CharField(max_length=50).clean(text)

    def told(self, line, amounts):
        """Add up, where the indicator can be."""
        amounts = [amount for amount in amounts if amount is not None]
        if not amounts or line.indicator.kind != Indicator.Kind.SUM:
            return "—", "muted"
        total = sum(amounts, Decimal(0))
        apart = total - self.owed[line.pk]
        text = plain(in_measure(total, line.measure))
        if not apart:
            return _("%s，与任务一致") % text, "ok"
        words = _("%(sum)s，超任务 %(n)s") if apart > 0 else _("%(sum)s，还有 %(n)s 没有分到人")
        return words % {"sum": text, "n": plain(in_measure(abs(apart), line.measure))}, "warn"


class TargetStagesForm(PartsForm):
    """How much of a unit's targets is due by which days."""

    key_label, key_type = _("截止日期"), "date"

    def clean_key(self, text):
        """Take a day."""
        return DayField().clean(text)


# --- issuing ------------------------------------------------------------------------------------


class IssueForm(VersionForm):
    """The document that issues a version, and the day it holds from."""

    document = forms.CharField(label=_("文号"), max_length=100, required=False, help_text=_("如 区招组〔2026〕7号"))
    holds_from = DayField(label=_("生效日期"), help_text=_("从这一天起的名次按本版目标和权重计算，之前的不变。"))
    note = forms.CharField(label=_("说明"), max_length=200, required=False)

    def __init__(self, *args, campaign, **kwargs):
        super().__init__(*args, **kwargs)
        self.campaign = campaign


class DiscardForm(VersionForm):
    """Only a question."""

    def __init__(self, *args, campaign, **kwargs):
        super().__init__(*args, **kwargs)
        self.campaign = campaign
