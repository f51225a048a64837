"""Addresses of the campaigns room."""

from django.urls import path

from campaigns.views import campaigns, indicators, marks, periods, ranking, schemes, setup, targets

app_name = "campaigns"
urlpatterns = [
    path("campaigns/", campaigns.CampaignList.as_view(), name="campaign_list"),
    path("campaigns/new/", setup.CampaignCreate.as_view(), name="campaign_create"),
    path("campaigns/<int:pk>/setup/", setup.CampaignSetup.as_view(), name="campaign_setup"),
    path("campaigns/<int:pk>/change/", setup.CampaignChange.as_view(), name="campaign_change"),
    path("campaigns/<int:pk>/indicators/", setup.CampaignLines.as_view(), name="campaign_lines"),
    path("campaigns/<int:pk>/roster/", setup.CampaignRoster.as_view(), name="campaign_roster"),
    path("campaigns/<int:pk>/targets/", targets.CampaignTargets.as_view(), name="campaign_targets"),
    path("campaigns/<int:pk>/ranking/", ranking.Ranking.as_view(), name="ranking"),
    path("campaigns/<int:pk>/units/<int:unit_pk>/score/", schemes.ScorePage.as_view(), name="score"),
    path("campaigns/<int:pk>/schemes/", schemes.SchemeList.as_view(), name="scheme_list"),
    path("campaigns/<int:pk>/schemes/new/", schemes.SchemeCreate.as_view(), name="scheme_create"),
    path("schemes/<int:pk>/", schemes.SchemeDetail.as_view(), name="scheme"),
    path("schemes/<int:pk>/change/", schemes.SchemeChange.as_view(), name="scheme_change"),
    path("schemes/<int:pk>/try/", schemes.SchemeTry.as_view(), name="scheme_try"),
    path("schemes/<int:pk>/enforce/", schemes.SchemeEnforce.as_view(), name="scheme_enforce"),
    path("schemes/<int:pk>/end/", schemes.SchemeEnd.as_view(), name="scheme_end"),
    path("schemes/<int:pk>/methods/", schemes.RowPick.as_view(), name="scheme_row_pick"),
    path("schemes/<int:pk>/rows/new/", schemes.RowCreate.as_view(), name="scheme_row_create"),
    path("schemes/<int:pk>/rows/<int:row_pk>/", schemes.RowChange.as_view(), name="scheme_row_change"),
    path("schemes/<int:pk>/rows/<int:row_pk>/remove/", schemes.RowRemove.as_view(), name="scheme_row_remove"),
    path("campaigns/<int:pk>/marks/", marks.MarkList.as_view(), name="mark_list"),
    path("campaigns/<int:pk>/marks/new/", marks.MarkCreate.as_view(), name="mark_create"),
    path("campaigns/<int:pk>/marks/items/new/", marks.ItemCreate.as_view(), name="item_create"),
    path("marks/<int:pk>/withdraw/", marks.MarkWithdraw.as_view(), name="mark_withdraw"),
    path("indicators/", indicators.IndicatorList.as_view(), name="indicator_list"),
    path("indicators/new/", indicators.IndicatorCreate.as_view(), name="indicator_create"),
    path("indicators/<int:pk>/change/", indicators.IndicatorChange.as_view(), name="indicator_change"),
    path("periods/", periods.PeriodList.as_view(), name="period_list"),
    path("periods/<int:year>-<int:month>/close/", periods.PeriodClose.as_view(), name="period_close"),
    path("periods/<int:year>-<int:month>/reopen/", periods.PeriodReopen.as_view(), name="period_reopen"),
]
