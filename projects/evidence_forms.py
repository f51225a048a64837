"""The form that takes a file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from units.forms import RecordForm


class EvidenceForm(RecordForm):
    """One file; what it really is, the action finds out."""

    file = forms.FileField(
        label=_("文件"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.xlsx,.docx,.ofd"}),
        help_text=_("PDF、JPG、PNG、XLSX、DOCX 或 OFD，不超过 20 MB"),
        error_messages={"empty": _("文件是空的")},
    )
