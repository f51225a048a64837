"""Forms and table of published places."""

import re
from datetime import date

import django_filters
import django_tables2 as tables
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.forms import EARLIEST, LATEST, DayField
from campaigns.models import DistrictPlace, Indicator
from units.forms import RecordForm
from units.models import Role, Unit
from units.tables import NUMBER

DAY = r"(\d{4}-\d{1,2}-\d{1,2})"
LINE = re.compile(rf"{DAY}\s*(?:至|\s)\s*{DAY}\s+(\S+)\s+(\d{{1,4}})\s*/\s*(\d{{1,4}})\s+(\S.*)")
COMPOSITE = {"综合", "综合排名"}


class PublishedFilter(django_filters.FilterSet):
    """Published places by indicator."""

    indicator = django_filters.ModelChoiceFilter(
        queryset=Indicator.objects.order_by("name"), label=_("指标"), empty_label=_("全部"),
        null_label=_("综合"),
    )  # fmt: skip

    class Meta:
        model = DistrictPlace
        fields = ()


class PublishedTable(tables.Table):
    """Published places, the newest first."""

    until = tables.Column(verbose_name=_("期间"))
    unit = tables.Column(verbose_name=_("单位"), order_by="unit__path")
    indicator = tables.Column(verbose_name=_("指标"), order_by="indicator__name", default=_("综合"))
    place = tables.Column(verbose_name=_("位次"), attrs=NUMBER)
    of_how_many = tables.Column(verbose_name=_("参加排名"), attrs=NUMBER)
    source = tables.Column(verbose_name=_("来源"), orderable=False)
    actions = tables.TemplateColumn(
        verbose_name=_("操作"), orderable=False, exclude_from_export=True,
        template_name="campaigns/_published_actions.html",
    )  # fmt: skip

    class Meta:
        model = DistrictPlace
        fields = ("until", "unit", "indicator", "place", "of_how_many", "source", "actions")

    def render_until(self, record):
        """Print both days."""
        return f"{record.since.isoformat()} 至 {record.until.isoformat()}"

    value_until = render_until


class UnitForm(RecordForm):
    """Whose places they are: a unit that the user edits, the topmost first."""

    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none())

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        units = Unit.objects.within(user.paths(Role.EDITOR)).order_by("path")
        self.fields["unit"].queryset = units
        self.fields["unit"].initial = units.first()


class PublishedForm(UnitForm):
    """One published place."""

    since = DayField(label=_("期间自"))
    until = DayField(label=_("期间至"))
    indicator = forms.ModelChoiceField(
        label=_("指标"), queryset=Indicator.objects.order_by("name"), required=False, empty_label=_("综合")
    )
    place = forms.IntegerField(label=_("位次"), min_value=1, max_value=9999)
    of_how_many = forms.IntegerField(label=_("参加排名个数"), min_value=1, max_value=9999)
    source = forms.CharField(label=_("来源"), max_length=200, help_text=_("通报的名称或文号"))
    source.wide = True


class PublishedPasteForm(UnitForm):
    """Many published places, one a line."""

    rows = forms.CharField(
        label=_("公布位次"), max_length=8000, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("每行一条：起日 止日 指标（或综合） 位次/个数 来源，如 2026-01-01 2026-09-30 综合 3/9 通报第9期"),
    )  # fmt: skip
    rows.wide = True

    def clean_rows(self):
        """Read every line; refuses the list with the first line that cannot be read."""
        known = {}
        for indicator in Indicator.objects.all():
            known.setdefault(indicator.name, []).append(indicator)
        lines = enumerate(self.cleaned_data["rows"].splitlines(), start=1)
        return [self.read(number, line.strip(), known) for number, line in lines if line.strip()]

    def read(self, number, line, known):
        """Return the facts of one line."""
        found = LINE.fullmatch(line)
        if found is None:
            raise ValidationError(
                _("第 %(n)s 行看不懂，请写成「2026-01-01 2026-09-30 综合 3/9 来源」") % {"n": number}
            )
        since, until = (self.day(number, text) for text in found.group(1, 2))
        place, many = int(found[4]), int(found[5])
        if since > until or not 1 <= place <= many:
            raise ValidationError(_("第 %(n)s 行：起日须不晚于止日，位次须在 1 与个数之间") % {"n": number})
        if len(found[6]) > 200:
            raise ValidationError(_("第 %(n)s 行：来源不超过 200 字") % {"n": number})
        indicators = [None] if found[3] in COMPOSITE else known.get(found[3], [])
        if len(indicators) != 1:
            told = {"n": number, "name": found[3]}
            raise ValidationError(
                (_("第 %(n)s 行：“%(name)s”有几个同名指标，请逐条登记") if indicators
                 else _("第 %(n)s 行：没有名为“%(name)s”的指标")) % told
            )  # fmt: skip
        return {
            "since": since, "until": until, "indicator": indicators[0], "place": place, "of_how_many": many,
            "source": found[6],
        }  # fmt: skip

    def day(self, number, text):
        """Return a day of a line."""
        try:
            day = date(*map(int, text.split("-")))
        except ValueError:
            day = None
        if day is None or not EARLIEST <= day <= LATEST:
            raise ValidationError(_("第 %(n)s 行：没有“%(day)s”这一天") % {"n": number, "day": text})
        return day
