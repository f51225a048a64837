"""The permission table: every page × method × role. A page that is not in it is not served."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied

from units.models import BUSINESS_ROLES, Role

ANYONE = frozenset({"anyone"})  # also without signing in
SIGNED_IN = frozenset({"signed-in"})
BUSINESS = BUSINESS_ROLES
CLERK = frozenset({Role.CLERK})
VERIFIER = frozenset({Role.VERIFIER})
EDITOR = frozenset({Role.EDITOR})
SYSTEM_ADMIN = frozenset({Role.SYSTEM_ADMIN})
SECURITY_ADMIN = frozenset({Role.SECURITY_ADMIN})
AUDIT_ADMIN = frozenset({Role.AUDIT_ADMIN})
IMPORTERS = frozenset({Role.CLERK, Role.EDITOR})  # who brings workbooks in
PROMISERS = frozenset({Role.CLERK, Role.EDITOR})  # who writes what is owed by a day
DESKS = frozenset({Role.EDITOR, Role.LEADER})  # who asks units for something: instructions, orders
UNIT_VOICES = frozenset({Role.CLERK, Role.LEADER})  # who says for a unit that it knows
SCREENERS = frozenset({Role.LEADER, Role.EDITOR})  # who puts a campaign on a wall
NOBODY = frozenset()


@dataclass(frozen=True)
class Page:
    """Which roles may read a page (GET, HEAD) and which may send it (POST).

    Whose records they are is decided by visible_to and by the actions; this table only says who may try.
    """

    read: frozenset
    write: frozenset = NOBODY


ACCESS = {
    "home": Page(SIGNED_IN),
    # --- units
    "units:sign_in": Page(ANYONE, ANYONE),
    "units:sign_out": Page(NOBODY, SIGNED_IN),
    "units:token": Page(SIGNED_IN),
    "units:password": Page(SIGNED_IN, SIGNED_IN),
    "units:unit_list": Page(SYSTEM_ADMIN | EDITOR),
    "units:unit_create": Page(SYSTEM_ADMIN, SYSTEM_ADMIN),
    "units:unit_rename": Page(SYSTEM_ADMIN, SYSTEM_ADMIN),
    "units:unit_move": Page(SYSTEM_ADMIN, SYSTEM_ADMIN),
    "units:unit_merge": Page(SYSTEM_ADMIN, SYSTEM_ADMIN),
    "units:unit_split": Page(SYSTEM_ADMIN, SYSTEM_ADMIN),
    "units:user_list": Page(SYSTEM_ADMIN),
    "units:user_create": Page(SYSTEM_ADMIN, SYSTEM_ADMIN),
    "units:user_disable": Page(SYSTEM_ADMIN, SYSTEM_ADMIN),
    "units:user_enable": Page(SYSTEM_ADMIN, SYSTEM_ADMIN),
    "units:user_reset": Page(SYSTEM_ADMIN, SYSTEM_ADMIN),
    "units:member_list": Page(SECURITY_ADMIN),
    "units:member_grant": Page(SECURITY_ADMIN, SECURITY_ADMIN),
    "units:member_revoke": Page(SECURITY_ADMIN, SECURITY_ADMIN),
    "units:audit_list": Page(AUDIT_ADMIN),
    "units:key_list": Page(BUSINESS | SYSTEM_ADMIN, BUSINESS),
    "units:key_revoke": Page(BUSINESS | SYSTEM_ADMIN, BUSINESS | SYSTEM_ADMIN),
    "units:view_create": Page(SIGNED_IN, SIGNED_IN),
    "units:view_change": Page(SIGNED_IN, SIGNED_IN),
    "units:view_remove": Page(SIGNED_IN, SIGNED_IN),
    "units:columns": Page(NOBODY, SIGNED_IN),
    # --- campaigns
    "campaigns:campaign_list": Page(BUSINESS),
    "campaigns:campaign_create": Page(EDITOR, EDITOR),
    "campaigns:table_create": Page(EDITOR, EDITOR),
    "campaigns:campaign_copy": Page(EDITOR, EDITOR),
    "campaigns:campaign_phases": Page(EDITOR, EDITOR),
    "campaigns:campaign_setup": Page(EDITOR),
    "campaigns:campaign_change": Page(EDITOR, EDITOR),
    "campaigns:campaign_lines": Page(EDITOR, EDITOR),
    "campaigns:campaign_roster": Page(EDITOR, EDITOR),
    "campaigns:campaign_stages": Page(EDITOR, EDITOR),
    "campaigns:campaign_targets": Page(EDITOR, EDITOR),
    "campaigns:targets_issue": Page(EDITOR, EDITOR),
    "campaigns:targets_discard": Page(EDITOR, EDITOR),
    "campaigns:target_versions": Page(EDITOR),
    "campaigns:target_persons": Page(PROMISERS, PROMISERS),
    "campaigns:target_stages": Page(EDITOR, EDITOR),
    "campaigns:ranking": Page(BUSINESS),
    "campaigns:forecast_list": Page(BUSINESS),
    "campaigns:forecast_create": Page(EDITOR, EDITOR),
    "campaigns:score": Page(BUSINESS),
    "campaigns:scheme_list": Page(EDITOR),
    "campaigns:scheme_create": Page(EDITOR, EDITOR),
    "campaigns:scheme_sets": Page(EDITOR),
    "campaigns:scheme_adopt": Page(EDITOR, EDITOR),
    "campaigns:scheme": Page(EDITOR),
    "campaigns:scheme_change": Page(EDITOR, EDITOR),
    "campaigns:scheme_try": Page(EDITOR),
    "campaigns:scheme_enforce": Page(EDITOR, EDITOR),
    "campaigns:scheme_end": Page(EDITOR, EDITOR),
    "campaigns:scheme_row_pick": Page(EDITOR),
    "campaigns:scheme_row_create": Page(EDITOR, EDITOR),
    "campaigns:scheme_row_change": Page(EDITOR, EDITOR),
    "campaigns:scheme_row_remove": Page(EDITOR, EDITOR),
    "campaigns:mark_list": Page(EDITOR),
    "campaigns:mark_create": Page(EDITOR, EDITOR),
    "campaigns:item_create": Page(EDITOR, EDITOR),
    "campaigns:mark_withdraw": Page(EDITOR, EDITOR),
    "campaigns:self_sheet_list": Page(BUSINESS),
    "campaigns:self_sheet_ask": Page(EDITOR, EDITOR),
    "campaigns:self_sheet": Page(BUSINESS),
    "campaigns:self_sheet_fill": Page(CLERK, CLERK),
    "campaigns:self_sheet_review": Page(EDITOR, EDITOR),
    "campaigns:self_sheet_extend": Page(EDITOR, EDITOR),
    "campaigns:indicator_list": Page(EDITOR),
    "campaigns:indicator_create": Page(EDITOR, EDITOR),
    "campaigns:indicator_change": Page(EDITOR, EDITOR),
    "campaigns:published_list": Page(BUSINESS),
    "campaigns:published_create": Page(EDITOR, EDITOR),
    "campaigns:published_paste": Page(EDITOR, EDITOR),
    "campaigns:published_remove": Page(EDITOR, EDITOR),
    "campaigns:period_list": Page(EDITOR),
    "campaigns:period_close": Page(EDITOR, EDITOR),
    "campaigns:period_reopen": Page(EDITOR, EDITOR),
    "campaigns:rolls": Page(BUSINESS),
    "campaigns:roll_create": Page(EDITOR, EDITOR),
    "campaigns:roll_change": Page(EDITOR, EDITOR),
    "campaigns:rule_list": Page(BUSINESS),
    "campaigns:rule_create": Page(EDITOR, EDITOR),
    "campaigns:rule": Page(BUSINESS),
    "campaigns:rule_change": Page(EDITOR, EDITOR),
    "campaigns:rule_preview": Page(EDITOR),
    "campaigns:rule_trial": Page(EDITOR, EDITOR),
    "campaigns:finding_list": Page(BUSINESS),
    "campaigns:finding": Page(BUSINESS),
    "campaigns:finding_acknowledge": Page(UNIT_VOICES, UNIT_VOICES),
    "campaigns:finding_answer": Page(CLERK, CLERK),
    "campaigns:exemption_list": Page(BUSINESS),
    "campaigns:exemption_create": Page(EDITOR, EDITOR),
    "campaigns:exemption_end": Page(EDITOR, EDITOR),
    "campaigns:order_list": Page(BUSINESS),
    "campaigns:order_create": Page(DESKS, DESKS),
    "campaigns:order": Page(BUSINESS),
    "campaigns:order_sign": Page(CLERK, CLERK),
    "campaigns:order_reply": Page(CLERK, CLERK),
    "campaigns:order_review": Page(DESKS, DESKS),
    "campaigns:instruction_list": Page(BUSINESS),
    "campaigns:instruction_create": Page(DESKS, DESKS),
    "campaigns:instruction": Page(BUSINESS),
    "campaigns:instruction_reply": Page(CLERK, CLERK),
    "campaigns:instruction_close": Page(DESKS, DESKS),
    "campaigns:endpoint_list": Page(EDITOR, EDITOR),
    "campaigns:endpoint_change": Page(EDITOR, EDITOR),
    "campaigns:endpoint_secret": Page(EDITOR, EDITOR),
    "campaigns:delivery_list": Page(EDITOR),
    "campaigns:delivery_again": Page(EDITOR, EDITOR),
    # --- projects
    "projects:start": Page(EDITOR),
    "projects:start_template": Page(EDITOR, EDITOR),
    "projects:plan_list": Page(BUSINESS),
    "projects:plan_create": Page(PROMISERS, PROMISERS),
    "projects:entry": Page(CLERK, CLERK),
    "projects:entry_preview": Page(CLERK),
    "projects:my_entries": Page(CLERK),
    "projects:rows": Page(BUSINESS),
    "projects:ratio_list": Page(EDITOR),
    "projects:ratio_start": Page(EDITOR, EDITOR),
    "projects:target_industries": Page(EDITOR, EDITOR),
    "projects:industry_list": Page(BUSINESS),
    "projects:tally": Page(BUSINESS),
    "projects:tally_correct": Page(CLERK, CLERK),
    "projects:tally_withdraw": Page(CLERK, CLERK),
    "projects:recognition_list": Page(VERIFIER),
    "projects:recognise": Page(VERIFIER, VERIFIER),
    "projects:recognise_batch": Page(VERIFIER, VERIFIER),
    "projects:search": Page(BUSINESS),
    "projects:project_list": Page(BUSINESS),
    "projects:project_bulk": Page(CLERK, CLERK),
    "projects:project_create": Page(CLERK, CLERK),
    "projects:project": Page(BUSINESS),
    "projects:project_change": Page(CLERK, CLERK),
    "projects:project_move": Page(CLERK, CLERK),
    "projects:project_reviews": Page(BUSINESS),
    "projects:review_change": Page(CLERK, CLERK),
    "projects:fair_competition": Page(BUSINESS),
    "projects:fair_competition_fill": Page(CLERK, CLERK),
    "projects:fair_competition_sign": Page(VERIFIER | EDITOR, VERIFIER | EDITOR),
    "projects:board": Page(BUSINESS),
    "projects:tag_list": Page(BUSINESS),
    "projects:tag_create": Page(EDITOR, EDITOR),
    "projects:tag_change": Page(EDITOR, EDITOR),
    "projects:tag_remove": Page(EDITOR, EDITOR),
    "projects:project_shares": Page(EDITOR, EDITOR),
    "projects:milestone_list": Page(BUSINESS),
    "projects:milestone_create": Page(CLERK, CLERK),
    "projects:milestone_pick": Page(CLERK),
    "projects:milestone": Page(BUSINESS),
    "projects:milestone_correct": Page(CLERK, CLERK),
    "projects:milestone_withdraw": Page(CLERK, CLERK),
    "projects:milestone_extend": Page(CLERK, CLERK),
    "projects:schedule": Page(BUSINESS),
    "projects:chain": Page(BUSINESS),
    "projects:flag_list": Page(BUSINESS),
    "projects:conversion": Page(BUSINESS),
    "projects:visit_list": Page(BUSINESS),
    "projects:visit_create": Page(CLERK, CLERK),
    "projects:visit": Page(BUSINESS),
    "projects:visit_correct": Page(CLERK, CLERK),
    "projects:visit_withdraw": Page(CLERK, CLERK),
    "projects:company_list": Page(BUSINESS),
    "projects:company": Page(BUSINESS),
    "projects:company_change": Page(CLERK, CLERK),
    "projects:company_phone": Page(NOBODY, frozenset({Role.CLERK, Role.EDITOR})),
    "projects:company_similar": Page(CLERK | EDITOR),
    "projects:contact_create": Page(CLERK, CLERK),
    "projects:contact_change": Page(CLERK, CLERK),
    "projects:contact_remove": Page(CLERK, CLERK),
    "projects:name_create": Page(CLERK, CLERK),
    "projects:name_remove": Page(CLERK, CLERK),
    "projects:listing_create": Page(CLERK, CLERK),
    "projects:listing_remove": Page(CLERK, CLERK),
    "projects:company_merge_partner": Page(EDITOR, EDITOR),
    "projects:company_merge": Page(EDITOR, EDITOR),
    "projects:merge_undo": Page(EDITOR, EDITOR),
    "projects:claims": Page(BUSINESS),
    "projects:claim_decide": Page(EDITOR, EDITOR),
    "projects:claim_list": Page(BUSINESS),
    "projects:claim_create": Page(CLERK, CLERK),
    "projects:claim_release": Page(CLERK, CLERK),
    "projects:thresholds": Page(EDITOR),
    "projects:threshold_change": Page(EDITOR, EDITOR),
    "projects:event_list": Page(BUSINESS),
    "projects:event_create": Page(frozenset({Role.CLERK, Role.EDITOR}), frozenset({Role.CLERK, Role.EDITOR})),
    "projects:event": Page(BUSINESS),
    "projects:event_change": Page(EDITOR, EDITOR),
    "projects:event_attendance": Page(frozenset({Role.CLERK, Role.EDITOR}), frozenset({Role.CLERK, Role.EDITOR})),
    "projects:attendance": Page(BUSINESS),
    "projects:evidence_add": Page(CLERK, CLERK),
    "projects:evidence": Page(BUSINESS),
    "projects:delegation_list": Page(BUSINESS),
    "projects:delegation_create": Page(CLERK, CLERK),
    "projects:delegation": Page(BUSINESS),
    "projects:delegation_change": Page(CLERK, CLERK),
    "projects:posting_create": Page(CLERK, CLERK),
    "projects:posting_end": Page(CLERK, CLERK),
    "projects:leave_create": Page(CLERK, CLERK),
    "projects:trip_list": Page(BUSINESS),
    "projects:trip_create": Page(CLERK, CLERK),
    "projects:trip": Page(BUSINESS),
    "projects:trip_change": Page(CLERK, CLERK),
    "projects:trip_end": Page(CLERK, CLERK),
    "projects:trip_cancel": Page(CLERK, CLERK),
    "projects:attendance_table": Page(BUSINESS),
    "projects:planned_list": Page(BUSINESS),
    "projects:planned_create": Page(CLERK, CLERK),
    "projects:planned_done": Page(CLERK, CLERK),
    "projects:planned_drop": Page(CLERK, CLERK),
    "projects:calendar": Page(BUSINESS),
    "projects:calendar_subscription": Page(BUSINESS, BUSINESS),
    "projects:calendar_revoke": Page(BUSINESS, BUSINESS),
    "projects:calendar_feed": Page(ANYONE),  # whoever has the secret address; the view asks whose it is
    "projects:evidence_preview": Page(BUSINESS),
    "projects:evidence_withdraw": Page(CLERK, CLERK),
    "projects:project_papers": Page(BUSINESS),
    "projects:todo_list": Page(BUSINESS),
    "projects:kept_promises": Page(BUSINESS),
    "projects:promise_extend": Page(PROMISERS, PROMISERS),
    "projects:promise_settle": Page(PROMISERS, PROMISERS),
    "projects:promise_reopen": Page(PROMISERS, PROMISERS),
    "projects:problem_list": Page(BUSINESS),
    "projects:problem_create": Page(PROMISERS, PROMISERS),
    "projects:problem": Page(BUSINESS),
    "projects:problem_change": Page(PROMISERS, PROMISERS),
    "projects:procedure_list": Page(BUSINESS),
    "projects:procedure_create": Page(PROMISERS, PROMISERS),
    "projects:procedure": Page(BUSINESS),
    "projects:procedure_change": Page(PROMISERS, PROMISERS),
    "projects:step_create": Page(PROMISERS, PROMISERS),
    "projects:step_conclude": Page(PROMISERS, PROMISERS),
    "projects:holiday_list": Page(BUSINESS),
    "projects:holiday_create": Page(EDITOR, EDITOR),
    "projects:holiday_paste": Page(EDITOR, EDITOR),
    "projects:holiday_remove": Page(EDITOR, EDITOR),
    "projects:complaint_list": Page(BUSINESS),
    "projects:complaint_create": Page(PROMISERS, PROMISERS),
    "projects:complaint": Page(BUSINESS),
    "projects:complaint_answer": Page(PROMISERS, PROMISERS),
    "projects:parcel_list": Page(BUSINESS),
    "projects:parcel_create": Page(PROMISERS, PROMISERS),
    "projects:parcel_change": Page(PROMISERS, PROMISERS),
    "projects:meeting_list": Page(BUSINESS),
    "projects:meeting_create": Page(PROMISERS, PROMISERS),
    "projects:meeting": Page(BUSINESS),
    "projects:meeting_change": Page(PROMISERS, PROMISERS),
    "projects:decision_create": Page(PROMISERS, PROMISERS),
    "projects:rhythm_list": Page(BUSINESS),
    "projects:rhythm_change": Page(EDITOR, EDITOR),
    "projects:rule_list": Page(EDITOR),
    "projects:rule_create": Page(EDITOR, EDITOR),
    "projects:rule_change": Page(EDITOR, EDITOR),
    "projects:rule_remove": Page(EDITOR, EDITOR),
    "projects:import_list": Page(IMPORTERS),
    "projects:import_create": Page(IMPORTERS, IMPORTERS),
    "projects:import_template": Page(IMPORTERS),
    "projects:import_preview": Page(IMPORTERS),
    "projects:import_map": Page(IMPORTERS, IMPORTERS),
    "projects:import_progress": Page(IMPORTERS),
    "projects:import_confirm": Page(IMPORTERS, IMPORTERS),
    "projects:import_undo": Page(IMPORTERS, IMPORTERS),
    "projects:import_retry": Page(IMPORTERS, IMPORTERS),
    "projects:import_refused": Page(IMPORTERS),
    "projects:import_file": Page(IMPORTERS),
    "projects:rate_list": Page(BUSINESS),
    "projects:rate_create": Page(EDITOR, EDITOR),
    "projects:rate_change": Page(EDITOR, EDITOR),
    "projects:reward_list": Page(BUSINESS),
    "projects:reward": Page(BUSINESS),
    "projects:reward_decide": Page(DESKS, DESKS),
    "projects:reward_pay": Page(EDITOR, EDITOR),
    "projects:reward_trial": Page(EDITOR, EDITOR),
    "projects:reward_rule_list": Page(BUSINESS),
    "projects:reward_rule_create": Page(EDITOR, EDITOR),
    "projects:reward_rule_change": Page(EDITOR, EDITOR),
    "projects:inspection_list": Page(BUSINESS),
    "projects:inspection_create": Page(EDITOR, EDITOR),
    "projects:inspection": Page(BUSINESS),
    "projects:inspection_change": Page(EDITOR, EDITOR),
    "projects:shortcoming_create": Page(EDITOR, EDITOR),
    "projects:commendation_create": Page(EDITOR, EDITOR),
    "projects:commendation_list": Page(BUSINESS),
    # --- reports
    "reports:overview": Page(BUSINESS),
    "reports:unit": Page(BUSINESS),
    "reports:place": Page(BUSINESS),
    "reports:spread": Page(BUSINESS),
    "reports:compare": Page(BUSINESS),
    "reports:charts": Page(BUSINESS),
    "reports:history": Page(BUSINESS),
    "reports:issued_days": Page(BUSINESS),
    "reports:funnel": Page(BUSINESS),
    "reports:leader_list": Page(BUSINESS),
    "reports:leader": Page(BUSINESS),
    "reports:inbox": Page(BUSINESS, BUSINESS),
    "reports:inbox_count": Page(BUSINESS),
    "reports:report_list": Page(BUSINESS),
    "reports:report_create": Page(EDITOR, EDITOR),
    "reports:report": Page(BUSINESS),
    "reports:report_change": Page(EDITOR, EDITOR),
    "reports:report_save": Page(NOBODY, EDITOR),
    "reports:report_preview": Page(EDITOR),
    "reports:report_figures": Page(EDITOR),
    "reports:report_versions": Page(DESKS),
    "reports:report_restore": Page(NOBODY, EDITOR),
    "reports:report_remarks": Page(DESKS, DESKS),
    "reports:remark_answer": Page(NOBODY, DESKS),
    "reports:remark_settle": Page(NOBODY, DESKS),
    "reports:kind_list": Page(EDITOR),
    "reports:kind_create": Page(EDITOR, EDITOR),
    "reports:kind_change": Page(EDITOR, EDITOR),
    "reports:kind_do": Page(NOBODY, EDITOR),
    "reports:kind_preview": Page(EDITOR),
    "reports:report_hand_in": Page(EDITOR, EDITOR),
    "reports:report_review": Page(DESKS, DESKS),
    "reports:report_open": Page(EDITOR, EDITOR),
    "reports:report_pin": Page(EDITOR, EDITOR),
    "reports:report_issue": Page(EDITOR, EDITOR),
    "reports:report_revise": Page(EDITOR, EDITOR),
    "reports:report_difference": Page(BUSINESS),
    "reports:objection_create": Page(UNIT_VOICES, UNIT_VOICES),
    "reports:objection_decide": Page(DESKS, DESKS),
    "reports:objection_file": Page(BUSINESS),
    "reports:report_receivers": Page(DESKS, DESKS),
    "reports:report_receivers_add": Page(DESKS, DESKS),
    "reports:report_masked": Page(DESKS),
    "reports:report_masked_file": Page(DESKS),
    "reports:flows": Page(EDITOR),
    "reports:flow_change": Page(EDITOR, EDITOR),
    "reports:schedule_change": Page(EDITOR, EDITOR),
    "reports:report_file": Page(BUSINESS),
    "reports:rendering_create": Page(BUSINESS, BUSINESS),
    "reports:rendering": Page(BUSINESS, BUSINESS),
    "reports:rendering_progress": Page(BUSINESS),
    "reports:rendering_file": Page(BUSINESS),
    "reports:issue_start": Page(NOBODY, EDITOR),
    "reports:letter_start": Page(NOBODY, EDITOR),
    "reports:proofread": Page(BUSINESS, BUSINESS),
    "reports:verify": Page(BUSINESS, BUSINESS),
    "reports:meeting_paper": Page(BUSINESS),
    "reports:wall_list": Page(SCREENERS, SCREENERS),
    "reports:wall_revoke": Page(SCREENERS, SCREENERS),
    "reports:wall": Page(ANYONE),  # whoever has the secret address; the view asks what it opens
    "reports:wall_part": Page(ANYONE),  # the same, for the next of its pages
    "reports:cityform_fill": Page(BUSINESS),
    "reports:cityform_list": Page(EDITOR),
    "reports:cityform_create": Page(EDITOR, EDITOR),
    "reports:cityform_file": Page(BUSINESS),
    "reports:cityform_withdraw": Page(EDITOR, EDITOR),
    # --- the read API: whoever has a key; the view asks whose it is
    "api:api-root": Page(ANYONE),
    "api:campaigns": Page(ANYONE),
    "api:campaign": Page(ANYONE),
    "api:standings": Page(ANYONE),
    "api:scores": Page(ANYONE),
    "api:entries": Page(ANYONE),
    "api:projects": Page(ANYONE),
    "api:project": Page(ANYONE),
    "api:milestones": Page(ANYONE),
    "api:reports": Page(ANYONE),
    "api:report": Page(ANYONE),
    "api:report_file": Page(ANYONE),
    "api:unknown": Page(ANYONE),
    "api:openapi-json": Page(BUSINESS),
    "api:openapi-view": Page(BUSINESS),
}
SWITCHES = {  # what begins the names of pages → the setting that turns them on; off, there is no such page
    "api:": "API_ENABLED",
    "units:key_": "API_ENABLED",
    "campaigns:endpoint_": "WEBHOOK_HOSTS",
    "campaigns:delivery_": "WEBHOOK_HOSTS",
}


def is_on(page_name):
    """Say whether the settings of the site let a page be."""
    return all(getattr(settings, name) for start, name in SWITCHES.items() if page_name.startswith(start))


def may(user, page_name, method):
    """Say whether the user's roles may call a page with a method; KeyError for an undeclared page."""
    page = ACCESS[page_name]
    allowed = page.read if method in {"GET", "HEAD", "OPTIONS"} else page.write
    if allowed == ANYONE:
        return True
    if not user.is_authenticated:
        return False
    return allowed == SIGNED_IN or not allowed.isdisjoint(user.roles)


def require_role(user, role):
    """Refuse (403) a write by somebody who holds the role nowhere."""
    if not user.is_system and role not in user.roles:
        raise PermissionDenied(f"{user} is no {role}")


def may_promise(user, *units):
    """Say whether the user writes what is owed by a day for one of some units: a clerk or an editor there."""
    return user.is_system or any(user.holds(role, unit) for unit in units if unit for role in PROMISERS)


def require_promiser(user, *units):
    """Refuse (403) a write on what is owed by a day by who is neither clerk nor editor of a unit concerned."""
    if not may_promise(user, *units):
        raise PermissionDenied(f"{user} is neither clerk nor editor of a unit concerned")


def may_screen(user, unit):
    """Say whether the user puts campaigns of a unit on a wall: a leader or an editor there."""
    return user.is_system or any(user.holds(role, unit) for role in SCREENERS)


def require(user, role, unit):
    """Refuse (403) a write by somebody who does not hold the role in the unit or above it."""
    if not user.is_system and not user.holds(role, unit):
        raise PermissionDenied(f"{user} is no {role} of {unit}")
