"""Every write of the projects room, split like models/."""

from projects.actions.companies import (
    change_company,
    change_event,
    create_company,
    create_event,
    find_company,
    may_see_phone,
    show_phone,
)
from projects.actions.evidence import add_evidence
from projects.actions.gates import (
    change_review,
    fill_fair_competition,
    record_review,
    sign_fair_competition,
)
from projects.actions.milestones import (
    correct_milestone,
    recognise_milestone,
    record_milestone,
    withdraw_milestone,
)
from projects.actions.projects import change_project, create_project, set_shares
from projects.actions.recognition import recognise, recognise_many
from projects.actions.rules import change_rule, create_rule, remove_rule
from projects.actions.tags import change_tag, create_tag, remove_tag, set_duties, set_tags
from projects.actions.visits import correct_visit, recognise_visit, record_visit, withdraw_visit

__all__ = [
    "add_evidence",
    "change_company",
    "change_event",
    "change_project",
    "change_review",
    "change_rule",
    "change_tag",
    "correct_milestone",
    "correct_visit",
    "create_company",
    "create_event",
    "create_project",
    "create_rule",
    "create_tag",
    "fill_fair_competition",
    "find_company",
    "may_see_phone",
    "recognise",
    "recognise_many",
    "recognise_milestone",
    "recognise_visit",
    "record_milestone",
    "record_review",
    "record_visit",
    "remove_rule",
    "remove_tag",
    "set_duties",
    "set_shares",
    "set_tags",
    "show_phone",
    "sign_fair_competition",
    "withdraw_milestone",
    "withdraw_visit",
]
