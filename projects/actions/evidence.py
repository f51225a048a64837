"""Keeping the papers that prove a record, and taking them back; a file is what its content says, not its name."""

import hashlib
import secrets
import struct
import unicodedata
import zipfile
from pathlib import PurePosixPath

import magic
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Tally
from projects.actions.projects import locked
from projects.models import Evidence, Milestone, Plan, Review, Trip, Visit
from projects.models.evidence import RECORDS
from units import audit
from units.access import require, require_promiser
from units.models import Role, User

AT_ONCE = 20  # files of one upload
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
def add_evidence(*, record: Milestone | Visit | Tally | Review | Trip, file: File, by: User) -> Evidence:
    """Keep one file as proof of a record; see add_papers()."""
    return add_papers(record=record, files=[file], by=by)[0]


@transaction.atomic
def add_papers(*, record: Milestone | Visit | Tally | Review | Trip, files: list[File], by: User) -> list[Evidence]:
    """Keep files under random names as proof of a record: all of them, or none.

    Refuses what is not what its name says. A file that stands on another record as well is kept; the pages flag it.
    """
    record = _locked(record, by)
    if getattr(record, "is_withdrawn", False):
        raise ValidationError(_("该记录已撤回，不能再添凭证"))
    return keep_papers(record, files, by)


def keep_papers(record, files, by):
    """Keep files as proof of a record that the caller's action has locked or made: all of them, or none."""
    if not 0 < len(files) <= AT_ONCE:
        raise ValidationError({"file": _("请选择 1 至 %(n)s 个文件") % {"n": AT_ONCE}})
    known = set(Evidence.objects.live().of(record).values_list("sha256", flat=True))
    problems, rows = [], []
    for file in files:
        try:
            rows.append(_checked(record, file, known, by))
        except ValidationError as error:
            problems += [_named(file, text, files) for text in error.messages]
    if problems:
        raise ValidationError({"file": problems})
    _keep(rows, files, record)
    return rows


def _named(file, text, files):
    """Say which of several files a problem is about."""
    return _("“%(name)s”：%(text)s") % {"name": safe_name(file.name), "text": text} if len(files) > 1 else text


def _checked(record, file, known, by):
    """Return the row of a file that may be kept; the fingerprints known so far grow by its own."""
    name = safe_name(file.name)
    extension = extension_of(name)
    content = read_whole(file)
    check_content(content, extension)
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 in known:
        raise ValidationError({"file": _("这条记录已有同一文件")})
    known.add(sha256)
    return Evidence(
        **{record._meta.model_name: record},
        name=name,
        content_type=TYPES[extension],
        size=len(content),
        sha256=sha256,
        uploaded_by=by,
    )


def read_whole(file):
    """Return the bytes of a file; refuses one above the limit without reading it."""
    if file.size > LARGEST:
        raise ValidationError({"file": _("文件超过 20 MB，请压缩后再传")})
    file.seek(0)
    return file.read(LARGEST + 1)


def _keep(rows, files, record):
    """Write files, rows and their trail; what fails leaves no file behind."""
    try:
        for row, file in zip(rows, files, strict=True):
            name = f"{secrets.token_hex(16)}.{extension_of(row.name)}"
            row.file.save(name, ContentFile(read_whole(file)), save=False)
            row.full_clean(exclude=RECORDS)  # all but one are empty; the database sees to it
            row.save()
        told = "、".join(f"{row.name}（{row.sha256[:12]}）" for row in rows)
        kind = record._meta.model_name
        audit.record(rows[0].uploaded_by, f"{kind}.evidence_added", record, changes={str(_("凭证")): ["", told]})
    except BaseException:  # also when the process is told to stop
        for row in rows:
            if row.file.name:
                row.file.storage.delete(row.file.name)
        raise


@transaction.atomic
def withdraw_evidence(*, evidence: Evidence, reason: str, by: User) -> Evidence:
    """Take a wrong file back with a reason: it is no paper any more, its row and its bytes stay.

    What a verifier relied on stays until the recognition is undone.
    """
    record = _locked(evidence.record, by)
    evidence = Evidence.objects.select_for_update(of=("self",)).get(pk=evidence.pk)
    if evidence.is_withdrawn:
        raise ValidationError(_("这份凭证已经撤回"))
    if getattr(record, "is_recognised", False):
        raise ValidationError(_("这条记录已认定，凭证不能撤回；确需撤回的，请认定员先撤销认定"))
    if not reason.strip():
        raise ValidationError({"reason": _("请写明撤回理由")})
    evidence.withdrawn_at, evidence.withdrawn_by, evidence.withdraw_reason = timezone.now(), by, reason.strip()
    evidence.full_clean(exclude=RECORDS)
    evidence.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    told = f"{evidence.name}（{evidence.sha256[:12]}）"
    action = f"{record._meta.model_name}.evidence_withdrawn"
    audit.record(by, action, record, changes={str(_("凭证")): [told, ""]}, reason=evidence.withdraw_reason)
    return evidence


def _locked(record, by):
    """Return the record's locked row; refuses who is no clerk of its unit."""
    rows = type(record).objects.select_for_update(of=("self",))
    if isinstance(record, Milestone | Review):
        locked(record.project, by)
        return rows.get(pk=record.pk)
    row = rows.select_related("unit").get(pk=record.pk)
    if isinstance(row, Plan):
        require_promiser(by, row.unit)
    else:
        require(by, Role.CLERK, row.unit)
    return row


@transaction.atomic
def remove_stray_files(*, names: list[str], by: User) -> int:
    """Delete files of the store that no row names; one that a row has come to name meanwhile stays."""
    taken = set(Evidence.objects.filter(file__in=names).values_list("file", flat=True))
    strays = [name for name in names if name not in taken]
    if strays:
        audit.record(by, "evidence.removed", changes={str(_("无主文件")): ["、".join(strays), ""]})
    for name in strays:
        default_storage.delete(name)
    return len(strays)


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
