"""Addresses of the campaigns room."""

from django.urls import path

from campaigns.views import campaigns, findings, indicators, orders, periods, ranking, rulebook, setup, targets

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
    path("indicators/", indicators.IndicatorList.as_view(), name="indicator_list"),
    path("indicators/new/", indicators.IndicatorCreate.as_view(), name="indicator_create"),
    path("indicators/<int:pk>/change/", indicators.IndicatorChange.as_view(), name="indicator_change"),
    path("periods/", periods.PeriodList.as_view(), name="period_list"),
    path("periods/<int:year>-<int:month>/close/", periods.PeriodClose.as_view(), name="period_close"),
    path("periods/<int:year>-<int:month>/reopen/", periods.PeriodReopen.as_view(), name="period_reopen"),
    path("rulebook/", rulebook.RuleList.as_view(), name="rule_list"),
    path("rulebook/new/", rulebook.RuleCreate.as_view(), name="rule_create"),
    path("rulebook/<int:pk>/", rulebook.RuleDetail.as_view(), name="rule"),
    path("rulebook/<int:pk>/change/", rulebook.RuleChange.as_view(), name="rule_change"),
    path("campaigns/<int:pk>/rule-preview/", rulebook.RulePreview.as_view(), name="rule_preview"),
    path("campaigns/<int:pk>/evaluation/", rulebook.Evaluation.as_view(), name="rule_trial"),
    path("findings/", findings.FindingList.as_view(), name="finding_list"),
    path("findings/<int:pk>/", findings.FindingDetail.as_view(), name="finding"),
    path("findings/<int:pk>/acknowledge/", findings.FindingAcknowledge.as_view(), name="finding_acknowledge"),
    path("findings/<int:pk>/answer/", findings.FindingAnswer.as_view(), name="finding_answer"),
    path("exemptions/", findings.ExemptionList.as_view(), name="exemption_list"),
    path("exemptions/new/", findings.ExemptionCreate.as_view(), name="exemption_create"),
    path("exemptions/<int:pk>/end/", findings.ExemptionEnd.as_view(), name="exemption_end"),
    path("orders/", orders.OrderList.as_view(), name="order_list"),
    path("orders/new/", orders.OrderCreate.as_view(), name="order_create"),
    path("orders/<int:pk>/", orders.OrderDetail.as_view(), name="order"),
    path("orders/<int:pk>/sign/", orders.OrderSign.as_view(), name="order_sign"),
    path("orders/<int:pk>/reply/", orders.OrderReply.as_view(), name="order_reply"),
    path("orders/<int:pk>/review/", orders.OrderReview.as_view(), name="order_review"),
    path("instructions/", orders.InstructionList.as_view(), name="instruction_list"),
    path("instructions/new/", orders.InstructionCreate.as_view(), name="instruction_create"),
    path("instructions/<int:pk>/", orders.InstructionDetail.as_view(), name="instruction"),
    path("instructions/<int:pk>/reply/", orders.InstructionReply.as_view(), name="instruction_reply"),
    path("instructions/<int:pk>/close/", orders.InstructionClose.as_view(), name="instruction_close"),
]
