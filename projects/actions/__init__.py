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
from projects.actions.evidence import add_evidence, add_papers, remove_stray_files, withdraw_evidence
from projects.actions.milestones import (
    correct_milestone,
    recognise_milestone,
    record_milestone,
    withdraw_milestone,
)
from projects.actions.projects import change_project, create_project, set_shares
from projects.actions.recognition import recognise, recognise_many
from projects.actions.rules import change_rule, create_rule, remove_rule
from projects.actions.visits import correct_visit, recognise_visit, record_visit, withdraw_visit

__all__ = [
    "add_evidence",
    "add_papers",
    "change_company",
    "change_event",
    "change_project",
    "change_rule",
    "correct_milestone",
    "correct_visit",
    "create_company",
    "create_event",
    "create_project",
    "create_rule",
    "find_company",
    "may_see_phone",
    "recognise",
    "recognise_many",
    "recognise_milestone",
    "recognise_visit",
    "record_milestone",
    "record_visit",
    "remove_rule",
    "remove_stray_files",
    "set_shares",
    "show_phone",
    "withdraw_evidence",
    "withdraw_milestone",
    "withdraw_visit",
]
