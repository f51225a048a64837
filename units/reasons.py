"""What people have to write beside what they do."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


def stated(text: str, field: str = "reason", message=None) -> str:
    """Return what was written without the space around it; refuses nothing but space, at its field."""
    if not text.strip():
        raise ValidationError({field: message or _("请写明理由")})
    return text.strip()
