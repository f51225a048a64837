"""What the demo lacks for its pictures: papers, reviews, kept views, imports; what is opened on a page first."""

import io

import openpyxl
import scene_plan
import scene_reports
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image, ImageDraw

from projects import actions
from projects.imports import batches, outlines
from projects.models import (
    Claim,
    Company,
    Complaint,
    Delegation,
    Event,
    ImportBatch,
    Meeting,
    Milestone,
    Problem,
    Procedure,
    Project,
    Review,
    Trip,
)
from units.actions import create_view
from units.models import Unit, User

UNIT, CLERK = "河东街道", "hedong"
TEAM = "澄溪经济开发区招商小分队"
TWICE = ("柏岚电子科技股份有限公司", "柏岚电子科技集团有限公司")
LEDGER = (
    ("河东街道2026年在谈签约项目台账",),
    ("填报单位：河东街道", None, None, None, "单位：亿元", None, None, None),
    ("序号", "项目名称", "外来投资方", "产业类别", "总投资", "建设内容", "建设地点", "挂包领导"),
    ("一、在谈项目",),
    (1, "岚桥新型建材项目", "岚桥新材料有限公司", "工业",
     "3.2亿元", "建设两条板材生产线", "河东工业集中区", "街道书记"),
    (2, "澄江数据标注中心项目", "澄江信息技术有限公司", "三产",
     1.5, "建设 500 席数据标注中心", "河东大厦", "街道主任"),
    (3, "禾穗优质稻米加工项目", "禾穗农业发展有限公司", "農業",
     "约8000万元", "稻米烘干、加工和冷藏", "河东村", "街道副书记"),
    (4, "昕禾冷链配送项目", "昕禾供应链管理有限公司", "服务业",
     "1.2-1.5亿", "冷库 2 万立方米", "河东物流园", "街道副主任"),
    (5, "沐阳光伏支架项目", "沐阳新能源科技有限公司", "工业",
     "500万美元", "年产支架 1 万吨", "河东工业集中区", "街道书记"),
    (6, "柏岚显示模组项目", "柏岚电子科技股份有限公司", "工业",
     None, "显示模组封装测试线", None, "街道人大工委主任"),
    (7, "云栖养老服务项目", "云栖健康管理有限公司", "医养",
     "2亿", "床位 400 张", "河东社区", "街道副主任"),
    (None, "合计", None, None, 11.2),
)  # fmt: skip
KEPT = (("工业大项目", "amount_from=1&sector=industry", True), ("待开工", "stage=signed", False))
IMPORTS = (("待核对.xlsx", "uploaded"), ("在谈签约项目.xlsx", "previewed"), ("八月在谈项目.xlsx", "done"))
OPINIONS = (
    (Review.Gate.INDUSTRY, "passed", "区发展改革局", "符合产业布局"),
    (Review.Gate.PLANNING, "passed", "区自然资源局", "用地符合详细规划"),
    (Review.Gate.LAND, "conditional", "区自然资源局", "先供一期用地，二期视投资进度"),
    (Review.Gate.ENVIRONMENT, "passed", "区生态环境局", "原则同意，开工前完成环评"),
)


def set_up():
    """Enter it, through the actions that pages use."""
    clerk, today = User.objects.get(username=CLERK), timezone.localdate()
    milestone = signed(clerk)
    papers = [paper(f"正式合同第{page}页.png", page) for page in ("一", "二", "三")]
    actions.add_papers(
        record=milestone, files=[*papers, ContentFile(b"%PDF-1.4\n%%EOF\n", "董事会决议.pdf")], by=clerk
    )
    for gate, result, office, opinion in OPINIONS:
        facts = {"result": result, "unit": Unit.objects.get(name=office), "opinion": opinion, "on": milestone.on}
        actions.record_review(project=milestone.project, gate=gate, by=clerk, today=today, **facts)
    unit = Unit.objects.get(name=UNIT)
    for name, query, is_shared in KEPT:
        share = unit if is_shared else None
        create_view(page="projects:project_list", name=name, query=query, shared_with=share, by=clerk)
    actions.find_company(
        name=TWICE[1], unit=Unit.objects.get(name="智造产业园"), by=User.objects.get(username="zhizao")
    )
    for name, state in IMPORTS:
        bring_in(name, state, unit, clerk, today)
    scene_plan.set_up()
    scene_reports.set_up(today)


def signed(clerk):
    """Return the contract whose page is photographed."""
    rows = Milestone.objects.visible_to(clerk).filter(kind="contract", recognition="full")
    return rows.select_related("project").order_by("-pk")[0]


def paper(name, seed):
    """Draw a page that was scanned."""
    picture = Image.new("RGB", (420, 594), "#fbfaf6")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((110, 48, 310, 62), fill="#444")
    for line in range(18):
        draw.rectangle((48, 100 + line * 22, 372 - (line * 37 + ord(seed)) % 90, 105 + line * 22), fill="#b9b7b0")
    draw.ellipse((260, 460, 370, 570), outline="#c23b3b", width=5)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return ContentFile(file.getvalue(), name)


def bring_in(name, state, unit, clerk, today):
    """Upload the ledger and take the import as far as a state."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = name.removesuffix(".xlsx")
    for row in LEDGER:
        sheet.append(row)
    for span in ("A1:H1", "A4:H4"):
        sheet.merge_cells(span)
    file = io.BytesIO()
    book.save(file)
    outline = outlines.read_outline(file.getvalue(), name, ImportBatch.Kind.PROJECT)
    facts = {"kind": ImportBatch.Kind.PROJECT, "unit": unit, "name": name, "content": file.getvalue()}
    batch = batches.upload(**facts, outline=outline, by=clerk)
    if state != "uploaded":
        batch = batches.map_columns(
            batch=batch, sheet=sheet.title, mapping=batch.columns, version=batch.version, by=clerk, today=today
        )
    if state == "done":
        batches.confirm(batch=batch, version=batch.version, again=False, by=clerk, today=today)


def keys():
    """Return what the placeholders of the table stand for, beside those that every demo has."""
    clerk = User.objects.get(username=CLERK)
    imports = dict(ImportBatch.objects.values_list("state", "pk"))
    waiting = Milestone.objects.live().visible_to(clerk).filter(on=None).order_by("pk").first()
    first, second = (Company.objects.get(name=name).pk for name in TWICE)
    return {
        "signed": signed(clerk).pk,
        "signed_project": signed(clerk).project_id,
        "talks": Project.objects.visible_to(clerk).filter(stage="talks").order_by("pk")[0].pk,
        "promised": waiting.pk if waiting else 0,
        "claimed": contested().pk,
        "twice": first,
        "again": second,
        "uploaded": imports["uploaded"],
        "previewed": imports["previewed"],
        "imported": imports["done"],
        **road_keys(),
        **desk_keys(),
        **scene_plan.keys(),
        **scene_reports.keys(),
    }


def road_keys():
    """Return the keys of the team, the office, the trips and the fair whose pages are photographed."""
    trips = Trip.objects.order_by("-pk")
    return {
        "team": Delegation.objects.get(name=TEAM).pk,
        "office": Delegation.objects.filter(kind="office").order_by("pk")[0].pk,
        "trip": trips.filter(delegation__name=TEAM, ended_at__isnull=False)[0].pk,
        "returned": trips.live().filter(ends_on__lt=timezone.localdate(), ended_at__isnull=True)[0].pk,
        "fair": Event.objects.order_by("-leaflets")[0].pk,
    }


def desk_keys():
    """Return the keys of the promises and meetings whose pages are photographed."""
    problems, meetings = Problem.objects.order_by("pk"), Meeting.objects.order_by("pk")
    return {
        "put_off": problems.filter(extensions__isnull=False)[0].pk,
        "late": problems.overdue(timezone.localdate())[0].pk,
        "review": Procedure.objects.filter(kind="review").order_by("pk")[0].pk,
        "answered": Complaint.objects.filter(answered_on__isnull=False).order_by("pk")[0].pk,
        "held": meetings.filter(held=True)[0].pk,
        "called": meetings.filter(held=False)[0].pk,
    }


def contested():
    """Return a company that two units claim."""
    units = {}
    for claim in Claim.objects.filter(state=Claim.State.STANDING).select_related("company").order_by("pk"):
        units.setdefault(claim.company, set()).add(claim.unit_id)
    return next(company for company, claiming in units.items() if len(claiming) > 1)


# --- what is done on a page before its picture is taken


def columns(page):
    """Open the choice of columns."""
    page.locator(".zs-columns summary").click()


def bottom(page):
    """Go to the foot of the page."""
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")


def move(page):
    """Ask where a card of one's own may go."""
    page.locator("[data-move-link]").first.click()
    page.locator("#board-dialog").get_by_role("link", name="签约", exact=True).click()
    page.locator("#board-dialog form, #board-dialog .zs-note").first.wait_for()


def leaf(page):
    """Open a picture."""
    page.locator("a[data-view]").nth(1).click()
    page.locator("dialog.zs-viewer img").evaluate("picture => picture.decode()")


def share(page):
    """Preview other shares."""
    page.locator("[name=share_0]").fill("70")
    page.locator("[name=unit_1]").select_option(label="智造产业园")
    page.locator("[name=share_1]").fill("30")
    page.get_by_label("依据文件").fill("区招商领导小组会议纪要〔2026〕12 号")
    page.get_by_role("button", name="预览变化").click()
    page.wait_for_load_state()


def bulk(page):
    """Preview a change of all the projects on the page."""
    for box in page.locator("input[name=row]").all():
        box.check()
    page.get_by_role("button", name="指定挂包领导").click()
    page.get_by_label("挂包领导").fill("街道党工委书记")
    page.locator("main").get_by_role("button", name="预览").click()
    page.wait_for_load_state()


def search(page):
    """Type initials into the search above the page; on a phone, open the page of the search."""
    box = page.locator(".zs-top-search input")
    if not box.is_visible():
        page.locator(".zs-top-find").click()
        page.locator("main input[name=q]").wait_for()
        return
    box.press_sequentially("xm")
    page.locator("#zs-found a").first.wait_for()


def alike(page):
    """Type a company that is there already."""
    page.get_by_label("投资方", exact=True).press_sequentially("柏岚电子科技")
    page.locator(".zs-similar-list").wait_for()


def cut(page):
    """Save a visit while the line is down, then let the page tell what waits."""
    page.context.set_offline(True)
    page.get_by_label("企业", exact=True).fill("柏岚电子科技股份有限公司")
    page.get_by_label("人数").fill("3")
    page.locator("main").get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("heading", name="待上传 1 条").wait_for()


def proofread(page):
    """Have a text proofread in which two shares do not follow."""
    page.locator("textarea[name=text]").fill(
        "今年以来，全区新引进项目18个，总金额152.8亿元，完成全年目标任务（130亿元）的117.5%；其中省外资金84.8亿元，占目标任务105亿元的84.2%。"
        "外出走访企业31家，占目标任务64家的48.3%；到位资金39.6亿元，同比增长12.5%（去年同期35.2亿元）。"
    )
    page.get_by_role("button", name="校对").click()
    page.wait_for_load_state()


STEPS = {
    "proofread": proofread,
    "projects-columns": columns,
    "project-bottom": bottom,
    "project-new-alike": alike,
    "board-move": move,
    "papers-viewer": leaf,
    "shares-preview": share,
    "bulk-preview": bulk,
    "search-box": search,
    "visit-waiting": cut,
    **scene_plan.STEPS,
}
