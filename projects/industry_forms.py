"""The form in which a unit's targets are set apart by industry."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from campaigns.models import Indicator
from campaigns.target_forms import PersonsForm
from projects.industries import industry_names


class IndustriesForm(PersonsForm):
    """How much of a unit's targets is owed in which industries; only of what facts are counted for."""

    key_label = _("产业")

    def __init__(self, *args, lines, **kwargs):
        self.options = industry_names()
        counted = [line for line in lines if line.indicator.fed_by == Indicator.Feed.FACTS]
        super().__init__(*args, lines=[row for row in counted if row.indicator.kind == Indicator.Kind.SUM], **kwargs)

    def clean_key(self, text):
        """Take a name that projects go by."""
        if text not in self.options:
            raise ValidationError(_("没有“%s”这个产业，可选三次产业或项目上填过的产业链") % text)
        return text

    def told(self, line, amounts):
        """Add up, and say what is set apart."""
        text, tone = super().told(line, amounts)
        return text.replace("分到人", "分到产业"), tone
