"""Writing red and black lists: on what conditions a unit is on them, from when to when."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.actions.plan import locked
from campaigns.actions.rulebook import check_scope
from campaigns.models import Campaign, Roll
from units import audit, versions
from units.models import User


@transaction.atomic
def write_roll(*, campaign: Campaign, by: User, **facts) -> Roll:
    """Add a red or black list to a campaign."""
    campaign = locked(campaign, by)
    roll = Roll(campaign=campaign, order=campaign.rolls.count() + 1, **facts)
    check_roll(roll)
    roll.save()
    audit.record(by, "roll.created", roll, before={})
    return roll


@transaction.atomic
def change_roll(*, roll: Roll, by: User, version: int | None = None, **facts) -> Roll:
    """Change the conditions of a list; pages of any day show it by the new ones."""
    locked(roll.campaign, by)
    roll = Roll.objects.select_for_update(of=("self",)).select_related("campaign__organiser").get(pk=roll.pk)
    versions.check(roll, version)
    before = audit.snapshot(roll)
    for name, value in facts.items():
        setattr(roll, name, value)
    versions.bump(roll)
    check_roll(roll)
    roll.save()
    audit.record(by, "roll.changed", roll, before=before)
    return roll


def check_roll(roll):
    """Refuse what nobody could meet, and what is not of the campaign."""
    check_scope(roll)
    if roll.at_least and roll.below and roll.at_least >= roll.below:
        raise ValidationError({"below": _("须大于“完成率不低于”")})
    roll.full_clean()
