"""The form that takes a file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from units.forms import RecordForm


def file_field(label, *, required=True):
    """Return the field of one file; what it really is, the action finds out."""
    return forms.FileField(
        label=label,
        required=required,
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.xlsx,.docx,.ofd"}),
        help_text=_("PDF、JPG、PNG、XLSX、DOCX 或 OFD，不超过 20 MB"),
        error_messages={"empty": _("文件是空的")},
    )


class EvidenceForm(RecordForm):
    """One file."""

    file = file_field(_("文件"))
