"""The line is cut on the road: what was entered waits on the phone, goes out once, and belongs to one person."""

from campaigns.models import Campaign, Tally
from projects.models import Company, Visit
from tests.browser.people import CONTEST, PHONE
from tests.projects.forms import PNG
from units.models import Unit

NEW = ["青禾轴承有限公司", "岚湾食品有限公司", "玄武光电有限公司"]
KEPT = """() => new Promise((done) => {
  const request = indexedDB.open("zhanbao", 1);
  request.onsuccess = () => {
    const base = request.result, both = base.transaction(["queue", "drafts"]), found = [];
    ["queue", "drafts"].forEach((name) => {
      both.objectStore(name).getAll().onsuccess = (event) => found.push(...event.target.result);
    });
    both.oncomplete = () => { base.close(); done(found.map((row) => row.user)); };
  };
})"""


def figure_of(visitor):
    """Open the page of the visitor's own unit in the running drive; return its figure of companies visited."""
    contest = Campaign.objects.get(name=CONTEST)
    unit = Unit.objects.get(name="区委政法委")
    visitor.page.goto(f"/campaigns/{contest.pk}/units/{unit.pk}/")
    return int(visitor.figure("外出走访企业"))


def record(page, company, **more):
    """Fill in the visit form that is open and save it with the thumb."""
    page.get_by_label("企业", exact=True).fill(company)
    page.get_by_label("人数").fill(more.get("heads", "3"))
    page.locator("main").get_by_role("button", name="保存", exact=True).tap()


def waiting(page, count):
    """Wait until the page says that so many wait."""
    page.get_by_role("heading", name=f"待上传 {count} 条").wait_for()


def visits_of(unit):
    """Return the companies that a unit met, in the order of the rows."""
    return list(Visit.objects.live().filter(unit__name=unit).order_by("pk").values_list("company__name", flat=True))


def test_three_visits_recorded_without_a_line_are_stored_once_each_and_counted(visit, tmp_path):
    clerk = visit("zhengfa", **PHONE)
    page, before, figure = clerk.page, visits_of("区委政法委"), figure_of(clerk)
    page.goto("/visits/new/")
    clerk.context.set_offline(True)

    photo = tmp_path / "合影.png"
    photo.write_bytes(PNG)
    page.locator("input[type=file]").last.set_input_files(photo)
    for number, name in enumerate(NEW, 1):
        record(page, name)
        waiting(page, number)
        assert page.get_by_label("企业", exact=True).input_value() == ""
        assert page.get_by_label("人数").input_value() == "3"
    assert visits_of("区委政法委") == before
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]

    clerk.context.set_offline(False)
    page.get_by_text("已上传 3 条").wait_for()

    assert visits_of("区委政法委") == [*before, *NEW]
    assert figure_of(clerk) == figure + 3
    assert not page.locator("#zs-waiting").is_visible()
    assert page.evaluate(KEPT) == []
    met = Visit.objects.get(company__name=NEW[0])
    assert [paper.name for paper in met.evidence.all()] == ["合影.png"]


def test_answer_that_is_lost_on_its_way_stores_nothing_twice(visit):
    clerk = visit("caizheng", **PHONE)
    page, before = clerk.page, visits_of("区财政局")
    page.goto("/visits/new/")

    def lose(route):
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/visits/new/", lose)
    record(page, "云岭轴承有限公司")
    waiting(page, 1)
    assert visits_of("区财政局") == [*before, "云岭轴承有限公司"]
    page.unroute("**/visits/new/")
    page.get_by_role("button", name="立即上传").tap()
    page.get_by_text("已上传 1 条").wait_for()

    assert visits_of("区财政局") == [*before, "云岭轴承有限公司"]


def test_what_waits_is_gone_after_signing_out_and_never_another_persons(visit):
    clerk = visit("shuiwu", **PHONE)
    page, before = clerk.page, visits_of("区税务局")
    page.goto("/visits/new/")
    clerk.context.set_offline(True)
    record(page, "碧湾食品有限公司")
    waiting(page, 1)

    clerk.context.clear_cookies()  # the session ends; another person takes the same phone
    clerk.context.set_offline(False)
    page.get_by_text("登录已过期").first.wait_for()
    clerk.sign_in("zhengfa")
    page.goto("/visits/")
    assert not page.locator("#zs-waiting").is_visible()
    assert visits_of("区税务局") == before
    clerk.context.clear_cookies()

    clerk.sign_in("shuiwu")
    page.get_by_text("已上传 1 条").wait_for()
    assert visits_of("区税务局") == [*before, "碧湾食品有限公司"]

    page.goto("/visits/new/")
    clerk.context.set_offline(True)
    record(page, "碧湾饮料有限公司")
    waiting(page, 1)
    page.route("**/token/", lambda route: route.fulfill(status=503))  # nothing goes out before one signs out
    clerk.context.set_offline(False)
    page.unroute("**/token/")
    page.evaluate("document.querySelector('[data-sign-out] button').click()")
    page.get_by_role("button", name="确定").tap()
    page.wait_for_url("**/sign-in/**")
    assert page.evaluate(KEPT) == []


def test_refused_form_waits_with_its_reason_and_is_corrected(visit):
    clerk = visit("jiaoyu", **PHONE)
    page, before = clerk.page, visits_of("区教育局")
    known = Company.objects.order_by("pk").first().name
    page.goto("/visits/new/")
    clerk.context.set_offline(True)
    page.get_by_label("日期").fill("2099-01-01")
    record(page, known)
    waiting(page, 1)
    clerk.context.set_offline(False)
    page.get_by_text("日期不能晚于今天").wait_for()

    page.get_by_role("link", name="打开更正").tap()
    page.get_by_text("请更正后再提交").wait_for()
    assert page.get_by_label("企业", exact=True).input_value() == known
    page.get_by_label("日期").fill("2026-01-05")
    page.locator("main").get_by_role("button", name="保存", exact=True).tap()
    page.locator(".zs-head h1", has_text=known).wait_for()

    assert visits_of("区教育局") == [*before, known]
    assert page.evaluate(KEPT) == []


def test_figures_typed_without_a_line_are_saved_when_it_is_back(visit):
    clerk = visit("xuanchuan", **PHONE)
    page = clerk.page
    rows = Tally.objects.filter(unit__name="区委宣传部", campaign__name=CONTEST)
    before = rows.count()
    page.goto("/entry/")
    clerk.context.set_offline(True)
    page.get_by_label("招商信息").fill("1")
    page.get_by_role("button", name="核对").tap()
    waiting(page, 1)
    clerk.context.set_offline(False)
    page.get_by_text("已上传 1 条").wait_for()
    assert rows.count() == before + 1


def test_what_was_typed_and_not_sent_is_there_again(visit):
    clerk = visit("zhengfa", **PHONE)
    page = clerk.page
    page.goto("/visits/new/")
    page.get_by_label("洽谈情况").press_sequentially("杭州余杭")
    page.wait_for_timeout(600)
    page.reload()
    page.get_by_text("没有提交的内容").wait_for()
    assert page.get_by_label("洽谈情况").input_value() == "杭州余杭"
    page.get_by_role("button", name="清空重填").tap()
    page.get_by_text("没有提交的内容").wait_for(state="detached")
    assert page.get_by_label("洽谈情况").input_value() == ""
