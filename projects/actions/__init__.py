"""Every write of the projects room, split like models/."""

from projects.actions.bulk import assign_lead_unit, assign_leader, tag_projects
from projects.actions.claims import decide_claims, register_claim, release_claim, stamp_of_claims
from projects.actions.companies import (
    add_contact,
    add_listing,
    add_name,
    change_company,
    change_contact,
    change_event,
    create_company,
    create_event,
    find_company,
    known_company,
    may_see_phone,
    remove_contact,
    remove_listing,
    remove_name,
    show_phone,
    tidy_name,
)
from projects.actions.complaints import answer_complaint, file_complaint
from projects.actions.evidence import add_evidence, add_papers, remove_stray_files, withdraw_evidence
from projects.actions.extensions import extend_promise
from projects.actions.feeds import renew_feed, revoke_feed
from projects.actions.gates import change_review, fill_fair_competition, record_review, sign_fair_competition
from projects.actions.holidays import remove_holiday, set_holiday, set_holidays
from projects.actions.inspections import change_inspection, commend, find_shortcoming, record_inspection
from projects.actions.land import change_parcel, record_parcel
from projects.actions.meetings import change_meeting, create_meeting, decide, set_rhythm
from projects.actions.merges import merge_companies, preview_merge, undo_merge
from projects.actions.milestones import (
    correct_milestone,
    recognise_milestone,
    record_milestone,
    withdraw_milestone,
)
from projects.actions.problems import change_problem, raise_problem
from projects.actions.procedures import add_step, change_procedure, conclude_step, start_procedure
from projects.actions.projects import change_project, create_project
from projects.actions.promises import may_write_promise, put_off, reopen, settle
from projects.actions.rates import change_rate, create_rate
from projects.actions.recognition import recognise, recognise_many
from projects.actions.rewards import (
    change_reward_rule,
    decide_reward,
    pay_reward,
    propose_rewards,
    write_reward_rule,
)
from projects.actions.rules import change_rule, create_rule, remove_rule
from projects.actions.shares import draft_shares, set_shares
from projects.actions.starting import file_plan, start_campaign, start_ratio
from projects.actions.tags import change_tag, create_tag, remove_tag, set_duties, set_tags
from projects.actions.thresholds import set_threshold
from projects.actions.trips import (
    add_posting,
    cancel_trip,
    change_delegation,
    change_trip,
    create_delegation,
    end_posting,
    end_trip,
    file_trip,
    plan_contact,
    record_leave,
    set_attendance,
    settle_contact,
)
from projects.actions.visits import correct_visit, recognise_visit, record_visit, withdraw_visit

__all__ = [
    "change_inspection",
    "change_reward_rule",
    "commend",
    "decide_reward",
    "find_shortcoming",
    "pay_reward",
    "propose_rewards",
    "record_inspection",
    "write_reward_rule",
    "assign_lead_unit",
    "assign_leader",
    "tag_projects",
    "add_contact",
    "add_evidence",
    "add_posting",
    "add_step",
    "answer_complaint",
    "cancel_trip",
    "add_listing",
    "add_name",
    "add_papers",
    "change_company",
    "change_delegation",
    "change_contact",
    "change_event",
    "change_meeting",
    "change_parcel",
    "change_problem",
    "change_procedure",
    "change_project",
    "change_review",
    "change_rate",
    "change_rule",
    "change_trip",
    "conclude_step",
    "change_tag",
    "correct_milestone",
    "correct_visit",
    "create_company",
    "create_delegation",
    "create_event",
    "create_meeting",
    "create_project",
    "create_rate",
    "create_rule",
    "decide",
    "end_posting",
    "end_trip",
    "put_off",
    "file_complaint",
    "may_write_promise",
    "file_plan",
    "file_trip",
    "create_tag",
    "fill_fair_competition",
    "decide_claims",
    "draft_shares",
    "extend_promise",
    "find_company",
    "known_company",
    "may_see_phone",
    "plan_contact",
    "raise_problem",
    "merge_companies",
    "preview_merge",
    "recognise",
    "recognise_many",
    "recognise_milestone",
    "recognise_visit",
    "record_leave",
    "record_milestone",
    "record_parcel",
    "record_review",
    "record_visit",
    "remove_holiday",
    "register_claim",
    "release_claim",
    "remove_contact",
    "remove_listing",
    "remove_name",
    "remove_rule",
    "renew_feed",
    "reopen",
    "revoke_feed",
    "set_attendance",
    "set_holiday",
    "set_holidays",
    "set_rhythm",
    "remove_tag",
    "set_duties",
    "remove_stray_files",
    "set_shares",
    "settle",
    "settle_contact",
    "set_tags",
    "set_threshold",
    "show_phone",
    "start_campaign",
    "start_ratio",
    "start_procedure",
    "sign_fair_competition",
    "stamp_of_claims",
    "tidy_name",
    "undo_merge",
    "withdraw_evidence",
    "withdraw_milestone",
    "withdraw_visit",
]
