"""Every write of the campaigns room: plan.py sets up, figures.py enters and recognises, months.py closes."""

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
    copy_campaign,
    create_campaign,
    create_indicator,
    set_lines,
    set_phases,
    set_roster,
    set_targets,
)

__all__ = [
    "change_campaign",
    "change_indicator",
    "close_month",
    "copy_campaign",
    "correct_tally",
    "create_campaign",
    "create_indicator",
    "draft_tally",
    "recognise_tally",
    "record_tally",
    "reopen_month",
    "set_lines",
    "set_phases",
    "set_roster",
    "set_targets",
    "settle_recognition",
    "withdraw_tally",
    "write_readings",
]
