"""What several tests do on their way: a lead, the check before a contract and its signature, a milestone."""

import re


def register_lead(clerk, name, company, **facts):
    """Register a project from its list; return the address of its page."""
    clerk.page.goto("/projects/")
    clerk.follow("登记项目")
    clerk.page.get_by_label("项目名称").fill(name)
    clerk.page.get_by_label("投资方", exact=True).fill(company)
    for label, value in facts.items():
        clerk.page.get_by_label(label).fill(value)
    clerk.press("保存")
    clerk.page.locator(".zs-head h1", has_text=name).wait_for()
    return clerk.page.url


def need(clerk, label, value):
    """Fill in what the to-do list of the project that is open asks for."""
    clerk.page.locator("#todo .zs-needs").get_by_role("link", name=label).click()
    clerk.page.get_by_label(label).fill(value)
    clerk.press("保存")
    clerk.page.locator("#todo").wait_for()


def sign_fair_competition(clerk, signer):
    """Answer the check that the to-do list of the open project asks for; the second person signs it."""
    project = clerk.page.url
    clerk.page.locator("#todo .zs-needs").get_by_role("link", name="公平竞争审查签字").click()
    clerk.follow("填写")
    for group in clerk.page.locator(".zs-answers").get_by_label("不含").all():
        group.check()
    clerk.press("保存")
    signer.page.goto(clerk.page.url)
    signer.follow("签字")
    signer.press("签字")
    signer.page.get_by_text("已签字，可以登记正式合同").wait_for()
    clerk.page.goto(project)


def happened(clerk, project, kind, *, amount="", files=()):
    """Record that something happened to a project, with its papers; return what the page says of the next step."""
    clerk.page.goto(project)
    clerk.page.locator("#todo").get_by_role("link", name=kind, exact=True).click()
    if amount:
        clerk.page.get_by_label("金额", exact=True).fill(amount)
    clerk.press("保存")
    assert clerk.told() == f"已登记：{kind}"
    if files:
        clerk.page.goto(project)
        clerk.page.locator(".zs-timeline").get_by_role("link", name=kind).first.click()
        clerk.follow("上传凭证")
        clerk.page.locator("input[type=file]").set_input_files(files)
        clerk.page.locator("main form button[type=submit]").click()
        clerk.page.locator("#papers .zs-gallery").wait_for()
    clerk.page.goto(project)


def fill(clerk, **values):
    """Fill in fields of the form that is open by their labels."""
    for label, value in values.items():
        clerk.page.locator("main").get_by_label(re.compile(f"^{label}(选填)?$")).fill(value)


def rows_with(visitor, text, within="main"):
    """Return the rows of tables of the open page that name something, each as its texts."""
    rows = visitor.page.locator(f"{within} table tbody tr", has_text=text).all()
    return [[cell.strip() for cell in row.locator("td").all_inner_texts()] for row in rows]


def owed(visitor, text, query=""):
    """Open the to-do list; return how the promises that name something stand there."""
    visitor.page.goto(f"/todos/{query}")
    return [row[-1] for row in rows_with(visitor, text)]
