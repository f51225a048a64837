"""Addresses of the reports room."""

from django.urls import path

from reports.views import (
    bulletins,
    charts,
    funnel,
    inbox,
    leaders,
    meetings,
    overview,
    places,
    proofreading,
    starting,
    verifying,
    walls,
)

app_name = "reports"
urlpatterns = [
    path("campaigns/<int:pk>/", overview.Overview.as_view(), name="overview"),
    path("campaigns/<int:pk>/units/<int:unit_pk>/", overview.UnitPage.as_view(), name="unit"),
    path("campaigns/<int:pk>/units/<int:unit_pk>/place/", places.PlacePage.as_view(), name="place"),
    path("campaigns/<int:pk>/spread/", places.Spread.as_view(), name="spread"),
    path("campaigns/<int:pk>/compare/", places.Compare.as_view(), name="compare"),
    path("campaigns/<int:pk>/charts/", charts.Charts.as_view(), name="charts"),
    path("campaigns/<int:pk>/history/", charts.History.as_view(), name="history"),
    path("campaigns/<int:pk>/issued-days/", charts.IssuedDays.as_view(), name="issued_days"),
    path("campaigns/<int:pk>/funnel/", funnel.FunnelPage.as_view(), name="funnel"),
    path("campaigns/<int:pk>/leaders/", leaders.LeaderList.as_view(), name="leader_list"),
    path("leaders/", leaders.LeaderPage.as_view(), name="leader"),
    path("inbox/", inbox.InboxPage.as_view(), name="inbox"),
    path("inbox/count/", inbox.InboxCount.as_view(), name="inbox_count"),
    path("reports/", bulletins.ReportList.as_view(), name="report_list"),
    path("reports/new/", bulletins.ReportCreate.as_view(), name="report_create"),
    path("reports/<int:pk>/", bulletins.ReportPage.as_view(), name="report"),
    path("reports/<int:pk>/change/", bulletins.ReportChange.as_view(), name="report_change"),
    path("reports/<int:pk>/issue/", bulletins.ReportIssue.as_view(), name="report_issue"),
    path("reports/<int:pk>/file/<slug:kind>/", bulletins.ReportFile.as_view(), name="report_file"),
    path("campaigns/<int:pk>/issues/<slug:kind>/", starting.IssueStart.as_view(), name="issue_start"),
    path("orders/<int:pk>/letter/", starting.LetterStart.as_view(), name="letter_start"),
    path("reports/verify/", verifying.Verify.as_view(), name="verify"),
    path("proofreading/", proofreading.Proofread.as_view(), name="proofread"),
    path("meetings/<int:pk>/<slug:kind>.pdf", meetings.MeetingPaper.as_view(), name="meeting_paper"),
    path("campaigns/<int:pk>/walls/", walls.WallList.as_view(), name="wall_list"),
    path("walls/<int:pk>/revoke/", walls.WallRevoke.as_view(), name="wall_revoke"),
    path("wall/<str:token>/", walls.Wall.as_view(), name="wall"),
    path("wall/<str:token>/part/", walls.WallPart.as_view(), name="wall_part"),
]
