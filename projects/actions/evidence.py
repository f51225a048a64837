"""Keeping the papers that prove a milestone or a visit; a file is what its content says, not its name."""

import hashlib
import secrets
import struct
import unicodedata
import zipfile
from pathlib import PurePosixPath

import magic
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from projects.models import Credit, Evidence, Milestone, Project, Review, Visit
from projects.models.evidence import RECORDS
from units import audit
from units.access import require
from units.models import Role, User

LARGEST = 20 * 1024 * 1024  # bytes of a file
UNPACKED = 200 * 1024 * 1024  # bytes that a zip may claim to hold
MEMBERS = 5000  # files that a zip may hold
OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {  # extension → content type it is served as
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "xlsx": OFFICE + "spreadsheetml.sheet",
    "docx": OFFICE + "wordprocessingml.document",
    "ofd": "application/ofd",
}
STARTS = {"pdf": b"%PDF-", "jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}
INSIDE = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml", "ofd": "OFD.xml"}  # what its zip must hold
NAMES = "PDF、JPG、PNG、XLSX、DOCX、OFD"


@transaction.atomic
def add_evidence(*, record: Milestone | Visit | Review, file: File, by: User) -> Evidence:
    """Keep a file under a random name as proof of a record; refuses what is not what its name says.

    A file that stands on another record as well is kept; the pages flag it.
    """
    record = _locked(record, by)
    if getattr(record, "is_withdrawn", False):
        raise ValidationError(_("该记录已撤回，不能再添凭证"))
    name = safe_name(file.name)
    extension = extension_of(name)
    if file.size > LARGEST:
        raise ValidationError({"file": _("文件超过 20 MB，请压缩后再传")})
    content = file.read(LARGEST + 1)
    check_content(content, extension)
    evidence = Evidence(
        **{record._meta.model_name: record},
        name=name,
        content_type=TYPES[extension],
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by,
    )
    if Evidence.objects.of(record).filter(sha256=evidence.sha256).exists():
        raise ValidationError({"file": _("这条记录已有同一文件")})
    _keep(evidence, content, extension, record)
    return evidence


def _keep(evidence, content, extension, record):
    """Write the file, its row and its trail; what fails leaves no file behind."""
    evidence.file.save(f"{secrets.token_hex(16)}.{extension}", ContentFile(content), save=False)
    try:
        evidence.full_clean(exclude=RECORDS)  # all but one are empty; the database sees to it
        evidence.save()
        changes = {str(_("凭证")): ["", f"{evidence.name}（{evidence.sha256[:12]}）"]}
        audit.record(evidence.uploaded_by, f"{record._meta.model_name}.evidence_added", record, changes=changes)
    except BaseException:  # also when the process is told to stop
        evidence.file.storage.delete(evidence.file.name)
        raise


def _locked(record, by):
    """Return the record's locked row; refuses who is no clerk of its unit."""
    if isinstance(record, Visit):
        visit = Visit.objects.select_for_update(of=("self",)).select_related("unit").get(pk=record.pk)
        require(by, Role.CLERK, visit.unit)
        return visit
    project = Project.objects.select_for_update().get(pk=record.project_id)
    require(by, Role.CLERK, project.credits.select_related("unit").get(role=Credit.Role.INTRODUCING).unit)
    return type(record).objects.select_for_update(of=("self",)).get(pk=record.pk)


def safe_name(name):
    """Return the last part of a file's name, readable and at most 150 characters; it is shown, never opened."""
    name = PurePosixPath(str(name or "").replace("\\", "/")).name
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C").strip()
    stem, dot, extension = name.rpartition(".")
    return f"{stem[: 149 - len(extension)]}{dot}{extension}"[-150:]


def extension_of(name):
    """Return the extension of an allowed kind of file."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    extension = "jpg" if extension == "jpeg" else extension
    if extension not in TYPES:
        raise ValidationError({"file": _("不能上传这类文件，请用 %(names)s") % {"names": NAMES}})
    return extension


def check_content(content, extension):
    """Refuse an empty or large file, and one whose content is not what its extension says."""
    if not content:
        raise ValidationError({"file": _("文件是空的")})
    if len(content) > LARGEST:
        raise ValidationError({"file": _("文件超过 20 MB，请压缩后再传")})
    wrong = ValidationError({"file": _("内容不是 %(kind)s 文件，请核对后再传") % {"kind": extension.upper()}})
    if extension in INSIDE:
        if not content.startswith(b"PK\x03\x04") or not holds(content, INSIDE[extension]):
            raise wrong
        return
    if not content.startswith(STARTS[extension]) or magic.from_buffer(content, mime=True) != TYPES[extension]:
        raise wrong


def holds(content, member):
    """Say whether a zip holds what it must; refuses one that is damaged, locked or swells when unpacked."""
    try:
        with zipfile.ZipFile(ContentFile(content)) as book:
            rows = book.infolist()
            too_large = len(rows) > MEMBERS or sum(row.file_size for row in rows) > UNPACKED
            if too_large or any(row.flag_bits & 1 for row in rows):
                raise ValidationError({"file": _("压缩内容过大或已加密，不能上传")})
            macros = any(row.filename.lower().endswith("vbaproject.bin") for row in rows)
            return not macros and member in {row.filename for row in rows}
    except (zipfile.BadZipFile, struct.error, OSError, ValueError, NotImplementedError):
        return False
