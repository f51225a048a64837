"""Addresses of the campaigns room."""

from django.urls import path

from campaigns.views import campaigns, ranking

app_name = "campaigns"
urlpatterns = [
    path("campaigns/", campaigns.CampaignList.as_view(), name="campaign_list"),
    path("campaigns/<int:pk>/ranking/", ranking.Ranking.as_view(), name="ranking"),
]
