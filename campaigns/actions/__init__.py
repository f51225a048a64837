"""Every write of the campaigns room: plan.py sets up, figures.py enters and recognises, months.py
closes, schemes.py writes the rules of scoring."""

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
    set_targets,
)
from campaigns.actions.schemes import (
    change_scheme,
    create_item,
    create_scheme,
    end_scheme,
    enforce_scheme,
    record_mark,
    remove_row,
    set_row,
    withdraw_mark,
)

__all__ = [
    "change_campaign",
    "change_indicator",
    "change_scheme",
    "close_month",
    "correct_tally",
    "create_campaign",
    "create_indicator",
    "create_item",
    "create_scheme",
    "draft_tally",
    "end_scheme",
    "enforce_scheme",
    "recognise_tally",
    "record_mark",
    "record_tally",
    "remove_row",
    "reopen_month",
    "set_lines",
    "set_roster",
    "set_row",
    "set_targets",
    "settle_recognition",
    "withdraw_mark",
    "withdraw_tally",
    "write_readings",
]
