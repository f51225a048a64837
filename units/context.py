"""What the frame around every page shows: name, navigation, tabs."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from units import access, checks
from units.models import BUSINESS_ROLES

# label, URL name, icon, group; a page shows to whoever may read it
NAVIGATION = (
    (_("总览"), "home", "overview", ""),
    (_("待办"), "projects:todo_list", "check", ""),
    (_("进度填报"), "projects:entry", "pencil", ""),
    (_("我的填报"), "projects:my_entries", "list", ""),
    (_("待认定"), "projects:recognition_list", "check", ""),
    (_("期次"), "reports:report_list", "report", ""),
    (_("项目台账"), "projects:project_list", "ledger", _("项目")),
    (_("节点台账"), "projects:milestone_list", "flow", _("项目")),
    (_("挂图作战"), "projects:schedule", "rank", _("项目")),
    (_("项目链条"), "projects:chain", "filter", _("项目")),
    (_("预警"), "projects:flag_list", "warn", _("项目")),
    (_("导入"), "projects:import_list", "upload", _("项目")),
    (_("企业"), "projects:company_list", "building", _("往来")),
    (_("首报首谈"), "projects:claim_list", "shield", _("往来")),
    (_("走访来访"), "projects:visit_list", "visit", _("往来")),
    (_("外出招商"), "projects:trip_list", "flow", _("往来")),
    (_("小分队"), "projects:delegation_list", "users", _("往来")),
    (_("联系计划"), "projects:planned_list", "list", _("往来")),
    (_("招商活动"), "projects:event_list", "wall", _("往来")),
    (_("日程"), "projects:calendar", "calendar", _("往来")),
    (_("问题清单"), "projects:problem_list", "warn", _("攻坚")),
    (_("会审代办"), "projects:procedure_list", "flow", _("攻坚")),
    (_("投诉"), "projects:complaint_list", "info", _("攻坚")),
    (_("项目用地"), "projects:parcel_list", "building", _("攻坚")),
    (_("会议"), "projects:meeting_list", "users", _("攻坚")),
    (_("奖惩规则"), "campaigns:rule_list", "shield", _("督导")),
    (_("规则触发"), "campaigns:finding_list", "warn", _("督导")),
    (_("督办单"), "campaigns:order_list", "flow", _("督导")),
    (_("批示"), "campaigns:instruction_list", "pencil", _("督导")),
    (_("豁免"), "campaigns:exemption_list", "info", _("督导")),
    (_("督查"), "projects:inspection_list", "search", _("督导")),
    (_("通报表扬"), "projects:commendation_list", "check", _("督导")),
    (_("奖励"), "projects:reward_list", "exchange", _("督导")),
    (_("公布位次"), "campaigns:published_list", "rank", _("督导")),
    (_("战役"), "campaigns:campaign_list", "target", _("设置")),
    (_("指标"), "campaigns:indicator_list", "flow", _("设置")),
    (_("口径"), "projects:rule_list", "settings", _("设置")),
    (_("期次种类"), "reports:kind_list", "report", _("设置")),
    (_("标签"), "projects:tag_list", "list", _("设置")),
    (_("预警阈值"), "projects:thresholds", "warn", _("设置")),
    (_("节假日"), "projects:holiday_list", "calendar", _("设置")),
    (_("会议频次"), "projects:rhythm_list", "calendar", _("设置")),
    (_("汇率"), "projects:rate_list", "exchange", _("设置")),
    (_("账期"), "campaigns:period_list", "lock", _("设置")),
    (_("报表模板"), "reports:cityform_list", "download", _("设置")),
    (_("推送"), "campaigns:endpoint_list", "exchange", _("设置")),
    (_("单位"), "units:unit_list", "building", _("管理")),
    (_("账号"), "units:user_list", "users", _("管理")),
    (_("角色"), "units:member_list", "shield", _("管理")),
    (_("审计"), "units:audit_list", "history", _("管理")),
    (_("修改密码"), "units:password", "user", _("本人")),
    (_("接口令牌"), "units:key_list", "lock", _("本人")),
)
# the first five that the user may open; what one's own work is stands out
TABS = (
    (_("总览"), "home", "overview"),
    (_("台账"), "projects:project_list", "ledger"),
    (_("填报"), "projects:entry", "plus"),
    (_("待认定"), "projects:recognition_list", "check"),
    (_("走访"), "projects:visit_list", "visit"),
    (_("我的"), "projects:my_entries", "user"),
    (_("期次"), "reports:report_list", "report"),
)
TABS_SHOWN = 5  # as many as a phone is wide

UNDER_HOME = {
    "reports:overview", "reports:unit", "reports:funnel", "reports:place", "reports:spread", "reports:compare",
    "reports:wall_list", "reports:charts", "reports:history", "reports:issued_days", "reports:leader_list",
    "reports:leader", "reports:cityform_fill", "campaigns:ranking", "campaigns:rolls",
}  # fmt: skip


@dataclass(frozen=True)
class Link:
    """One entry of the navigation."""

    label: str
    url: str
    icon: str
    active: bool
    group: str = ""


def opens(user, name):
    """Say whether there is such a page, switched on, and the user may read it."""
    known = any(page.name == name for page in checks.all_pages())
    return known and access.is_on(name) and access.may(user, name, "GET")


def links(request, rows):
    """Return the entries the user may open; the one whose address the page lies under is active."""
    made = []
    name = request.resolver_match.view_name if request.resolver_match else ""
    for label, page, icon, *group in rows:
        if not opens(request.user, page):
            continue
        active = name == page or (page == "home" and name in UNDER_HOME)
        if not active and page != "home":
            active = page == f"{name.split('_')[0]}_list"  # in the same room: reports:unit is no page of units
        made.append(Link(label, reverse(page), icon, active, str(group[0]) if group else ""))
    return made


def frame(request):
    """Context processor: the frame of the page."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"frame": {"site_name": settings.SITE_NAME, "nav": (), "tabs": ()}}
    business = not user.roles.isdisjoint(BUSINESS_ROLES)
    return {
        "frame": {
            "site_name": settings.SITE_NAME,
            "home_url": reverse("home"),
            "search_url": reverse("projects:search") if opens(user, "projects:search") else "",
            # the bell asks for its number after the page is there: no page pays for it
            "bell": opens(user, "reports:inbox") and not user.must_change_password,
            "nav": links(request, NAVIGATION),
            "tabs": links(request, TABS)[:TABS_SHOWN] if business else (),
            "user_name": str(user),
            "unit_name": "、".join(dict.fromkeys(member.unit.name for member in user.memberships)),
            "roles_line": "、".join(dict.fromkeys(member.get_role_display() for member in user.memberships)),
        }
    }
