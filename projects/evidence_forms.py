"""The forms that take files and take one back."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from projects.actions.evidence import AT_ONCE
from units.forms import ReasonForm, RecordForm


class FilesInput(forms.FileInput):
    """An input for several files at once; static/js/papers.js makes it a place to drop them on."""

    allow_multiple_selected = True
    template_name = "components/_files.html"


class FilesField(forms.FileField):
    """Several files; each of them is checked like one."""

    widget = FilesInput

    def clean(self, data, initial=None):
        """Return a list of the files."""
        data = data if isinstance(data, list | tuple) else [data]
        if len(data) > AT_ONCE:
            raise ValidationError(_("一次最多上传 %(n)s 个文件，请分几次传") % {"n": AT_ONCE})
        clean, problems = super().clean, []
        for file in data:
            try:
                clean(file, initial)
            except ValidationError as error:
                named = len(data) > 1 and getattr(file, "name", "")
                problems += [_("“%(name)s”：%(text)s") % {"name": file.name, "text": text} if named else text
                             for text in error.messages]  # fmt: skip
        if problems:
            raise ValidationError(problems)
        return [file for file in data if file]


class PhotosInput(FilesInput):
    """Two inputs under one name: the camera of a phone, and the photographs it holds."""

    template_name = "components/_photos.html"


ACCEPTED = {"accept": ".pdf,.jpg,.jpeg,.png,.xlsx,.docx,.ofd"}


def files_field(label, *, required=True):
    """Return the field of some files; what they really are, the action finds out."""
    return FilesField(
        label=label,
        required=required,
        widget=FilesInput(attrs=ACCEPTED),
        help_text=_("PDF、JPG、PNG、XLSX、DOCX 或 OFD，每个不超过 20 MB，一次最多 %(n)s 个") % {"n": AT_ONCE},
        error_messages={"empty": _("文件是空的")},
    )


def photos_field(label):
    """Return the field of photographs taken on the spot."""
    return FilesField(
        label=label,
        required=False,
        widget=PhotosInput(attrs={"accept": "image/jpeg,image/png"}),
        help_text=_("JPG 或 PNG，每张不超过 20 MB；其他凭证登记后在记录页上传"),
        error_messages={"empty": _("文件是空的")},
    )


class EvidenceForm(RecordForm):
    """Some files."""

    file = files_field(_("文件"))


class EvidenceWithdrawForm(ReasonForm):
    """Why a file is taken back."""
