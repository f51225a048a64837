"""Thresholds that flags and claims read; the bureau sets them, the defaults hold until it does."""

from decimal import Decimal

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import ExactField


class Threshold(models.Model):
    """The value the bureau has set in place of a default."""

    class Name(models.TextChoices):
        """What may be set; the measure stands in brackets."""

        CLAIM_DAYS = "claim_days", _("首报首谈失效（天无实质接触）")
        STALLED_DAYS = "stalled_days", _("项目停滞（天无新节点）")
        SILENT_DAYS = "silent_days", _("未更新（天）")
        FILED_RATIO = "filed_ratio", _("签多备少：备案额低于协议额（%）")
        SIGNED_TIMES = "signed_times", _("签大备小：协议额不少于备案额（倍）")
        SIMILAR_NAME = "similar_name", _("疑似重复企业：名称相似度（%）")
        SIMILAR_SUM = "similar_sum", _("重复签约：金额相差不超过（%）")

    DEFAULTS = {
        Name.CLAIM_DAYS: Decimal(90),
        Name.STALLED_DAYS: Decimal(90),
        Name.SILENT_DAYS: Decimal(30),
        Name.FILED_RATIO: Decimal(80),
        Name.SIGNED_TIMES: Decimal(10),
        Name.SIMILAR_NAME: Decimal(80),
        Name.SIMILAR_SUM: Decimal(10),
    }

    MEASURES = {
        Name.CLAIM_DAYS: "天",
        Name.STALLED_DAYS: "天",
        Name.SILENT_DAYS: "天",
        Name.FILED_RATIO: "%",
        Name.SIGNED_TIMES: "倍",
        Name.SIMILAR_NAME: "%",
        Name.SIMILAR_SUM: "%",
    }

    name = models.CharField(_("阈值"), max_length=20, choices=Name, unique=True)
    value = ExactField(_("取值"))
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("预警阈值")
        constraints = [
            models.CheckConstraint(
                condition=Q(value__gt=Decimal(0)),
                name="threshold_is_positive",
                violation_error_message=_("阈值须大于 0"),
            )
        ]

    def __str__(self):
        return self.get_name_display()

    @classmethod
    def values(cls):
        """Return {name: value} with defaults where the bureau has set none: one query."""
        return cls.DEFAULTS | dict(cls.objects.values_list("name", "value"))
