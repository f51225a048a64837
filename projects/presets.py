"""The ready-made views of the lists of the projects room: (key, label, query or how to make it from day and user)."""

from calendar import monthrange

from django.utils.translation import gettext_lazy as _

from projects.project_filters import STALE, clerks_paths


def mine(today, user):
    """Return the query of what the user's own units have; nobody but a clerk has units of that kind."""
    return "mine=1" if clerks_paths(user) else None


def this_month(first, last):
    """Return how to make the query of what lies between the first and the last day of the month."""

    def query(today, user):
        """Name both days."""
        end = today.replace(day=monthrange(today.year, today.month)[1])
        return f"{first}={today.replace(day=1)}&{last}={end}"

    return query


def overdue(today, user):
    """Return the query of promises that are late today."""
    return f"overdue={today}"


ALL = ("all", _("全部"), "")
PROJECTS = (
    ALL,
    ("mine", _("我的"), mine),
    ("signed", _("本月签约"), this_month("signed_from", "signed_to")),
    ("late", _("超期"), overdue),
    ("stale", _("超 30 天未更新"), f"stale={STALE}"),
    ("large", _("亿元以上"), "amount_from=1"),
    ("outside", _("落在区外"), "outside=yes"),
    ("carried", _("往年结转"), "carried=1"),
)
MILESTONES = (
    ALL,
    ("mine", _("我的"), mine),
    ("month", _("本月"), this_month("since", "until")),
    ("late", _("承诺超期"), "state=late"),
    ("waiting", _("待认定"), "state=done&recognition=waiting"),
    ("funding", _("到资"), "kind=funding&state=done"),
)
VISITS = (
    ALL,
    ("mine", _("我的"), mine),
    ("month", _("本月"), this_month("since", "until")),
    ("outbound", _("走出去"), "direction=outbound"),
    ("inbound", _("请进来"), "direction=inbound"),
    ("waiting", _("待认定"), "recognition=waiting"),
)
COMPANIES = (
    ALL,
    ("mine", _("我的"), mine),
    ("chart", _("榜单企业"), "chart=any"),
    ("claimed", _("有首报"), "is_claimed=True"),
    ("outside", _("省外"), "origin=country"),
)
# --- what is owed by a day
PROBLEMS = (
    ALL,
    ("open", _("待办"), "state=open"),
    ("late", _("逾期"), "state=late"),
    ("month", _("本月到期"), this_month("since", "until")),
    ("done", _("已办结"), "state=done"),
    ("mine", _("本单位负责"), mine),
)
COMPLAINTS = (
    ALL,
    ("silent", _("逾期未答复"), "answered=no&state=late"),
    ("unanswered", _("未答复"), "answered=no"),
    ("open", _("待办"), "state=open"),
    ("late", _("逾期"), "state=late"),
    ("done", _("已办结"), "state=done"),
)
PROCEDURES = (
    ALL,
    ("open", _("未办结"), "state=open"),
    ("review", _("联合会审"), "kind=review"),
    ("licence", _("证照办理"), "kind=licence"),
)
PARCELS = (
    ALL,
    ("not_built", _("圈而不建"), "state=not_built"),
    ("not_used", _("占而不用"), "state=not_used"),
    ("reclaimed", _("已收回"), "state=reclaimed"),
)
MEETINGS = (
    ALL,
    ("coming", _("未开"), "state=coming"),
    ("month", _("本月"), this_month("since", "until")),
    ("unwritten", _("待补纪要"), "state=unwritten"),
)
# --- end of what is owed by a day
