"""Where events are told to other systems, and what was sent there."""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from units.models import Role, Unit, under


class EndpointQuerySet(models.QuerySet):
    """Words for endpoints."""

    def visible_to(self, user):
        """Narrow to the endpoints that an editor keeps for the units the user edits for."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(under(user.paths(Role.EDITOR)))

    def listening(self, event, organiser):
        """Narrow to those in use that hear of an event in a campaign of an organiser."""
        heard = {Endpoint.Event.REPORT_ISSUED: Q(on_issue=True), Endpoint.Event.FINDING_CREATED: Q(on_finding=True)}
        return self.filter(heard[event], unit__in=organiser.lineage, is_active=True)

    def for_list(self):
        """Load what a list shows, those in use first."""
        return self.select_related("unit", "made_by").order_by("-is_active", "name", "pk")


class Endpoint(models.Model):
    """An address of another system that hears of what happens in the campaigns of a unit and the units below it.

    Of its secret only a salt is kept: without the site's own key nobody can sign with what stands in the database.
    """

    class Event(models.TextChoices):
        """What may be heard of."""

        REPORT_ISSUED = "report.issued", _("期次印发")
        FINDING_CREATED = "finding.created", _("规则触发")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    name = models.CharField(_("名称"), max_length=50)
    url = models.CharField(_("地址"), max_length=300)
    salt = models.CharField(max_length=64, editable=False)
    on_issue = models.BooleanField(_("期次印发时"), default=True)
    on_finding = models.BooleanField(_("触发规则时"), default=False)
    is_active = models.BooleanField(_("启用"), default=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("登记人")
    )
    made_at = models.DateTimeField(_("登记时间"), editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("推送地址")
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "url"],
                name="endpoint_once_per_unit_and_url",
                violation_error_message=_("该单位已有同一推送地址"),
            ),
            models.CheckConstraint(
                condition=Q(on_issue=True) | Q(on_finding=True),
                name="endpoint_hears_of_something",
                violation_error_message=_("请至少选一项事件"),
            ),
        ]

    def __str__(self):
        return self.name


class DeliveryQuerySet(models.QuerySet):
    """Words for deliveries."""

    def visible_to(self, user):
        """Narrow to what goes to the endpoints that the user keeps."""
        return self.filter(endpoint__in=Endpoint.objects.visible_to(user))

    def due(self, now):
        """Narrow to what is to be sent now, the longest waiting first."""
        rows = self.filter(state=Delivery.State.WAITING, endpoint__is_active=True, next_at__lte=now)
        return rows.order_by("next_at", "pk")

    def for_list(self):
        """Load what a list shows, the latest first."""
        return self.select_related("endpoint__unit").order_by("-pk")


class Delivery(models.Model):
    """One event told to one endpoint: the body that is sent, how often it was tried, what was answered last.

    The body never changes; the receiver knows by its key what it has taken already.
    """

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("待送")
        SENT = "sent", _("已送达")
        FAILED = "failed", _("未送达")

    endpoint = models.ForeignKey(Endpoint, models.PROTECT, related_name="deliveries", verbose_name=_("推送地址"))
    key = models.UUIDField(_("编号"), default=uuid4, unique=True, editable=False)
    event = models.CharField(_("事件"), max_length=30, choices=Endpoint.Event)
    subject = models.CharField(_("内容"), max_length=200)
    body = models.TextField(editable=False)
    made_at = models.DateTimeField(_("发生时间"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveIntegerField(_("次数"), default=0)
    next_at = models.DateTimeField(_("下次"))
    tried_at = models.DateTimeField(_("最近一次"), null=True, blank=True)
    status = models.PositiveIntegerField(_("应答"), null=True, blank=True)
    answer = models.CharField(_("应答内容"), max_length=200, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("推送记录")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "next_at"], name="deliveries_that_are_due")]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sent") | Q(status__gte=200, status__lt=300), name="delivery_sent_was_taken"
            )
        ]

    def __str__(self):
        return f"{self.get_event_display()} · {self.subject}"
