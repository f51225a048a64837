"""Forms of a higher office, as workbooks to be filled."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from units.models import Role, Unit, under


class CityFormQuerySet(models.QuerySet):
    """Words for forms."""

    def visible_to(self, user):
        """Narrow to the forms of the user's whole tree: they hold no figures."""
        return self.filter(unit__in=Unit.objects.near(user).values("pk"))

    def editable_by(self, user):
        """Narrow to the forms that an editor of their unit keeps."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(under(user.paths(Role.EDITOR)))

    def of(self, campaign):
        """Narrow to the forms in use that a campaign is told in."""
        return self.filter(unit__in=campaign.organiser.lineage, withdrawn_at=None)

    def for_list(self):
        """Load what a list shows, without the files, those in use first."""
        rows = self.select_related("unit", "uploaded_by", "withdrawn_by").defer("content")
        return rows.order_by(models.F("withdrawn_at").asc(nulls_first=True), "name", "pk")


class CityForm(models.Model):
    """A workbook with marks in which a higher office wants to be told the figures of a unit's campaigns.

    Its file never changes; a new edition is a new form.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    name = models.CharField(_("名称"), max_length=60)
    filename = models.CharField(_("文件名"), max_length=150)
    content = models.BinaryField(_("内容"))
    sha256 = models.CharField(_("文件指纹"), max_length=64)
    marks = models.PositiveIntegerField(_("标记"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("上传人")
    )
    uploaded_at = models.DateTimeField(_("上传时间"))
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("停用人")
    )
    withdrawn_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = CityFormQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("报表模板")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                condition=Q(withdrawn_at__isnull=True),
                name="city_form_once_per_unit_and_name",
                violation_error_message=_("该单位已有同名模板，请先停用原来的"),
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="city_form_is_withdrawn_by_somebody",
            ),
        ]

    def __str__(self):
        return self.name
