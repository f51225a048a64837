"""Every write of the campaigns room: plan.py sets up, targets.py quotas; figures.py enters, months.py closes."""

from campaigns.actions.figures import (
    correct_tally,
    draft_tally,
    recognise_tally,
    record_tally,
    settle_recognition,
    withdraw_tally,
    write_readings,
)
from campaigns.actions.months import close_month, reopen_month
from campaigns.actions.plan import (
    change_campaign,
    change_indicator,
    create_campaign,
    create_indicator,
    set_lines,
    set_roster,
    set_stages,
)
from campaigns.actions.targets import (
    discard_targets,
    issue_targets,
    owed_text,
    set_person_targets,
    set_target_stages,
    set_targets,
)

__all__ = [
    "change_campaign",
    "change_indicator",
    "close_month",
    "correct_tally",
    "create_campaign",
    "create_indicator",
    "discard_targets",
    "draft_tally",
    "issue_targets",
    "owed_text",
    "recognise_tally",
    "record_tally",
    "reopen_month",
    "set_lines",
    "set_person_targets",
    "set_roster",
    "set_stages",
    "set_target_stages",
    "set_targets",
    "settle_recognition",
    "withdraw_tally",
    "write_readings",
]
