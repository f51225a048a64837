"""Papers as a gallery: previews, several files at once, taking back, all of a project, files without rows."""

import io
import os
import struct
import time
import zlib
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from PIL import Image

from campaigns.actions import withdraw_tally
from projects import actions, previews
from projects.models import Evidence, Review
from tests.projects.factories import (
    NONSENSE,
    make_company,
    make_contract,
    make_desk,
    make_milestone,
    make_tally,
    make_visit,
)
from tests.projects.test_evidence import JPG, PDF, PNG, kept
from units.models import AuditEntry


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


def picture(width=640, height=480, kind="JPEG", mode="RGB", **options):
    """Return a picture of one colour."""
    buffer = io.BytesIO()
    Image.new(mode, (width, height), "#1f5299").save(buffer, kind, **options)
    return buffer.getvalue()


def add(record, by, *named):
    """Add files (name, content) to a record."""
    return actions.add_papers(record=record, files=[SimpleUploadedFile(*pair) for pair in named], by=by)


def make_review(desk, project):
    """Return a review that a project passed."""
    return Review.objects.create(
        project=project, gate="land", result="passed", on=desk.today, person="王某", recorded_by=desk.clerk
    )


def make_records(desk):
    """Return one record of each kind that takes papers, by its name in addresses."""
    contract = make_contract(desk)
    return {
        "milestone": contract,
        "visit": make_visit(desk),
        "tally": make_tally(desk),
        "review": make_review(desk, contract.project),
    }


def page_of(kind, record):
    """Return where a record's papers are shown."""
    return f"/projects/{record.project_id}/papers/" if kind == "review" else record.get_absolute_url()


def status(client, url):
    """Return how an address answers; a file is read to its end, which closes it."""
    response = client.get(url)
    if response.streaming:
        b"".join(response.streaming_content)
    return response.status_code


# --- every kind of record, every role


@pytest.mark.parametrize("kind", ["milestone", "visit", "tally", "review"])
def test_each_kind_of_record_takes_files_and_shows_them(client, desk, kind):
    record = make_records(desk)[kind]
    files = [SimpleUploadedFile("合同.pdf", PDF), SimpleUploadedFile("现场.jpg", picture())]
    response = client.post(f"/evidence/add/{kind}/{record.pk}/", {"file": files, "nonce": "n1"})
    assert response.status_code == 302
    assert response.url.partition("#")[0] == page_of(kind, record)
    text = client.get(response.url).content.decode()
    for row in Evidence.objects.of(record):
        assert row.name in text
        assert f'href="/evidence/{row.pk}/"' in text
    assert "/preview/small/" in text
    assert AuditEntry.objects.filter(action=f"{kind}.evidence_added", object_id=record.pk).count() == 1


@pytest.mark.parametrize("kind", ["milestone", "visit", "tally", "review"])
def test_files_of_each_kind_are_read_by_those_who_see_the_record_only(client, desk, kind):
    record = make_records(desk)[kind]
    (row,) = add(record, desk.clerk, ("现场.jpg", picture()))
    addresses = (f"/evidence/{row.pk}/", f"/evidence/{row.pk}/preview/small/", f"/evidence/{row.pk}/preview/large/")
    for who in ("clerk", "verifier", "editor", "leader"):
        client.force_login(getattr(desk, who))
        assert [status(client, url) for url in addresses] == [200, 200, 200], who
        allowed = 200 if who == "clerk" else 403
        assert client.get(f"/evidence/add/{kind}/{record.pk}/").status_code == allowed
        assert client.get(f"/evidence/{row.pk}/withdraw/").status_code == allowed
    client.force_login(desk.other_clerk)
    places = (
        *addresses,
        f"/evidence/{row.pk}/withdraw/",
        f"/evidence/add/{kind}/{record.pk}/",
        page_of(kind, record),
    )
    assert [status(client, url) for url in places] == [404] * 6
    assert client.post(f"/evidence/{row.pk}/withdraw/", {"reason": "x"}).status_code == 404
    assert Evidence.objects.live().count() == 1


def test_a_tally_that_was_withdrawn_takes_no_more(client, desk):
    tally = make_tally(desk)
    withdraw_tally(tally=tally, reason="填错", by=desk.clerk)
    upload = {"file": SimpleUploadedFile("a.pdf", PDF), "nonce": "n1"}
    assert "已撤回，不能再添凭证" in client.post(f"/evidence/add/tally/{tally.pk}/", upload).content.decode()
    assert "上传凭证" not in client.get(tally.get_absolute_url()).content.decode()


# --- several at once


def test_one_bad_file_among_good_ones_keeps_none_and_is_named(client, desk, store):
    visit = make_visit(desk)
    good, bad, empty = ("好的.pdf", PDF), ("坏的.png", b"<html>"), ("空.pdf", b"")

    def errors(*named):
        files = [SimpleUploadedFile(*pair) for pair in named]
        return client.post(f"/evidence/add/visit/{visit.pk}/", {"file": files, "nonce": "n1"}).context["form"].errors

    assert errors(good, bad, empty)["file"] == ["“空.pdf”：文件是空的"]
    assert errors(good, bad, ("也好.jpg", JPG))["file"] == ["“坏的.png”：内容不是 PNG 文件，请核对后再传"]
    assert (Evidence.objects.count(), kept(store)) == (0, [])


def test_the_same_file_twice_in_one_upload_is_refused(desk, store):
    with pytest.raises(ValidationError) as caught:
        add(make_visit(desk), desk.clerk, ("a.pdf", PDF), ("b.pdf", PDF))
    assert caught.value.message_dict == {"file": ["“b.pdf”：这条记录已有同一文件"]}
    assert kept(store) == []


def test_no_more_than_twenty_files_at_once(client, desk, store):
    visit = make_visit(desk)
    files = [SimpleUploadedFile(f"{n}.pdf", PDF + bytes([n])) for n in range(21)]
    response = client.post(f"/evidence/add/visit/{visit.pk}/", {"file": files, "nonce": "n1"})
    assert "一次最多上传 20 个文件" in str(response.context["form"].errors["file"])
    with pytest.raises(ValidationError):
        add(visit, desk.clerk, *((f"{n}.pdf", PDF + bytes([n])) for n in range(21)))
    with pytest.raises(ValidationError):
        add(visit, desk.clerk)
    assert kept(store) == []


def test_a_store_that_fails_half_way_keeps_nothing(desk, store, monkeypatch):
    visit, saved = make_visit(desk), Evidence.save

    def fail(row, **kwargs):
        if row.name == "b.pdf":
            raise OSError("disk full")
        saved(row, **kwargs)

    monkeypatch.setattr(Evidence, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        add(visit, desk.clerk, ("a.pdf", PDF), ("b.pdf", PDF + b"1"))
    assert (Evidence.objects.count(), kept(store)) == (0, [])


# --- previews


@pytest.mark.parametrize(("size", "side"), [("small", 320), ("large", 1600)])
def test_preview_is_a_small_jpeg_that_only_the_reader_keeps(client, desk, size, side):
    (row,) = add(make_visit(desk), desk.clerk, ("现场.jpg", picture(3200, 2400)))
    response = client.get(f"/evidence/{row.pk}/preview/{size}/")
    with Image.open(io.BytesIO(response.content)) as made:
        assert (made.format, made.size) == ("JPEG", (side, side * 3 // 4))
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    again = client.get(f"/evidence/{row.pk}/preview/{size}/", headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    client.force_login(desk.other_clerk)
    asked = client.get(f"/evidence/{row.pk}/preview/{size}/", headers={"If-None-Match": response["ETag"]})
    assert asked.status_code == 404


def test_preview_turns_the_picture_as_it_was_taken_and_drops_where():
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Secret Phone"  # turned by 90 degrees; the maker
    made = previews.preview(io.BytesIO(picture(400, 200, exif=exif)), "image/jpeg", "small")
    with Image.open(io.BytesIO(made)) as shown:
        assert shown.size == (160, 320)
        assert not shown.getexif()
    assert b"Secret Phone" not in made


@pytest.mark.parametrize("mode", ["RGBA", "P", "L", "LA", "1", "I;16"])
def test_preview_of_any_kind_of_png(mode):
    buffer = io.BytesIO()
    Image.new(mode, (500, 500)).save(buffer, "PNG")
    made = previews.preview(buffer, "image/png", "small")
    assert Image.open(io.BytesIO(made)).size == (320, 320)


def bomb(width, height):
    """Return a PNG of a few bytes that claims to be huge."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(6000, 6000), (12000, 12000), (65000, 65000), (2**31 - 1, 2**31 - 1)])
def test_a_picture_that_swells_has_no_preview_and_costs_nothing(client, desk, size):
    content = bomb(*size)
    began = time.monotonic()
    assert previews.preview(io.BytesIO(content), "image/png", "small") is None
    assert time.monotonic() - began < 1
    (row,) = add(make_visit(desk), desk.clerk, ("大.png", content))
    assert client.get(f"/evidence/{row.pk}/preview/small/").status_code == 404
    assert status(client, f"/evidence/{row.pk}/") == 200


def test_damaged_pictures_have_no_preview_or_one_and_never_fail():
    whole = {"image/jpeg": picture(), "image/png": picture(kind="PNG")}
    for content_type, content in whole.items():
        for cut in range(0, len(content), max(len(content) // 60, 1)):
            for damaged in (content[:cut], content[:cut] + b"\xff\x00\x13\x37" + content[cut + 4 :]):
                made = previews.preview(io.BytesIO(damaged), content_type, "small")
                assert made is None or made.startswith(b"\xff\xd8\xff")


def test_what_is_no_picture_has_no_preview(client, desk, store):
    visit = make_visit(desk)
    (paper,) = add(visit, desk.clerk, ("a.pdf", PDF))
    (shot,) = add(visit, desk.clerk, ("a.png", PNG))
    assert client.get(f"/evidence/{paper.pk}/preview/small/").status_code == 404
    assert client.get(f"/evidence/{shot.pk}/preview/huge/").status_code == 404
    for path in kept(store):
        path.unlink()
    assert client.get(f"/evidence/{shot.pk}/preview/small/").status_code == 404


# --- taking back


def test_a_wrong_file_is_taken_back_with_a_reason_and_stays_readable(client, desk, store):
    contract = make_contract(desk)
    (row,) = add(contract, desk.clerk, ("错的.pdf", PDF))
    form = f"/evidence/{row.pk}/withdraw/"
    assert form in client.get(contract.get_absolute_url()).content.decode()
    assert client.post(form, {"reason": " "}).context["form"].errors["reason"]
    response = client.post(form, {"reason": "传错了合同", "nonce": "w1"})
    assert response.url == contract.get_absolute_url()
    row.refresh_from_db()
    assert (row.withdrawn_by, row.withdraw_reason, row.is_withdrawn) == (desk.clerk, "传错了合同", True)
    page = client.get(contract.get_absolute_url()).content.decode()
    assert "还没有凭证" in page
    assert "已撤回 1 份" in page
    assert "传错了合同" in page
    assert "还缺凭证：正式合同" in client.get(contract.project.get_absolute_url()).content.decode()
    assert status(client, f"/evidence/{row.pk}/") == 200
    assert len(kept(store)) == 1
    entry = AuditEntry.objects.get(action="milestone.evidence_withdrawn")
    assert (entry.by, entry.reason, entry.object_id) == (desk.clerk, "传错了合同", contract.pk)


def test_a_file_taken_back_may_be_sent_again_and_is_no_double(client, desk):
    visit, other = make_visit(desk), make_visit(desk, company=make_company(desk, "白云公司"))
    (row,) = add(visit, desk.clerk, ("a.pdf", PDF))
    actions.withdraw_evidence(evidence=row, reason="模糊", by=desk.clerk)
    add(other, desk.clerk, ("a.pdf", PDF))
    assert "同一文件" not in client.get(other.get_absolute_url()).content.decode()
    add(visit, desk.clerk, ("a.pdf", PDF))
    assert "同一文件还用于 1 处" in client.get(other.get_absolute_url()).content.decode()
    actions.withdraw_visit(visit=visit, reason="没去", by=desk.clerk)
    assert "同一文件" not in client.get(other.get_absolute_url()).content.decode()


def test_a_file_is_taken_back_once(desk):
    visit = make_visit(desk)
    (row,) = add(visit, desk.clerk, ("a.pdf", PDF))
    actions.withdraw_evidence(evidence=row, reason="模糊", by=desk.clerk)
    with pytest.raises(ValidationError, match="已经撤回"):
        actions.withdraw_evidence(evidence=row, reason="再来", by=desk.clerk)


def test_what_a_verifier_relied_on_stays(client, desk):
    visit = make_visit(desk)
    (row,) = add(visit, desk.clerk, ("a.pdf", PDF))
    actions.recognise(fact=visit, verdict="full", version=visit.version, by=desk.verifier, on=desk.today)
    assert f"/evidence/{row.pk}/withdraw/" not in client.get(visit.get_absolute_url()).content.decode()
    response = client.post(f"/evidence/{row.pk}/withdraw/", {"reason": "传错", "nonce": "w1"})
    assert "请认定员先撤销认定" in response.content.decode()
    assert Evidence.objects.live().count() == 1


@pytest.mark.parametrize("junk", NONSENSE)
def test_nonsense_as_a_reason_gets_a_message_or_is_kept(client, desk, junk):
    (row,) = add(make_visit(desk), desk.clerk, ("a.pdf", PDF))
    response = client.post(f"/evidence/{row.pk}/withdraw/", {"reason": junk, "nonce": "w1"})
    assert response.status_code == 302 or response.context["form"].errors


def test_the_database_wants_who_and_why(desk):
    (row,) = add(make_visit(desk), desk.clerk, ("a.pdf", PDF))
    with pytest.raises(IntegrityError), transaction.atomic():
        Evidence.objects.filter(pk=row.pk).update(withdraw_reason="只有理由")


# --- the same file elsewhere


def test_same_file_elsewhere_is_linked_as_far_as_one_may_see_it(client, desk):
    own, foreign = make_visit(desk), make_visit(desk, unit=desk.units[1], by=desk.other_clerk)
    tally = make_tally(desk)
    for record, by in ((own, desk.clerk), (foreign, desk.other_clerk), (tally, desk.clerk)):
        add(record, by, ("a.pdf", PDF))
    text = client.get(own.get_absolute_url()).content.decode()
    assert "同一文件还用于 2 处，请核对（其中 1 处您无权查看）" in text
    assert f'href="{tally.get_absolute_url()}"' in text
    assert foreign.get_absolute_url() not in text
    client.force_login(desk.verifier)
    text = client.get(own.get_absolute_url()).content.decode()
    assert f'href="{foreign.get_absolute_url()}"' in text
    assert "无权查看" not in text


# --- all papers of a project


def test_papers_of_a_project_stand_by_stage_and_name_what_is_missing(client, desk):
    contract = make_contract(desk)
    project = contract.project
    make_milestone(desk, project, "funding", amount=100, in_cash=False)
    make_milestone(desk, project, "filing")
    make_milestone(desk, project, "talks")
    make_milestone(desk, project, "groundbreaking", due_on=desk.today + timedelta(days=9))
    visit = make_visit(desk, company=project.company)
    type(visit).objects.filter(pk=visit.pk).update(project=project)
    review = make_review(desk, project)
    add(contract, desk.clerk, ("合同.pdf", PDF))
    add(visit, desk.clerk, ("合影.jpg", picture()))
    add(review, desk.clerk, ("意见.pdf", PDF + b"1"))
    page = client.get(f"/projects/{project.pk}/papers/")
    told = [
        (
            shelf.name,
            [(row.title, [paper.name for paper in row.gallery.papers], row.missing) for row in shelf.sheaves],
        )
        for shelf in page.context["shelves"]
    ]
    assert told == [
        ("走访考察", [("走出去 · 蓝天公司", ["合影.jpg"], "")]),
        ("评审", [("用地评估 · 通过", ["意见.pdf"], "")]),
        ("签约", [("正式合同", ["合同.pdf"], ""), ("立项备案", [], "备案证")]),
        ("到资", [("资金到位", [], "到账凭证")]),
    ]
    assert [row.missing for row in page.context["missing"]] == ["备案证", "到账凭证"]
    text = page.content.decode()
    assert "共 3 份 · 还缺 2 项" in text
    assert text.count("<h1") == 1
    assert f"/projects/{project.pk}/papers/" in client.get(project.get_absolute_url()).content.decode()
    client.force_login(desk.leader)
    assert "/evidence/add/" not in client.get(f"/projects/{project.pk}/papers/").content.decode()


def test_a_project_without_papers_says_the_next_step(client, desk):
    project = make_contract(desk).project
    project.milestones.update(withdrawn_at="2026-01-01T00:00Z")
    url = f"/projects/{project.pk}/papers/"
    assert f"/projects/{project.pk}/milestones/new/" in client.get(url).content.decode()
    client.force_login(desk.leader)
    assert "由招引单位在各条进展上传" in client.get(url).content.decode()


def test_papers_of_a_project_cost_the_same_at_any_number(client, desk):
    contract = make_contract(desk)
    url = f"/projects/{contract.project_id}/papers/"
    add(contract, desk.clerk, ("0.pdf", PDF))
    add(make_visit(desk), desk.clerk, ("0.pdf", PDF))

    def queries():
        with CaptureQueriesContext(connection) as taken:
            assert client.get(url).status_code == 200
        return len(taken)

    client.get(url)
    few = queries()
    for number in range(1, 31):
        row = make_milestone(desk, contract.project, "funding", amount=number)
        add(row, desk.clerk, (f"{number}.pdf", PDF + bytes([number])))
    assert (
        queries() == few <= 10
    )  # session, user, roles; project, shares; milestones, visits, reviews; files, doubles


# --- files without rows, rows without files


def test_check_evidence_finds_old_files_without_rows_and_rows_without_files(desk, store, capsys):
    (row,) = add(make_visit(desk), desk.clerk, ("a.pdf", PDF))
    call_command("check_evidence")
    assert capsys.readouterr().out == "凭证与文件一致：1 份\n"
    stray, fresh = store / "evidence" / "stray.pdf", store / "evidence" / "fresh.pdf"
    for path in (stray, fresh):
        path.write_bytes(PDF)
    old = time.time() - 2 * 86400
    os.utime(stray, (old, old))
    with pytest.raises(CommandError, match="共 1 处"):
        call_command("check_evidence")
    assert "evidence/stray.pdf" in capsys.readouterr().out
    call_command("check_evidence", "--delete")
    assert (stray.exists(), fresh.exists(), len(kept(store))) == (False, True, 2)
    assert AuditEntry.objects.get(action="evidence.removed").lines
    (store / row.file.name).unlink()
    with pytest.raises(CommandError, match="共 1 处"):
        call_command("check_evidence", "--delete")
    assert f"凭证 {row.pk}" in capsys.readouterr().out


def test_a_file_that_got_its_row_meanwhile_is_not_deleted(desk, store):
    (row,) = add(make_visit(desk), desk.clerk, ("a.pdf", PDF))
    assert actions.remove_stray_files(names=[row.file.name], by=desk.clerk) == 0
    assert len(kept(store)) == 1
