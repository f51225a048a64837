"""What was promised with a day: a problem of a meeting put off and closed, a joint review that nobody answered."""

from datetime import date, time

from tests.browser.steps import fill, owed, register_lead, rows_with

MEETING, DUE, LATE, LATER, DONE, AFTERWARDS = (
    date(2027, 4, 6), date(2027, 4, 16), date(2027, 4, 18), date(2027, 4, 30), date(2027, 4, 28), date(2027, 5, 4),
)  # fmt: skip
MONDAY, HOLIDAY, LAST, AFTER = date(2027, 3, 1), date(2027, 3, 8), date(2027, 3, 11), date(2027, 3, 12)


def promise(editor, meeting, title, *, project, unit, due_on):
    """Register a problem from the page of the meeting at which a unit promised to clear it; return its address."""
    editor.page.goto(meeting)
    editor.follow("登记问题")
    fill(editor, 项目=project, 问题=title, 承诺期限=due_on.isoformat())
    editor.page.get_by_label("责任单位").select_option(label=unit)
    editor.press("保存")
    assert editor.told() == "已列入问题清单"
    return editor.page.url


def test_problem_promised_at_a_meeting_is_put_off_and_closed_and_counted(visit, on_day):
    on_day(MEETING)
    clerk, editor, owner = visit("bailu"), visit("bianbao"), visit("linye")
    register_lead(clerk, "澄岭竹材加工项目", "澄岭竹木制品有限公司")
    editor.page.goto("/meetings/")
    editor.follow("登记会议")
    fill(editor, 会议名称="竹材项目协调会", 主持人="区政府分管领导", 日期=MEETING.isoformat())
    editor.page.get_by_label("会议类别").select_option(label="协调会")
    editor.press("保存")
    meeting = editor.page.url
    facts = {"project": "澄岭竹材加工项目（澄岭竹木制品有限公司）", "unit": "区林业局", "due_on": DUE}
    problem = promise(editor, meeting, "林地审核意见未出具", **facts)
    promise(editor, meeting, "采伐指标未下达", **facts)
    assert owed(owner, "林地审核意见未出具") == ["还有 10 天"]

    on_day(LATE)
    assert owed(owner, "林地审核意见未出具", "?state=overdue") == ["逾期 2 天"]
    owner.follow("林地审核意见未出具")
    owner.follow("延期")
    fill(owner, 延至=LATER.isoformat(), 延期原因="省级会审排期推迟", 批准人="区政府分管领导")
    owner.press("登记延期")
    assert "2027-04-16 → 2027-04-30" in owner.page.locator(".zs-timeline").inner_text()
    assert owed(owner, "林地审核意见未出具", "?state=overdue") == []
    assert owed(owner, "林地审核意见未出具") == ["还有 12 天，比最初承诺晚 2 天"]

    on_day(DONE)
    owner.page.goto(problem)
    owner.follow("办结")
    fill(owner, 办理结果="审核意见已出具，企业已领取")
    owner.press("办结")
    told = owner.page.locator("main").inner_text()
    for text in ("省级会审排期推迟", "区政府分管领导批准", "审核意见已出具，企业已领取", "竹材项目协调会"):
        assert text in told
    assert [(row[0].split("\n")[0], row[1][:10], row[2]) for row in rows_with(owner, "", "[aria-label=历史]")] == [
        ("办结", "2027-04-28", "区林业局填报员"),
        ("延期", "2027-04-18", "区林业局填报员"),
        ("登记", "2027-04-06", "区级编报员"),
    ]
    assert owed(owner, "林地审核意见未出具") == []
    assert owed(owner, "林地审核意见未出具", "?state=done") == ["提前 2 天，比最初承诺晚 12 天"]

    editor.page.goto(meeting)
    kept = editor.page.locator(".zs-owed li", has_text="林地审核意见未出具").inner_text()
    assert "提前 2 天，比最初承诺晚 12 天办结" in kept
    assert "延期：2027-04-16 → 2027-04-30" in kept
    assert "结果：审核意见已出具，企业已领取" in kept
    assert "逾期 12 天" in editor.page.locator(".zs-owed li", has_text="采伐指标未下达").inner_text()

    on_day(AFTERWARDS)
    editor.page.goto("/todos/")
    editor.follow("承诺兑现")
    assert rows_with(editor, "区林业局") == [["区林业局", "2027-04", "2", "1", "1", "0", "1"]]
    editor.follow("区林业局")
    behind = editor.page.locator("#behind").inner_text()
    assert "林地审核意见未出具" in behind
    assert "逾期 18 天" in behind


def test_step_that_nobody_answers_is_agreed_after_seven_working_days_and_a_holiday(visit, on_day):
    on_day(MONDAY)
    clerk, editor, asked = visit("longtan"), visit("bianbao"), visit("huanjing")
    register_lead(clerk, "澄波水处理项目", "澄波环保设备有限公司")
    clerk.page.locator("#procedures").get_by_role("link", name="登记事项").click()
    fill(clerk, 事项="环评联合会审", 环节="区生态环境局 环评意见 7")
    clerk.press("保存")
    procedure, step = clerk.page.url, clerk.page.locator(".zs-owed li")
    assert "受理 03-01，7 个工作日，期限 03-10；次日起视为同意" in step.inner_text()

    editor.page.goto("/holidays/")
    editor.follow("登记一天")
    fill(editor, 日期=HOLIDAY.isoformat(), 名称="全区统一放假")
    editor.press("保存")
    assert [row[1:3] for row in rows_with(editor, "2027-03-08")] == [["全区统一放假", "放假"]]
    clerk.page.goto(procedure)
    assert "受理 03-01，7 个工作日，03-08 放假，期限 03-11；次日起视为同意" in step.inner_text()
    assert "还有 7 个工作日" in step.inner_text()

    on_day(LAST, time(23, 50))
    clerk.page.reload()
    assert "今天到期" in step.inner_text()
    assert owed(asked, "澄波水处理项目") == ["今天到期"]
    asked.follow("澄波水处理项目", exact=False)
    asked.follow("登记结论")
    asked.page.get_by_label("不同意", exact=True).check()
    fill(asked, 意见="未提交环评报告")

    on_day(AFTER, time(0, 10))
    asked.press("保存")
    assert "按超时默认处理，不能再登记结论" in asked.page.locator("main").inner_text()
    asked.page.goto(procedure)
    assert "超时默认" in asked.page.locator(".zs-owed li").inner_text()
    assert not asked.page.get_by_role("link", name="登记结论").is_visible()
    assert "1 / 1 个环节办结" in asked.page.locator("h1").inner_text()
    assert owed(asked, "澄波水处理项目") == []
    assert owed(asked, "澄波水处理项目", "?state=done") == ["超时默认"]
