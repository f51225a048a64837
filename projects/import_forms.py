"""Forms of imports: the file, its columns, the confirmation."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from projects.imports import batches, outlines, sheets
from projects.imports.lookups import importable_units
from projects.imports.table_rows import COLUMNS
from projects.models import ImportBatch
from units.forms import RecordForm
from units.models import Unit

ACCEPT = ".xlsx,.xls,.csv"


class ImportForm(RecordForm):
    """What comes in: the kind, for which unit, the file; the file is read here, before anything is written."""

    kind = forms.ChoiceField(label=_("导入什么"), choices=ImportBatch.Kind, widget=forms.RadioSelect)
    unit = forms.ModelChoiceField(
        label=_("单位"),
        queryset=Unit.objects.none(),
        empty_label=None,
        help_text=_("表里没有单位一列时，各行都算这个单位的"),
    )
    file = forms.FileField(
        label=_("文件"),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=_("XLSX、XLS 或 CSV，不超过 20 MB。用模板，或直接用自己的表：下一步核对各列"),
        error_messages={"empty": _("文件是空的")},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = importable_units(self.user).order_by("path")

    def clean(self):
        """Read the file as the kind asks; what is wrong with it stands beside it."""
        values = super().clean()
        if self.errors:
            return values
        file = values["file"]
        if file.size > sheets.FILE_BYTES:
            raise ValidationError({"file": _("文件超过 20 MB，请分成几个文件上传")})
        values["content"] = file.read()
        try:
            values["outline"] = outlines.read_outline(values["content"], file.name, values["kind"])
        except ValidationError as error:
            raise ValidationError({"file": error.messages}) from None
        return values


class MapForm(RecordForm):
    """Which column is which: one select a column of the sheet."""

    sheet = forms.CharField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, batch, sheet, mapping, **kwargs):
        super().__init__(*args, **kwargs)
        self.columns = sheet["columns"]
        self.fields["sheet"].initial = sheet["name"]
        self.fields["version"].initial = batch.version
        choices = [("", _("— 不导入 —"))] + [(column.name, column.heading) for column in COLUMNS[batch.kind]]
        for column in self.columns:
            self.fields[f"column_{column['place']}"] = forms.ChoiceField(
                label=column["heading"][:60],
                choices=choices,
                required=False,
                initial=mapping.get(column["place"], ""),
            )

    def clean(self):
        """Put the selects together."""
        values = super().clean()
        values["mapping"] = {
            column["place"]: key for column in self.columns if (key := values.get(f"column_{column['place']}"))
        }
        return values


class ConfirmForm(RecordForm):
    """Yes, write it; a file that came in before is confirmed knowingly."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    again = forms.BooleanField(label=_("已核对，仍要再次导入"), required=False)

    def __init__(self, *args, batch, **kwargs):
        super().__init__(*args, **kwargs)
        if not batches.earlier(batch):
            del self.fields["again"]


class UndoForm(RecordForm):
    """Yes, take it back as the page shows it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class RetryForm(RecordForm):
    """Do what was cut off once more."""
