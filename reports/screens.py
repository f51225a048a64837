"""Making and revoking the secret addresses of wall screens."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from reports.models import WallScreen
from units import access, audit
from units.models import User
from units.tokens import hashed, new_token


@transaction.atomic
def make_wall(*, campaign: Campaign, name: str, groups: Sequence[str], basis: str = "", by: User) -> str:
    """Make the address of a wall screen; return its token, which is kept nowhere else."""
    require_screener(by, campaign)
    unknown = set(groups) - set(campaign.roster.values_list("group", flat=True))
    if unknown:
        raise ValidationError({"groups": _("参战名单中没有这个组别：%s") % "、".join(sorted(unknown))})
    token = new_token()
    wall = WallScreen(
        campaign=campaign,
        name=name.strip(),
        groups=list(groups),
        basis=basis,
        token_hash=hashed(token),
        made_by=by,
        made_at=timezone.now(),
    )
    wall.full_clean()
    wall.save()
    audit.record(by, "wall.wall_made", wall, changes={str(_("大屏地址")): ["", str(_("新生成"))]})
    return token


@transaction.atomic
def revoke_wall(*, wall: WallScreen, by: User) -> WallScreen:
    """Let the address of a wall screen open nothing any more."""
    wall = WallScreen.objects.select_for_update(of=("self",)).select_related("campaign__organiser").get(pk=wall.pk)
    require_screener(by, wall.campaign)
    if wall.revoked_at:
        raise ValidationError(_("这个大屏地址已经停用"))
    wall.revoked_by, wall.revoked_at = by, timezone.now()
    wall.save(update_fields=["revoked_by", "revoked_at"])
    audit.record(by, "wall.wall_revoked", wall, changes={str(_("大屏地址")): [str(_("在用")), ""]})
    return wall


def require_screener(user, campaign):
    """Refuse (403) who is neither leader nor editor of the campaign's organiser."""
    if not access.may_screen(user, campaign.organiser):
        raise PermissionDenied(f"{user} puts no campaign of {campaign.organiser} on a wall")
