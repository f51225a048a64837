"""Addresses of the campaigns room."""

from django.urls import path

from campaigns.views import campaigns, indicators, periods, ranking, setup, tables, targets

app_name = "campaigns"
urlpatterns = [
    path("campaigns/", campaigns.CampaignList.as_view(), name="campaign_list"),
    path("campaigns/new/", setup.CampaignCreate.as_view(), name="campaign_create"),
    path("campaigns/from-table/", tables.TableCreate.as_view(), name="table_create"),
    path("campaigns/<int:pk>/setup/", setup.CampaignSetup.as_view(), name="campaign_setup"),
    path("campaigns/<int:pk>/change/", setup.CampaignChange.as_view(), name="campaign_change"),
    path("campaigns/<int:pk>/copy/", setup.CampaignCopy.as_view(), name="campaign_copy"),
    path("campaigns/<int:pk>/phases/", setup.CampaignPhases.as_view(), name="campaign_phases"),
    path("campaigns/<int:pk>/indicators/", setup.CampaignLines.as_view(), name="campaign_lines"),
    path("campaigns/<int:pk>/roster/", setup.CampaignRoster.as_view(), name="campaign_roster"),
    path("campaigns/<int:pk>/targets/", targets.CampaignTargets.as_view(), name="campaign_targets"),
    path("campaigns/<int:pk>/ranking/", ranking.Ranking.as_view(), name="ranking"),
    path("indicators/", indicators.IndicatorList.as_view(), name="indicator_list"),
    path("indicators/new/", indicators.IndicatorCreate.as_view(), name="indicator_create"),
    path("indicators/<int:pk>/change/", indicators.IndicatorChange.as_view(), name="indicator_change"),
    path("periods/", periods.PeriodList.as_view(), name="period_list"),
    path("periods/<int:year>-<int:month>/close/", periods.PeriodClose.as_view(), name="period_close"),
    path("periods/<int:year>-<int:month>/reopen/", periods.PeriodReopen.as_view(), name="period_reopen"),
]
