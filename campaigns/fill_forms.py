"""The helper that fills the quota grid: the same for each, a total split, or last year's results grown."""

from collections.abc import Mapping
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns import quotas
from campaigns.models import Indicator
from campaigns.numbers import ExactFormField, in_measure, measure_of, plain, read_number
from campaigns.target_forms import TargetsForm, made_text, read
from units.forms import RecordForm
from units.models import Unit

PERCENT = Decimal(100)


class FillForm(RecordForm):
    """A helper of the grid: gives each unit of a class the same, or splits a total among them.

    The inputs each-<line> hold what every unit gets. Nothing is saved: the proposals stand in the grid as if typed.
    """

    HOW = (
        ("each", _("每个单位各下达")),
        ("even", _("总数平均分解")),
        ("weight", _("总数按权重分解")),
        ("result", _("总数按上期完成分解")),
        ("growth", _("按去年实绩增长")),
    )
    prefix = "fill"
    how = forms.ChoiceField(label=_("办法"), choices=HOW)
    among = forms.ChoiceField(label=_("范围"), required=False)
    line = forms.ChoiceField(label=_("指标"), required=False)
    total = forms.CharField(label=_("总数"), max_length=40, required=False, help_text=_("留空为组织单位的目标"))
    press = ExactFormField(label=_("加压（%）"), min_value=Decimal(1), required=False, initial=PERCENT)
    step = ExactFormField(label=_("取整到"), min_value=Decimal("0.000001"), required=False, initial=Decimal(1))
    growth = ExactFormField(
        label=_("比去年增长（%）"),
        required=False,
        help_text=_("去年同期的台账实绩 ×（1 + 增幅）；以 % 计的水平值按百分点增减。"),
    )
    weights = forms.CharField(
        label=_("权重"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("每行一个：单位、组别或类别，空格，权重；如“乡镇 2”。没有写到的不分。"),
    )

    def __init__(self, *args, grid: TargetsForm, **kwargs):
        super().__init__(*args, **kwargs)
        self.grid = grid
        groups = dict.fromkeys(grid.group_of[unit.pk] for unit in grid.units[1:] if grid.group_of[unit.pk])
        kinds = dict.fromkeys(unit.kind for unit in grid.units[1:])
        self.fields["among"].choices = [
            ("", _("全部参战单位")),
            *((f"g:{group}", _("组别：%s") % group) for group in groups),
            *((f"k:{kind}", _("类别：%s") % Unit.Kind(kind).label) for kind in kinds),
        ]
        self.fields["line"].choices = [(str(line.pk), f"{line}（{line.measure}）") for line in grid.lines]
        self.each = [(line, f"fill-each-{line.pk}", self.data.get(f"fill-each-{line.pk}", "")) for line in grid.lines]

    @property
    def units(self):
        """The units of the class chosen."""
        wanted = self.cleaned_data["among"]
        return [
            unit
            for unit in self.grid.units[1:]
            if not wanted or wanted in (f"g:{self.grid.group_of[unit.pk]}", f"k:{unit.kind}")
        ]

    def clean(self):
        """Read what the chosen way needs."""
        data = self.cleaned_data
        if self.errors:
            return data
        if data["how"] == "each":
            data["given"] = {line: read(text, line) for line, _name, text in self.each if text.strip()}
            if not data["given"]:
                raise ValidationError(_("请至少填一项指标的数"))
            return data
        line = next((line for line in self.grid.lines if str(line.pk) == data["line"]), None)
        if line is None:
            raise ValidationError(_("请选择要分解的指标"))
        data |= {"line": line, "step": (data["step"] or Decimal(1)) * measure_of(line.measure).factor}
        if data["how"] == "growth":
            return self.need_growth(data)
        if line.indicator.kind != Indicator.Kind.SUM:
            raise ValidationError(_("水平值和比率不能分解，请用“每个单位各下达”"))
        own = self.grid.cells["t", line.pk, self.grid.units[0].pk].amount
        total = read(data["total"], line) if data["total"].strip() else own
        if total is None:
            raise ValidationError(_("请填总数，或先填组织单位的目标"))
        press = data["press"] or PERCENT
        data["total"] = total if press == PERCENT else quotas.pressed(total, press, data["step"])
        if data["how"] == "weight":
            data["weights"] = self.read_weights(data["weights"])
        return data

    def need_growth(self, data):
        """Ask for the growth; a ratio has no result of its own to grow."""
        if data["line"].indicator.kind == Indicator.Kind.RATIO:
            raise ValidationError(_("比率不能按增长下达，请用“每个单位各下达”"))
        if data["growth"] is None:
            self.add_error("growth", _("请填比去年增长百分之几"))
        elif data["growth"] < -PERCENT and not quotas.grows_by_points(data["line"]):
            self.add_error("growth", _("降幅不能超过 100%"))
        return data

    def read_weights(self, text):
        """Return {unit, group or kind: weight} of what was pasted; every name must be one of the grid's."""
        known = {name for unit in self.grid.units[1:] for name in self.names_of(unit)}
        weights = {}
        for row in filter(None, (row.strip() for row in text.splitlines())):
            name, *rest = row.replace("\t", " ").replace("：", " ").rsplit(maxsplit=1)
            if name not in known:
                raise ValidationError(_("“%s”不是名单中的单位、组别或类别") % name)
            weights[name] = read_number(rest[0]) if rest else Decimal(1)
        return weights

    def names_of(self, unit):
        """Return what a unit may be called by: itself, its group, its kind."""
        return str(unit), self.grid.group_of[unit.pk], str(unit.get_kind_display())

    def texts(self, results: Mapping[tuple[int, int], Decimal | None], last_year) -> dict[str, str]:
        """Return {input: text} to fill in; results are past figures by (indicator, unit) id.

        last_year() gives what units had reached a year before, by (unit id, None for the organiser; line id).
        """
        data, units = self.cleaned_data, self.units
        if not units:
            raise ValidationError(_("这个范围内没有单位"))
        if data["how"] == "growth":
            return self.grown(units, last_year())
        if data["how"] == "each":
            return {
                f"t-{line.pk}-{unit.pk}": plain(in_measure(amount, line.measure))
                for line, amount in data["given"].items()
                for unit in units
            }
        line = data["line"]
        weights = {
            "even": lambda: [Decimal(1)] * len(units),
            "weight": lambda: quotas.class_weights([self.called(unit) for unit in units], data["weights"]),
            "result": lambda: quotas.result_weights([results.get((line.indicator_id, unit.pk)) for unit in units]),
        }[data["how"]]()
        try:
            parts = quotas.shared_out(data["total"], weights, data["step"])
        except ValueError as error:
            raise ValidationError(_("没有可以作为权重的数：%s") % error) from None
        return {
            f"t-{line.pk}-{unit.pk}": plain(in_measure(part, line.measure))
            for unit, part in zip(units, parts, strict=True)
        }

    def grown(self, units, last_year):
        """Return last year's results grown, with what they were made of; units without a result are left alone."""
        line, growth, texts = self.cleaned_data["line"], self.cleaned_data["growth"], {}
        in_points, organiser = quotas.grows_by_points(line), self.grid.units[0]
        for unit in units if self.cleaned_data["among"] else [organiser, *units]:
            base = last_year.get((None if unit is organiser else unit.pk, line.pk))
            if base is None or (base <= 0 and not in_points):
                continue
            amount = quotas.grown(base, growth, self.cleaned_data["step"], in_points=in_points)
            if amount < 0:
                continue
            texts[f"t-{line.pk}-{unit.pk}"] = plain(in_measure(amount, line.measure))
            texts[f"m-{line.pk}-{unit.pk}"] = made_text(growth, base, amount)
        if not texts:
            raise ValidationError(_("台账没有这些单位去年的实绩（或为 0），不能按增长下达"))
        return texts

    def called(self, unit):
        """Return the name under which a unit was given a weight: its own before its group's before its kind's."""
        return next((name for name in self.names_of(unit) if name in self.cleaned_data["weights"]), "")
