"""Taking in a file that proves a record: only kinds on the list, only what the content really is."""

import hashlib
import secrets
import struct
import zipfile
from pathlib import PurePath

import magic
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from projects.models import Evidence, Milestone, Visit
from units import audit
from units.access import require
from units.models import Role, User

LARGEST = 20 * 1024 * 1024
UNPACKED_LARGEST = 200 * 1024 * 1024  # what an office file may unpack to
OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS = {  # extension → (content type served, what libmagic may call it, a member that its zip holds)
    "pdf": ("application/pdf", {"application/pdf"}, ""),
    "jpg": ("image/jpeg", {"image/jpeg"}, ""),
    "jpeg": ("image/jpeg", {"image/jpeg"}, ""),
    "png": ("image/png", {"image/png"}, ""),
    "xlsx": (
        f"{OFFICE}.spreadsheetml.sheet",
        {f"{OFFICE}.spreadsheetml.sheet", "application/zip", "application/octet-stream"},
        "xl/workbook.xml",
    ),
    "docx": (
        f"{OFFICE}.wordprocessingml.document",
        {f"{OFFICE}.wordprocessingml.document", "application/zip", "application/octet-stream"},
        "word/document.xml",
    ),
    "ofd": ("application/ofd", {"application/zip", "application/octet-stream", "application/ofd"}, "OFD.xml"),
}


def checked(upload) -> tuple[str, str, bytes]:
    """Return (shown name, content type, content) of an uploaded file; says what is wrong with any other."""
    if upload.size > LARGEST:
        raise ValidationError({"file": _("文件超过 20 MB，请压缩或拆分后再传")})
    name = PurePath(upload.name.replace("\\", "/")).name[-150:]
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in KINDS:
        raise ValidationError({"file": _("不能上传这种文件：只收 pdf、jpg、png、xlsx、docx、ofd")})
    content = upload.read()
    if not content:
        raise ValidationError({"file": _("文件是空的，请重新选择")})
    content_type, allowed, member = KINDS[extension]
    if magic.from_buffer(content[:65536], mime=True) not in allowed or (member and not holds(upload, member)):
        raise ValidationError({"file": _("文件内容与扩展名 .%s 不符，请检查文件是否损坏或改过名") % extension})
    return name, content_type, content


def holds(upload, member) -> bool:
    """Say whether a file is a zip from its first byte, holds a member, and unpacks to a bearable size."""
    upload.seek(0)
    if upload.read(4) != b"PK\x03\x04":
        return False
    try:
        with zipfile.ZipFile(upload) as packed:
            infos = packed.infolist()
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, NotImplementedError):
        return False
    return sum(info.file_size for info in infos) <= UNPACKED_LARGEST and member in {info.filename for info in infos}


@transaction.atomic
def add_evidence(*, record: Milestone | Visit, upload, by: User) -> Evidence:
    """Keep a file under a random name beside a milestone or a visit."""
    unit = record.project.introducer if isinstance(record, Milestone) else record.unit
    require(by, Role.CLERK, unit)
    if record.is_withdrawn:
        raise ValidationError(_("该记录已撤回，不能再加凭证"))
    name, content_type, content = checked(upload)
    owner = {"milestone": record} if isinstance(record, Milestone) else {"visit": record}
    evidence = Evidence(
        name=name,
        content_type=content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=by,
        **owner,
    )
    evidence.file.save(secrets.token_hex(16), ContentFile(content), save=False)
    try:
        evidence.save()
        audit.record(by, "evidence.added", record, changes={str(_("凭证")): ["", name]})
    except BaseException:
        evidence.file.storage.delete(evidence.file.name)  # no row speaks of it
        raise
    return evidence
