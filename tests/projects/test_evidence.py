"""Files that prove a record: only what is what its name says comes in, and it goes out as a download."""

import hashlib
import io
import zipfile
import zlib
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from projects import actions
from projects.actions import evidence as keeping
from projects.models import Evidence
from tests.projects.factories import make_contract, make_desk, make_visit
from units.models import AuditEntry

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
PNG_HEAD = b"\x89PNG\r\n\x1a\n"
JPG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
EXE = b"MZ" + b"\x00" * 200


@pytest.fixture
def desk(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    made = make_desk()
    client.force_login(made.clerk)
    made.contract = make_contract(made)
    made.url = f"/evidence/add/milestone/{made.contract.pk}/"
    return made


def png():
    """Return a picture of one dot."""

    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = chunk(b"IHDR", b"\x00\x00\x00\x01\x00\x00\x00\x01\x08\x02\x00\x00\x00")
    return PNG_HEAD + head + chunk(b"IDAT", zlib.compress(b"\x00\xff\xff\xff")) + chunk(b"IEND", b"")


def packed(*names, size=4):
    """Return a zip that holds files of some names."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        for name in names:
            book.writestr(name, b"0" * size)
    return buffer.getvalue()


def xlsx():
    """Return a real workbook."""
    buffer = io.BytesIO()
    Workbook().save(buffer)
    return buffer.getvalue()


GOOD = {
    "合同.pdf": PDF, "照片.PNG": png(), "照片.jpg": JPG, "照片.jpeg": JPG, "表.xlsx": xlsx(),
    "文.docx": packed("[Content_Types].xml", "word/document.xml"), "版.ofd": packed("OFD.xml", "Doc_0/Document.xml"),
}  # fmt: skip
BAD = {
    "page.html": HTML,
    "run.exe": EXE,
    "picture.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    "nothing": PDF,
    "html.pdf": HTML,
    "exe.png": EXE,
    "html-in-front.pdf": HTML + PDF,
    "zip-behind-exe.xlsx": EXE + xlsx(),
    "pdf-before-zip.docx": PDF + packed("word/document.xml"),
    "gif-with-script.jpg": b"GIF89a/*<script>*/",
    "pdf.jpg": PDF,
    "docx.xlsx": packed("word/document.xml"),
    "plain-zip.ofd": packed("readme.txt"),
    "broken.xlsx": xlsx()[:300],
    "macro.xlsx": packed("xl/workbook.xml", "xl/vbaProject.bin"),
    "jpg.exe.": JPG,
    "contract.pdf.exe": PDF,
}


def upload(client, url, name, content):
    """Send one file."""
    return client.post(url, {"file": SimpleUploadedFile(name, content)})


def stored(settings):
    """Return the files under the folder of uploads."""
    return [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] if settings.MEDIA_ROOT.exists() else []


@pytest.mark.parametrize("name", GOOD)
def test_allowed_file_is_kept_under_a_random_name(client, desk, settings, name):
    response = upload(client, desk.url, name, GOOD[name])
    assert response.url == f"/milestones/{desk.contract.pk}/"
    kept = Evidence.objects.get()
    assert (kept.name, kept.size, kept.sha256) == (name, len(GOOD[name]), hashlib.sha256(GOOD[name]).hexdigest())
    (path,) = stored(settings)
    assert path.stem not in name
    assert len(path.stem) == 32
    assert path.read_bytes() == GOOD[name]
    assert AuditEntry.objects.filter(action="milestone.evidence_added", object_id=desk.contract.pk).count() == 1


@pytest.mark.parametrize("name", BAD)
def test_anything_else_is_refused_and_nothing_is_kept(client, desk, settings, name):
    response = upload(client, desk.url, name, BAD[name])
    assert response.context["form"].errors["file"]
    assert (Evidence.objects.count(), stored(settings)) == (0, [])
    assert not AuditEntry.objects.filter(action="milestone.evidence_added").exists()


def test_empty_and_missing_files_are_refused(client, desk, settings):
    assert "文件是空的" in upload(client, desk.url, "空.pdf", b"").content.decode()
    assert client.post(desk.url, {}).context["form"].errors["file"]
    assert stored(settings) == []


def test_large_file_is_refused(client, desk, settings, monkeypatch):
    monkeypatch.setattr(keeping, "LARGEST", 100)
    response = upload(client, desk.url, "大.pdf", PDF + b" " * 100)
    assert "20 MB" in response.content.decode()
    assert stored(settings) == []


def test_zip_that_swells_is_refused(client, desk, monkeypatch):
    monkeypatch.setattr(keeping, "UNPACKED", 10_000)
    response = upload(client, desk.url, "胀.xlsx", packed("xl/workbook.xml", size=20_000))
    assert "压缩内容过大" in response.content.decode()


def test_zip_of_too_many_files_is_refused(client, desk, monkeypatch):
    monkeypatch.setattr(keeping, "MEMBERS", 5)
    response = upload(client, desk.url, "多.xlsx", packed("xl/workbook.xml", *(f"{n}.xml" for n in range(9))))
    assert "压缩内容过大" in response.content.decode()


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\system.pdf", "system.pdf"),
        ("/abs/olute.pdf", "olute.pdf"),
        ("a\x00b\u202e.pdf", "ab.pdf"),
        ("长" * 300 + ".pdf", "长" * 146 + ".pdf"),
        ("<script>.pdf", "<script>.pdf"),
    ],
)
def test_name_is_only_shown(desk, settings, name, kept):
    file = SimpleUploadedFile("x.pdf", PDF)
    file._name = name
    made = actions.add_evidence(record=desk.contract, file=file, by=desk.clerk)
    assert made.name == kept
    (path,) = stored(settings)
    assert path.parent == settings.MEDIA_ROOT / "evidence"


def test_name_is_escaped_on_the_page(client, desk):
    upload(client, desk.url, "<b>x.pdf", PDF)
    assert "&lt;b&gt;x.pdf" in client.get(f"/milestones/{desk.contract.pk}/").content.decode()


def test_file_is_served_as_a_download_in_a_sandbox(client, desk):
    upload(client, desk.url, "合同.pdf", PDF)
    response = client.get(f"/evidence/{Evidence.objects.get().pk}/")
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]


def test_file_of_another_unit_is_not_found(client, desk):
    upload(client, desk.url, "合同.pdf", PDF)
    client.force_login(desk.other_clerk)
    assert client.get(f"/evidence/{Evidence.objects.get().pk}/").status_code == 404
    assert upload(client, desk.url, "别的.pdf", PDF + b"\n").status_code == 404
    assert Evidence.objects.count() == 1


def test_sharing_unit_downloads_and_does_not_add(client, desk):
    rows = [(desk.units[0], "introducing", Decimal(50)), (desk.units[1], "landing", Decimal(50))]
    actions.set_shares(project=desk.contract.project, shares=rows, reason="x", by=desk.editor)
    upload(client, desk.url, "合同.pdf", PDF)
    client.force_login(desk.other_clerk)
    response = client.get(f"/evidence/{Evidence.objects.get().pk}/")
    assert b"".join(response.streaming_content) == PDF
    assert upload(client, desk.url, "别的.pdf", PDF + b"\n").status_code == 403
    with pytest.raises(PermissionDenied):
        actions.add_evidence(record=desk.contract, file=SimpleUploadedFile("x.pdf", PDF), by=desk.other_clerk)


def test_same_file_on_another_record_is_flagged_not_refused(client, desk):
    visit = make_visit(desk)
    upload(client, desk.url, "合同.pdf", PDF)
    assert upload(client, f"/evidence/add/visit/{visit.pk}/", "照片.pdf", PDF).url == f"/visits/{visit.pk}/"
    client.force_login(desk.verifier)
    for page in (f"/milestones/{desk.contract.pk}/", f"/visits/{visit.pk}/"):
        assert "同一文件还用在另外 1 条记录上" in client.get(page).content.decode()


def test_same_file_twice_on_one_record_is_refused(client, desk):
    upload(client, desk.url, "合同.pdf", PDF)
    assert "这条记录已有同一文件" in upload(client, desk.url, "再来.pdf", PDF).content.decode()
    assert Evidence.objects.count() == 1


def test_withdrawn_record_takes_no_files(desk, settings):
    actions.withdraw_milestone(milestone=desk.contract, reason="误报", by=desk.clerk)
    with pytest.raises(ValidationError, match="已撤回"):
        actions.add_evidence(record=desk.contract, file=SimpleUploadedFile("x.pdf", PDF), by=desk.clerk)
    assert stored(settings) == []


def test_unknown_kinds_and_records_are_not_found(client, desk):
    for path in ("tally/1", "project/1", "milestone/999999"):
        assert client.get(f"/evidence/add/{path}/").status_code == 404
    assert client.get("/evidence/999999/").status_code == 404
