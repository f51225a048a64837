"""Addresses of the projects room."""

from django.urls import path

from projects.views import (
    board,
    companies,
    entry,
    events,
    evidence,
    gates,
    milestones,
    projects,
    recognition,
    rows,
    rules,
    tags,
    tallies,
    visits,
)

app_name = "projects"
urlpatterns = [
    # --- the desk: entry, tallies, recognition, drill-down, counting rules
    path("entry/", entry.Entry.as_view(), name="entry"),
    path("entry/preview/", entry.EntryPreview.as_view(), name="entry_preview"),
    path("entry/mine/", tallies.MyEntries.as_view(), name="my_entries"),
    path("tallies/<int:pk>/", tallies.TallyDetail.as_view(), name="tally"),
    path("tallies/<int:pk>/correct/", tallies.TallyCorrect.as_view(), name="tally_correct"),
    path("tallies/<int:pk>/withdraw/", tallies.TallyWithdraw.as_view(), name="tally_withdraw"),
    path("recognition/", recognition.RecognitionList.as_view(), name="recognition_list"),
    path("recognition/batch/", recognition.RecogniseBatch.as_view(), name="recognise_batch"),
    path("recognition/<slug:kind>/<int:pk>/", recognition.Recognise.as_view(), name="recognise"),
    path("campaigns/<int:pk>/rows/", rows.Rows.as_view(), name="rows"),
    path("rules/", rules.RuleList.as_view(), name="rule_list"),
    path("rules/new/", rules.RuleCreate.as_view(), name="rule_create"),
    path("rules/<int:pk>/", rules.RuleChange.as_view(), name="rule_change"),
    path("rules/<int:pk>/remove/", rules.RuleRemove.as_view(), name="rule_remove"),
    # --- end of the desk
    # --- the records: projects, milestones, visits, companies, events, evidence
    path("projects/", projects.ProjectList.as_view(), name="project_list"),
    path("projects/new/", projects.ProjectCreate.as_view(), name="project_create"),
    path("projects/<int:pk>/", projects.ProjectDetail.as_view(), name="project"),
    path("projects/<int:pk>/change/", projects.ProjectChange.as_view(), name="project_change"),
    path("projects/<int:pk>/reviews/", gates.ProjectReviews.as_view(), name="project_reviews"),
    path("projects/<int:pk>/reviews/<slug:gate>/", gates.ReviewChange.as_view(), name="review_change"),
    path("projects/<int:pk>/fair-competition/", gates.FairCompetition.as_view(), name="fair_competition"),
    path(
        "projects/<int:pk>/fair-competition/fill/", gates.FairCompetitionFill.as_view(), name="fair_competition_fill"
    ),
    path(
        "projects/<int:pk>/fair-competition/sign/", gates.FairCompetitionSign.as_view(), name="fair_competition_sign"
    ),
    path("projects/board/", board.Board.as_view(), name="board"),
    path("projects/<int:pk>/move/", board.ProjectMove.as_view(), name="project_move"),
    path("tags/", tags.TagList.as_view(), name="tag_list"),
    path("tags/new/", tags.TagCreate.as_view(), name="tag_create"),
    path("tags/<int:pk>/", tags.TagChange.as_view(), name="tag_change"),
    path("tags/<int:pk>/remove/", tags.TagRemove.as_view(), name="tag_remove"),
    path("projects/<int:pk>/shares/", projects.ProjectShares.as_view(), name="project_shares"),
    path("projects/<int:pk>/milestones/new/", milestones.MilestoneCreate.as_view(), name="milestone_create"),
    path("milestones/<int:pk>/", milestones.MilestoneDetail.as_view(), name="milestone"),
    path("milestones/<int:pk>/correct/", milestones.MilestoneCorrect.as_view(), name="milestone_correct"),
    path("milestones/<int:pk>/withdraw/", milestones.MilestoneWithdraw.as_view(), name="milestone_withdraw"),
    path("visits/", visits.VisitList.as_view(), name="visit_list"),
    path("visits/new/", visits.VisitCreate.as_view(), name="visit_create"),
    path("visits/<int:pk>/", visits.VisitDetail.as_view(), name="visit"),
    path("visits/<int:pk>/correct/", visits.VisitCorrect.as_view(), name="visit_correct"),
    path("visits/<int:pk>/withdraw/", visits.VisitWithdraw.as_view(), name="visit_withdraw"),
    path("companies/", companies.CompanyList.as_view(), name="company_list"),
    path("companies/<int:pk>/", companies.CompanyDetail.as_view(), name="company"),
    path("companies/<int:pk>/change/", companies.CompanyChange.as_view(), name="company_change"),
    path("companies/<int:pk>/phone/", companies.CompanyPhone.as_view(), name="company_phone"),
    path("events/", events.EventList.as_view(), name="event_list"),
    path("events/new/", events.EventCreate.as_view(), name="event_create"),
    path("events/<int:pk>/", events.EventDetail.as_view(), name="event"),
    path("events/<int:pk>/change/", events.EventChange.as_view(), name="event_change"),
    path("evidence/add/<slug:kind>/<int:pk>/", evidence.EvidenceAdd.as_view(), name="evidence_add"),
    path("evidence/<int:pk>/", evidence.EvidenceFile.as_view(), name="evidence"),
    # --- end of the records
]
