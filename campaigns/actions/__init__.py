"""Every write of the campaigns room: plan.py sets up, figures.py enters, months.py closes, rulebook.py judges."""

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
from campaigns.actions.orders import (
    close_instruction,
    give_instruction,
    issue_order,
    raise_orders,
    reply_to_instruction,
    reply_to_order,
    review_order,
    sign_for_order,
)
from campaigns.actions.plan import (
    change_campaign,
    change_indicator,
    create_campaign,
    create_indicator,
    set_lines,
    set_roster,
    set_targets,
)
from campaigns.actions.rulebook import (
    acknowledge_finding,
    answer_finding,
    change_rule,
    end_exemption,
    evaluate_rules,
    exempt,
    write_rule,
)

__all__ = [
    "acknowledge_finding",
    "answer_finding",
    "change_campaign",
    "change_indicator",
    "change_rule",
    "close_instruction",
    "close_month",
    "correct_tally",
    "create_campaign",
    "create_indicator",
    "draft_tally",
    "end_exemption",
    "evaluate_rules",
    "exempt",
    "give_instruction",
    "issue_order",
    "raise_orders",
    "recognise_tally",
    "record_tally",
    "reopen_month",
    "reply_to_instruction",
    "reply_to_order",
    "review_order",
    "set_lines",
    "set_roster",
    "set_targets",
    "settle_recognition",
    "sign_for_order",
    "withdraw_tally",
    "write_readings",
    "write_rule",
]
