"""Telling other systems: allowed addresses only, signed, once for each event, tried again, seen on a page."""

import json
import threading
import time
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from uuid import UUID

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns import actions, sending
from campaigns.actions.webhooks import WAITS, claim, send_waiting, settle
from campaigns.models import Delivery, Endpoint, Finding
from reports import issuing
from tests.campaigns.test_rulebook import HALF, rule_of
from tests.factories import make_unit, make_user
from tests.reports.factories import END, make_draft, make_editor, make_told_drive
from units.models import AuditEntry, Role, User

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 9, 30, 12, 0, tzinfo=timezone.get_fixed_timezone(480))
SENT, WAITING, FAILED = Delivery.State.SENT, Delivery.State.WAITING, Delivery.State.FAILED


class Receiver(ThreadingHTTPServer):
    """Another system: keeps what it is sent, answers as it is told to."""

    daemon_threads = True
    answer, location, drips = 200, "", 0

    def __init__(self):
        self.got = []
        super().__init__(("127.0.0.1", 0), Handler)

    @property
    def host(self):
        """What stands on the list of allowed hosts."""
        return f"127.0.0.1:{self.server_port}"

    @property
    def url(self):
        """Where it is sent to."""
        return f"http://{self.host}/hook?from=zs"


class Handler(BaseHTTPRequestHandler):
    """Takes one request."""

    def do_POST(self):
        """Keep it and answer."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        self.send_response(self.server.answer)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()
        for _n in range(self.server.drips):
            self.wfile.write(b".")
            time.sleep(0.1)
        self.wfile.write(b"\x00ok\n" + "收到".encode())

    def log_message(self, *args):
        """Say nothing."""


@pytest.fixture
def receiver():
    """Return a running receiver."""
    server = Receiver()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def drive(db):
    """Return a drive with figures."""
    return make_told_drive()


@pytest.fixture
def editor(drive):
    """Return an editor of the organiser."""
    return make_editor(drive)


@pytest.fixture
def endpoint(drive, editor, receiver, settings):
    """Return an endpoint that hears of everything; the receiver is allowed."""
    settings.WEBHOOK_HOSTS = [receiver.host]
    return make(drive, editor, receiver)[0]


def make(drive, editor, receiver, **facts):
    told = {"name": "市平台", "url": receiver.url, "on_issue": True, "on_finding": True}
    return actions.create_endpoint(unit=drive.organiser, by=editor, **told | facts)


def put_down(drive, editor, subject="第1期", **fact):
    """Put one event down, unsent."""
    facts = [(subject, {"id": 1, **fact})]
    (row,) = actions.announce(event="report.issued", campaign=drive.campaign, facts=facts, by=editor)
    return row


def send(now=NOON):
    """Send what is due at a moment."""
    with time_machine.travel(now, tick=False):
        return actions.send_due(by=User.objects.system())


# --- which addresses ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("https://zs.example.cn/hook", True),
        ("https://ZS.example.cn/hook?a=1", True),
        ("https://zs.example.cn:443/hook", True),
        ("http://zs.example.cn/hook", True),
        ("http://inner.example.cn:8080/", True),
        ("http://inner.example.cn/", False),
        ("http://inner.example.cn:8081/", False),
        ("https://zs.example.cn:8443/hook", False),
        ("https://other.example.cn/hook", False),
        ("https://zs.example.cn.evil.example/hook", False),
        ("https://evil.example/zs.example.cn", False),
        ("https://zs.example.cn@evil.example/", False),
        ("https://user:pass@zs.example.cn/", False),
        ("https://zs.example.cn/#part", False),
        ("https://zs.example.cn/a b", False),
        ("https://zs.example.cn/\r\nHost: x", False),
        ("https://zs.example.cn:x/", False),
        ("https://[zs.example.cn/", False),
        ("ftp://zs.example.cn/", False),
        ("file:///etc/passwd", False),
        ("//zs.example.cn/", False),
        ("zs.example.cn", False),
        ("", False),
    ],
)
def test_address_is_one_of_a_host_on_the_list(settings, url, fits):
    settings.WEBHOOK_HOSTS = ["zs.example.cn", "Inner.example.cn:8080"]
    if fits:
        assert sending.check_address(url) is None
    else:
        with pytest.raises(ValidationError):
            sending.check_address(url)


def test_address_off_the_list_is_neither_kept_nor_changed_to(drive, editor, endpoint, receiver):
    for url in ("http://127.0.0.1:1/", "http://localhost/"):
        with pytest.raises(ValidationError, match="不在允许推送的名单中"):
            make(drive, editor, receiver, url=url)
        with pytest.raises(ValidationError, match="不在允许推送的名单中"):
            actions.change_endpoint(endpoint=endpoint, url=url, by=editor)
    assert list(Endpoint.objects.values_list("url", flat=True)) == [receiver.url]


def test_host_taken_off_the_list_is_sent_nothing_any_more(drive, editor, endpoint, receiver, settings):
    row = put_down(drive, editor)
    settings.WEBHOOK_HOSTS = ["other.example.cn"]
    send(row.next_at)
    row.refresh_from_db()
    assert (row.state, row.status, receiver.got) == (WAITING, None, [])
    assert "不在允许推送的名单中" in row.answer


def test_redirect_is_not_followed(drive, editor, endpoint, receiver):
    other = Receiver()
    threading.Thread(target=other.serve_forever, daemon=True).start()
    receiver.answer, receiver.location = 307, other.url
    row = put_down(drive, editor)
    send(row.next_at)
    row.refresh_from_db()
    assert (row.state, row.status, len(receiver.got), other.got) == (WAITING, 307, 1, [])
    other.shutdown()
    other.server_close()


def test_proxy_of_the_environment_is_not_asked(drive, editor, endpoint, receiver, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    row = put_down(drive, editor)
    send(row.next_at)
    row.refresh_from_db()
    assert row.state == SENT


def test_answer_that_takes_too_long_is_cut_off(drive, editor, endpoint, receiver, monkeypatch):
    monkeypatch.setattr(sending, "SECONDS", 0.5)
    receiver.drips = 40
    began = time.monotonic()
    status, _answer = sending.post(receiver.url, b"{}", {})
    assert time.monotonic() - began < 3
    assert status in (200, None)


# --- what is sent ---------------------------------------------------------------------------------


def test_issue_is_told_signed_and_once(drive, editor, endpoint, receiver, django_capture_on_commit_callbacks):
    secret = sending.secret_of(endpoint.salt)
    draft = make_draft(drive, editor, number="第1期")
    with django_capture_on_commit_callbacks(execute=True):
        report = issuing.issue(report=draft, by=editor, today=END)
    row = Delivery.objects.get()
    ((path, headers, body),) = receiver.got
    assert path == "/hook?from=zs"
    assert json.loads(body) == {
        "schema": 1, "id": str(row.key), "event": "report.issued", "at": row.made_at.isoformat(),
        "report": {
            "id": report.pk, "campaign_id": drive.campaign.pk, "campaign": "百日会战", "title": report.title,
            "number": "第1期", "as_of": "2026-09-30", "issued_on": "2026-09-30", "revises": None,
            "sha256": report.sha256,
            "url": f"/reports/{report.pk}/",
        },
    }  # fmt: skip
    assert body.decode() == json.dumps(json.loads(body), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert headers["X-Zhanbao-Event"] == "report.issued"
    assert headers["X-Zhanbao-Signature"] == sending.signature(
        secret, headers["X-Zhanbao-Timestamp"], str(row.key), body
    )
    assert (row.state, row.status, row.tries, row.answer) == (SENT, 200, 1, "ok 收到")
    assert [(each.action, each.label) for each in AuditEntry.objects.filter(model="campaigns.delivery")] == [
        ("delivery.taken", f"期次印发 · {report.title}"), ("delivery.created", f"期次印发 · {report.title}"),
    ]  # fmt: skip
    assert send() == ([], [])  # nothing is left
    assert len(receiver.got) == 1


def test_signature_binds_secret_time_key_and_body():
    signed = sending.signature("s", "1790000000", "k", b"{}")
    others = [("t", "1790000000", "k", b"{}"), ("s", "1790000001", "k", b"{}"), ("s", "1790000000", "l", b"{}"),
              ("s", "1790000000", "k", b"{ }")]  # fmt: skip
    assert signed not in [sending.signature(*other) for other in others]


def test_issue_that_fails_tells_nothing(drive, editor, endpoint, receiver, monkeypatch):
    draft = make_draft(drive, editor)
    monkeypatch.setattr("reports.issuing.told_outside", lambda report: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        issuing.issue(report=draft, by=editor, today=END)
    assert (Delivery.objects.count(), receiver.got) == (0, [])


def test_new_finding_is_told_and_the_same_day_again_is_not(
    drive, editor, endpoint, receiver, django_capture_on_commit_callbacks
):
    rule_of(drive)
    for _n in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            actions.evaluate_rules(campaign=drive.campaign, as_of=HALF, by=User.objects.system())
    told = [json.loads(body)["finding"] for _path, _headers, body in receiver.got]
    assert {(row["id"], row["unit"], row["found_on"]) for row in told} == {
        (row.pk, row.unit.name, HALF.isoformat()) for row in Finding.objects.select_related("unit")
    }
    assert len(told) == Finding.objects.count() > 0
    assert {row["campaign"] for row in told} == {"百日会战"}


@pytest.mark.parametrize(
    ("facts", "heard"),
    [({}, 1), ({"on_issue": False}, 0), ({"on_finding": False}, 1), ({"is_active": False}, 0)],
)
def test_endpoint_hears_of_what_it_asked_for(drive, editor, endpoint, facts, heard):
    actions.change_endpoint(endpoint=endpoint, by=editor, **facts)
    rows = actions.announce(event="report.issued", campaign=drive.campaign, facts=[("第1期", {"id": 1})], by=editor)
    assert len(rows) == heard == Delivery.objects.count()


def test_endpoint_of_another_district_hears_nothing(drive, editor, endpoint, receiver):
    far = make_unit("别的区")
    actions.create_endpoint(
        unit=far, url=receiver.url, name="别区平台", on_issue=True, on_finding=True, by=User.objects.system()
    )
    row = put_down(drive, editor)
    assert [each.pk for each in Delivery.objects.all()] == [row.pk]
    assert row.endpoint == endpoint


def test_switched_off_nothing_is_put_down_and_no_page_is_there(client, drive, editor, endpoint, settings):
    row = put_down(drive, editor)
    settings.WEBHOOK_HOSTS = []
    assert actions.announce(event="report.issued", campaign=drive.campaign, facts=[("x", {})], by=editor) == []
    assert send(row.next_at) == ([], [])
    client.force_login(editor)
    for name, arguments in (
        ("endpoint_list", []), ("endpoint_change", [endpoint.pk]), ("endpoint_secret", [endpoint.pk]),
        ("delivery_list", []), ("delivery_again", [row.pk]),
    ):  # fmt: skip
        assert client.get(reverse(f"campaigns:{name}", args=arguments)).status_code == 404
    out = StringIO()
    call_command("send_deliveries", stdout=out)
    assert "没有开启推送" in out.getvalue()
    assert "推送" not in client.get(reverse("units:password")).content.decode()


# --- again and again ------------------------------------------------------------------------------


def test_what_is_not_taken_is_tried_again_and_given_up(drive, editor, endpoint, receiver):
    receiver.answer = 500
    row = put_down(drive, editor)
    now, waited = row.next_at, []
    for _n in range(len(WAITS) + 1):
        assert send(now - timedelta(seconds=1)) == ([], [])  # not before its turn
        send(now)
        row.refresh_from_db()
        waited.append(row.next_at - now)
        now = row.next_at
    assert waited[:-1] == list(WAITS)
    assert (row.state, row.status, row.tries, len(receiver.got)) == (FAILED, 500, 7, 7)
    assert {headers["X-Zhanbao-Delivery"] for _path, headers, _body in receiver.got} == {str(row.key)}
    assert len({headers["X-Zhanbao-Timestamp"] for _path, headers, _body in receiver.got}) == 7
    assert send(now + timedelta(days=30)) == ([], [])
    assert AuditEntry.objects.filter(action="delivery.not_taken").count() == 7


def test_endpoint_without_an_answer_is_left_alone_for_the_round(drive, editor, endpoint, receiver):
    receiver.shutdown()
    receiver.server_close()
    first, second = put_down(drive, editor), put_down(drive, editor, "第2期")
    _sent, failed = send(second.next_at)
    assert failed == [first]
    second.refresh_from_db()
    first.refresh_from_db()
    assert (second.tries, first.tries, first.status) == (0, 1, None)
    assert first.answer == "没有应答：对方拒绝连接"


def test_task_sends_what_waits(drive, editor, endpoint, receiver):
    put_down(drive, editor)
    send_waiting.enqueue()
    assert (Delivery.objects.get().state, len(receiver.got)) == (SENT, 1)


def test_nightly_sends_what_the_worker_left(drive, editor, endpoint, receiver):
    put_down(drive, editor)
    out = StringIO()
    with time_machine.travel(datetime.now(tz=NOON.tzinfo) + timedelta(days=1)):
        call_command("nightly", stdout=out)
    assert "已送达 1 件，未送达 0 件" in out.getvalue()
    assert Delivery.objects.get().state == SENT


def test_asked_again_the_same_delivery_goes_out_once_more(
    client, drive, editor, endpoint, receiver, django_capture_on_commit_callbacks
):
    row = put_down(drive, editor)
    send(row.next_at)
    client.force_login(editor)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(reverse("campaigns:delivery_again", args=[row.pk]))
    assert response.url == reverse("campaigns:delivery_list")
    keys = [headers["X-Zhanbao-Delivery"] for _path, headers, _body in receiver.got]
    assert keys == [str(row.key)] * 2
    assert receiver.got[0][2] == receiver.got[1][2]
    assert AuditEntry.objects.filter(action="delivery.asked_again", by=editor).count() == 1


def test_what_another_worker_has_claimed_is_not_claimed(drive, editor, endpoint):
    row = put_down(drive, editor)
    assert claim(now=row.next_at, silent=set()) == row
    assert claim(now=row.next_at, silent=set()) is None


def test_worker_that_died_while_sending_leaves_it_to_be_sent(drive, editor, endpoint, receiver):
    row = put_down(drive, editor)
    claim(now=row.next_at, silent=set())  # and nothing was settled
    row.refresh_from_db()
    send(row.next_at)
    row.refresh_from_db()
    assert (row.state, row.tries) == (SENT, 2)


def test_two_workers_never_send_the_same(postgres):
    drive = make_told_drive()
    editor = make_editor(drive)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.WEBHOOK_HOSTS", ["127.0.0.1:9"], raising=False)
        actions.create_endpoint(
            unit=drive.organiser, name="甲", url="http://127.0.0.1:9/", on_issue=True, on_finding=False, by=editor
        )
        rows = [put_down(drive, editor, f"第{n}期") for n in range(20)]
    now = timezone.now() + timedelta(days=1)  # each was tried as soon as it was committed, and nobody answered
    got, lock = [], threading.Lock()

    def work():
        try:
            while row := claim(now=now, silent=set()):
                with lock:
                    got.append(row.pk)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(got) == sorted(row.pk for row in rows)


def test_settled_as_sent_needs_a_status_that_says_so(drive, editor, endpoint):
    row = put_down(drive, editor)
    assert settle(delivery=row, status=199, answer="", by=editor).state == WAITING
    with pytest.raises(IntegrityError), transaction.atomic():
        Delivery.objects.filter(pk=row.pk).update(state=SENT, status=500)


# --- who keeps them -------------------------------------------------------------------------------


def test_secret_is_shown_once_and_the_database_alone_does_not_hold_it(client, drive, editor, receiver, settings):
    settings.WEBHOOK_HOSTS = [receiver.host]
    client.force_login(editor)
    facts = {"unit": drive.organiser.pk, "name": "市平台", "url": receiver.url, "on_issue": "on"}
    page = client.post(reverse("campaigns:endpoint_list"), facts)
    secret, endpoint = page.context["secret"], Endpoint.objects.get()
    assert secret in page.content.decode()
    assert secret not in client.get(reverse("campaigns:endpoint_list")).content.decode()
    assert (endpoint.unit, endpoint.on_issue, endpoint.on_finding) == (drive.organiser, True, False)
    assert secret not in [str(value) for value in vars(endpoint).values()]
    trail = "".join(AuditEntry.objects.values_list("changes", flat=True))
    assert secret not in trail
    assert endpoint.salt not in trail
    settings.SECRET_KEY = "another-site-" + "0" * 40
    assert sending.secret_of(endpoint.salt) != secret


def test_renewed_secret_signs_and_the_old_one_does_not(client, drive, editor, endpoint, receiver):
    old = sending.secret_of(endpoint.salt)
    client.force_login(editor)
    address = reverse("campaigns:endpoint_secret", args=[endpoint.pk])
    assert "更换后" in client.get(address).content.decode()
    new = client.post(address).context["secret"]
    send(put_down(drive, editor).next_at)
    ((_path, headers, body),) = receiver.got
    signed = [sending.signature(secret, headers["X-Zhanbao-Timestamp"], headers["X-Zhanbao-Delivery"], body)
              for secret in (old, new)]  # fmt: skip
    assert [each == headers["X-Zhanbao-Signature"] for each in signed] == [False, True]
    assert UUID(headers["X-Zhanbao-Delivery"]) == Delivery.objects.get().key
    assert AuditEntry.objects.filter(action="endpoint.secret_renewed").count() == 1


def test_form_says_what_is_wrong(client, drive, editor, receiver, settings):
    settings.WEBHOOK_HOSTS = [receiver.host]
    client.force_login(editor)
    page = client.post(
        reverse("campaigns:endpoint_list"),
        {"unit": drive.organiser.pk, "name": "市平台", "url": "http://10.0.0.1/"},
    )
    assert page.context["form"].errors == {
        "url": ["主机 10.0.0.1 不在允许推送的名单中，请系统管理员在服务器上添加"], "on_issue": ["请至少选一项事件"],
    }  # fmt: skip
    assert not Endpoint.objects.exists()


def test_endpoint_is_changed_in_the_browser(client, drive, editor, endpoint, receiver):
    client.force_login(editor)
    address = reverse("campaigns:endpoint_change", args=[endpoint.pk])
    assert "停用期间不再推送" in client.get(address).content.decode()
    facts = {"name": "市级平台", "url": receiver.url, "on_finding": "on", "version": 1}
    assert client.post(address, facts).status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.on_issue, endpoint.on_finding, endpoint.is_active) == (
        "市级平台", False, True, False,
    )  # fmt: skip
    stale = client.post(address, {**facts, "name": "又改"})
    assert "他人已保存过" in stale.content.decode()


def test_editor_of_another_unit_sees_and_does_nothing(client, drive, editor, endpoint):
    row = put_down(drive, editor)
    far = make_user("far", Role.EDITOR, make_unit("别的区"))
    client.force_login(far)
    assert list(client.get(reverse("campaigns:endpoint_list")).context["endpoints"]) == []
    assert client.get(reverse("campaigns:delivery_list")).context["table"].rows.__len__() == 0
    for name, pk in (("endpoint_change", endpoint.pk), ("endpoint_secret", endpoint.pk), ("delivery_again", row.pk)):
        assert client.post(reverse(f"campaigns:{name}", args=[pk])).status_code == 404
    for do in (
        lambda: actions.change_endpoint(endpoint=endpoint, by=far, name="x"),
        lambda: actions.renew_secret(endpoint=endpoint, by=far),
        lambda: actions.send_again(delivery=row, by=far),
    ):
        with pytest.raises(PermissionDenied):
            do()


@pytest.mark.parametrize("rows", [1, 30])
def test_delivery_list_costs_the_same_at_any_length(client, drive, editor, endpoint, rows):
    for number in range(rows):
        put_down(drive, editor, f"第{number}期")
    client.force_login(editor)
    client.get(reverse("campaigns:delivery_list"))
    with CaptureQueriesContext(connection) as found:
        page = client.get(reverse("campaigns:delivery_list"))
    assert "再发一次" in page.content.decode()
    assert len(found) == 8, [query["sql"][:80] for query in found]


def test_answer_of_a_stranger_is_kept_readable():
    assert sending.readable("\x00<b>x</b>\r\n" + "长" * 300) == "<b>x</b>  " + "长" * 189
