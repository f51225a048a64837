"""Files that prove a record: what is taken in, what is not, how it goes out and to whom."""

import base64
import hashlib
import io
import random
import zipfile
from urllib.parse import quote

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from projects import actions
from projects.actions.evidence import LARGEST, check_content
from projects.models import Evidence
from tests.projects.factories import NONSENSE, make_company, make_contract, make_desk, make_visit
from tests.projects.forms import PNG
from units import audit
from units.models import AuditEntry, Submission

JPG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////////"
    "////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA="
)
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"xref\n0 3\n0000000000 65535 f \ntrailer<</Size 3/Root 1 0 R>>\nstartxref\n110\n%%EOF\n"
)


def packed(*members, size=10):
    """Return a zip that holds the members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for member in members:
            made.writestr(member, b"<a/>" if size == 10 else b"\0" * size)
    return buffer.getvalue()


def workbook():
    """Return a real xlsx file."""
    buffer = io.BytesIO()
    book = Workbook()
    book.active["A1"] = "到账凭证"
    book.save(buffer)
    return buffer.getvalue()


TOO_LARGE = "压缩内容过大或已加密，不能上传"
TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def document():
    """Return a docx file: the members that Word writes, in its order."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", TYPES)
        made.writestr("_rels/.rels", "<Relationships/>")
        made.writestr("word/document.xml", "<w:document/>")
    return buffer.getvalue()


OFD = packed("OFD.xml", "Doc_0/Document.xml")
REAL = {
    "合同.pdf": (PDF, "application/pdf"),
    "照片.jpg": (JPG, "image/jpeg"),
    "照片.JPEG": (JPG, "image/jpeg"),
    "截图.png": (PNG, "image/png"),
    "台账.xlsx": (workbook(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "纪要.docx": (document(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "批复.ofd": (OFD, "application/ofd"),
}
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
FALSE = {
    "unknown kind": ("run.exe", b"MZ" + b"\0" * 100),
    "page": ("a.html", HTML),
    "drawing": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "no extension": ("pdf", PDF),
    "two extensions": ("a.pdf.exe", PDF),
    "page called picture": ("a.png", HTML),
    "page called workbook": ("a.xlsx", HTML),
    "pdf called picture": ("a.jpg", PDF),
    "picture called pdf": ("a.pdf", PNG),
    "text called pdf": ("a.pdf", "我是 PDF".encode()),
    "program called pdf": ("a.pdf", b"MZ\x90\0" + b"\0" * 500),
    "document called workbook": ("a.xlsx", document()),
    "workbook called document": ("a.docx", workbook()),
    "plain zip called ofd": ("a.ofd", packed("readme.txt")),
    "zip behind a page": ("a.xlsx", HTML + workbook()),
    "zip behind a pdf": ("a.xlsx", PDF + workbook()),
    "zip behind noise": ("a.xlsx", bytes(range(128, 256)) * 8 + workbook()),
    "cut workbook": ("a.xlsx", workbook()[:500]),
    "picture with its head cut off": ("a.png", PNG[8:]),
}


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    """Keep files in a folder of the test's own."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def desk(db, client):
    made = make_desk()
    client.force_login(made.clerk)
    return made


@pytest.fixture
def visit(desk):
    return make_visit(desk)


def kept(store):
    """Return the files in the store."""
    return [path for path in store.rglob("*") if path.is_file()]


def send(client, record, name="合同.pdf", content=PDF, nonce="n1", kind="visit"):
    """Upload a file for a record."""
    upload = SimpleUploadedFile(name, content)
    return client.post(f"/evidence/add/{kind}/{record.pk}/", {"file": upload, "nonce": nonce})


def fetch(client, row):
    """Return the head and the bytes of a file as it is served."""
    response = client.get(f"/evidence/{row.pk}/")
    assert response.status_code == 200
    return response.headers, b"".join(response.streaming_content)  # the last byte closes the file


def refused(content, name="a.xlsx"):
    """Return the message a file is refused with."""
    with pytest.raises(ValidationError) as caught:
        check_content(content, name.rpartition(".")[2])
    return str(caught.value.message_dict["file"][0])


# --- taken in


@pytest.mark.parametrize("name", REAL)
def test_real_file_is_kept_under_a_random_name_and_comes_back(client, visit, store, name):
    content, content_type = REAL[name]
    response = send(client, visit, name, content)
    assert (response.status_code, response.url) == (302, visit.get_absolute_url())
    row = Evidence.objects.get()
    assert (row.name, row.content_type, row.size, row.sha256, row.uploaded_by, row.visit) == (
        name, content_type, len(content), hashlib.sha256(content).hexdigest(), visit.recorded_by, visit,
    )  # fmt: skip
    (path,) = kept(store)
    assert len(path.stem) == 32
    assert name not in path.name
    assert AuditEntry.objects.filter(action="visit.evidence_added", object_id=visit.pk).count() == 1
    page = client.get(visit.get_absolute_url()).content.decode()
    assert name in page
    head, body = fetch(client, row)
    assert body == content
    assert head["Content-Type"] == content_type
    assert head["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(name)}"
    assert head["X-Content-Type-Options"] == "nosniff"
    assert head["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in head["Cache-Control"]


def test_milestone_takes_evidence_as_well(client, desk):
    contract = make_contract(desk)
    assert send(client, contract, kind="milestone").url == contract.get_absolute_url()
    assert Evidence.objects.get().milestone == contract


def test_form_says_what_it_takes(client, visit):
    text = client.get(f"/evidence/add/visit/{visit.pk}/").content.decode()
    assert 'enctype="multipart/form-data"' in text
    assert "不超过 20 MB" in text
    assert 'accept=".pdf,.jpg' in text


def test_form_sent_twice_keeps_one_file(client, visit, store):
    assert send(client, visit).url == send(client, visit).url
    assert (Evidence.objects.count(), len(kept(store))) == (1, 1)


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("..\\..\\windows\\a.pdf", "a.pdf"),
        ("/etc/cron.d/a.pdf", "a.pdf"),
        ("C:\\合同.pdf", "合同.pdf"),
        ("长" * 300 + ".pdf", "长" * 146 + ".pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", None),
        ('a"; filename="b.exe".pdf', None),
        ("\u202efdp.exe.pdf", None),
        ("😀.pdf", "😀.pdf"),
    ],
)
def test_name_leads_nowhere_but_into_the_list(client, visit, store, sent, shown):
    """What remains of a name with control characters is up to Django; the store and the head stay clean."""
    response = send(client, visit, sent)
    assert response.status_code in {200, 302}
    assert all(path.parent == store / "evidence" and len(path.stem) == 32 for path in kept(store))
    if shown is not None:
        assert Evidence.objects.get().name == shown
    for row in Evidence.objects.all():
        head = fetch(client, row)[0]["Content-Disposition"]
        assert not set(head) & set("\r\n<>\u202e")
        assert head.startswith("attachment; filename")


# --- refused


@pytest.mark.parametrize("case", FALSE)
def test_false_file_is_refused_with_a_message_and_leaves_nothing(client, visit, store, case):
    name, content = FALSE[case]
    response = send(client, visit, name, content)
    assert response.status_code == 200
    (message,) = response.context["form"].errors["file"]
    assert "不能上传这类文件" in message or "请核对后再传" in message
    assert (Evidence.objects.count(), kept(store), Submission.objects.count()) == (0, [], 0)
    assert not AuditEntry.objects.filter(action="visit.evidence_added").exists()


def test_empty_file_and_no_file_are_refused(client, visit, store):
    assert "文件是空的" in str(send(client, visit, "a.pdf", b"").context["form"].errors["file"])
    assert client.post(f"/evidence/add/visit/{visit.pk}/", {}).context["form"].errors["file"]
    assert client.post(f"/evidence/add/visit/{visit.pk}/", {"file": "合同.pdf"}).context["form"].errors["file"]
    assert kept(store) == []


def test_one_byte_above_twenty_megabytes_is_refused_and_twenty_are_taken(client, visit, store):
    response = send(client, visit, "a.pdf", PDF.ljust(LARGEST + 1, b" "))
    assert "超过 20 MB" in str(response.context["form"].errors["file"])
    assert kept(store) == []
    assert send(client, visit, "a.pdf", PDF.ljust(LARGEST, b" ")).status_code == 302
    assert Evidence.objects.get().size == LARGEST


def test_bomb_is_refused_without_being_unpacked():
    bomb = packed("[Content_Types].xml", "xl/workbook.xml", "xl/a", "xl/b", size=60 * 1024 * 1024)
    assert len(bomb) < 1024 * 1024
    assert refused(bomb) == TOO_LARGE


def test_bomb_that_claims_sizes_it_has_not_is_refused():
    """The sizes of a zip's directory are what they say; nothing is read to find out."""
    content = bytearray(workbook())
    at = content.rfind(b"PK\x01\x02")
    content[at + 24 : at + 28] = (2**31).to_bytes(4, "little")
    assert refused(bytes(content)) == TOO_LARGE


def test_broken_archives_get_a_message_never_an_error():
    chance = random.Random(20260901)
    whole = workbook()
    told = set()
    for _number in range(300):
        content = bytearray(whole)
        for _place in range(chance.randint(1, 30)):
            content[chance.randrange(len(content) // 2, len(content))] = chance.randrange(256)
        try:
            check_content(bytes(content), "xlsx")
        except ValidationError as error:
            told.add(str(error.message_dict["file"][0]))
    assert "内容不是 XLSX 文件，请核对后再传" in told
    assert told <= {"内容不是 XLSX 文件，请核对后再传", TOO_LARGE}


@pytest.mark.parametrize("junk", NONSENSE)
def test_nonsense_in_name_and_nonce_gets_a_message(client, visit, junk):
    for name in (junk, f"{junk}.pdf"):
        response = send(client, visit, name or "x", PDF, nonce=junk)
        assert response.status_code == 302 or response.context["form"].errors["file"]
    assert client.get(visit.get_absolute_url()).status_code == 200


def test_withdrawn_visit_takes_no_more(client, visit, store):
    actions.withdraw_visit(visit=visit, reason="填错", by=visit.recorded_by)
    assert "已撤回，不能再添凭证" in send(client, visit).content.decode()
    assert (Evidence.objects.count(), kept(store)) == (0, [])


def test_file_whose_row_fails_does_not_stay(visit, store, monkeypatch):
    def fail(*args, **kwargs):
        assert len(kept(store)) == 1
        raise RuntimeError("the trail is full")

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError):
        actions.add_evidence(record=visit, file=SimpleUploadedFile("a.pdf", PDF), by=visit.recorded_by)
    assert (Evidence.objects.count(), kept(store)) == (0, [])


def test_same_file_twice_on_one_record_is_refused(client, visit, store):
    send(client, visit)
    response = send(client, visit, "改名.pdf", nonce="n2")
    assert "已有同一文件" in str(response.context["form"].errors["file"])
    assert (Evidence.objects.count(), len(kept(store))) == (1, 1)


# --- who may


def test_clerk_of_another_unit_finds_neither_record_nor_file(client, desk, visit, store):
    send(client, visit)
    row = Evidence.objects.get()
    client.force_login(desk.other_clerk)
    assert client.get(f"/evidence/{row.pk}/").status_code == 404
    assert client.get(f"/evidence/add/visit/{visit.pk}/").status_code == 404
    assert send(client, visit, nonce="n2").status_code == 404
    assert (Evidence.objects.count(), len(kept(store))) == (1, 1)


@pytest.mark.parametrize("who", ["leader", "verifier", "editor"])
def test_others_of_the_district_read_files_and_add_none(client, desk, visit, store, who):
    send(client, visit)
    client.force_login(getattr(desk, who))
    assert fetch(client, Evidence.objects.get())[1] == PDF
    assert client.get(f"/evidence/add/visit/{visit.pk}/").status_code == 403
    assert send(client, visit, nonce="n2").status_code == 403
    assert (Evidence.objects.count(), len(kept(store))) == (1, 1)


@pytest.mark.parametrize("address", ["/evidence/add/tally/1/", "/evidence/add/visit/999999/", "/evidence/999999/"])
def test_record_that_is_none_is_not_found(client, desk, address):
    assert client.get(address).status_code == 404


def test_file_that_is_gone_from_the_store_is_not_found(client, visit, store):
    send(client, visit)
    (path,) = kept(store)
    path.unlink()
    assert client.get(f"/evidence/{Evidence.objects.get().pk}/").status_code == 404


# --- the flag, the cost


def test_same_file_on_another_record_is_flagged_on_both(client, desk, visit):
    other, contract = make_visit(desk, company=make_company(desk, "白云公司")), make_contract(desk)
    send(client, visit, content=PDF)
    flag = "同一文件还用于 1 处，请核对"
    assert flag not in client.get(visit.get_absolute_url()).content.decode()
    send(client, other, "图.png", PNG, nonce="n3")
    assert flag not in client.get(other.get_absolute_url()).content.decode()
    send(client, contract, "改名.pdf", PDF, nonce="n4", kind="milestone")
    assert client.get(visit.get_absolute_url()).content.decode().count(flag) == 1
    assert client.get(contract.get_absolute_url()).content.decode().count(flag) == 1
    assert flag not in client.get(other.get_absolute_url()).content.decode()


def test_page_costs_the_same_for_any_number_of_files(client, visit):
    def queries():
        with CaptureQueriesContext(connection) as taken:
            client.get(visit.get_absolute_url())
        return len(taken)

    send(client, visit)
    client.get(visit.get_absolute_url())
    few = queries()
    for number in range(30):
        send(client, visit, f"{number}.pdf", PDF + bytes([number]), nonce=f"m{number}")
    client.get(visit.get_absolute_url())  # prints the message of the last upload
    assert queries() == few
