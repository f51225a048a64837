"""What leaders ask of units by a day: supervision orders (督办单) and instructions (批示)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _

from campaigns.models.plan import Campaign
from campaigns.models.rulebook import Finding
from units.models import BUSINESS_ROLES, Role, Unit, under


class DemandQuerySet(models.QuerySet):
    """Words for what is asked of units."""

    asker = ""  # the way to the unit that asks

    def visible_to(self, user):
        """Narrow to what is asked of the user's units or by them."""
        if not user.is_authenticated:
            return self.none()
        paths = user.paths(*BUSINESS_ROLES)
        return self.filter(under(paths) | under(paths, self.asker))

    def open(self):
        """Narrow to what is not closed."""
        return self.filter(closed_on__isnull=True)

    def unanswered(self):
        """Narrow to what the unit has still to reply to."""
        return self.filter(replied_on__isnull=True)

    def overdue(self, as_of):
        """Narrow to what was not replied to though its day is past."""
        return self.unanswered().filter(due_on__lt=as_of)

    def for_list(self):
        """Load what a list shows: what is open on top, what is due first before the rest."""
        over = models.ExpressionWrapper(Q(closed_on__isnull=False), output_field=models.BooleanField())
        return self.with_parts().order_by(over, "due_on", "pk")


class OrderQuerySet(DemandQuerySet):
    """Words for orders."""

    asker = "campaign__organiser__"

    def with_parts(self):
        """Load what the words of an order need."""
        return self.select_related(
            "campaign__organiser", "unit", "finding__rule", "finding__unit", "finding__indicator", "raised_to",
            "issued_by", "signed_by", "replied_by",
        )  # fmt: skip


class InstructionQuerySet(DemandQuerySet):
    """Words for instructions."""

    asker = "from_unit__"

    def with_parts(self):
        """Load what the words of an instruction need."""
        return self.select_related("from_unit", "unit", "campaign", "recorded_by", "replied_by")


class Demand(models.Model):
    """What a unit is asked to do and to reply to by a day; closed by who asked."""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("承办单位"))
    person = models.CharField(_("责任人"), max_length=50, blank=True)
    due_on = models.DateField(_("办理期限"))
    first_due_on = models.DateField(_("最初期限"), editable=False)
    reply = models.CharField(_("办理情况"), max_length=1000, blank=True, editable=False)
    replied_on = models.DateField(_("回复日期"), null=True, blank=True, editable=False)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("回复人"),
    )  # fmt: skip
    closed_on = models.DateField(_("办结日期"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True) | Q(replied_on__isnull=False),
                name="%(class)s_is_replied_to_before_it_closes",
                violation_error_message=_("须先回复才能办结"),
            )
        ]

    def days_late(self, as_of):
        """Return by how many days the reply was or is late; 0 where it is not."""
        return max(((self.replied_on or as_of) - self.due_on).days, 0)

    def may_reply(self, user):
        """Say whether the user replies for the unit, while nothing was replied."""
        return self.replied_on is None and user.holds(Role.CLERK, self.unit)


class Order(Demand):
    """A supervision order of a campaign: issued, signed for, replied to, reviewed, closed.

    Numbers run within the campaign. An overdue one is raised to the leaders of the next unit above, week by week.
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="orders", verbose_name=_("战役"))
    number = models.PositiveIntegerField(_("编号"), editable=False)
    finding = models.ForeignKey(
        Finding, models.PROTECT, null=True, blank=True, related_name="orders", verbose_name=_("由来")
    )
    title = models.CharField(_("督办事项"), max_length=200)
    demand = models.CharField(_("要求"), max_length=1000)
    issued_on = models.DateField(_("签发日期"))
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("签发人")
    )
    signed_on = models.DateField(_("签收日期"), null=True, blank=True, editable=False)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("签收人"),
    )  # fmt: skip
    review = models.CharField(_("复核意见"), max_length=500, blank=True, editable=False)
    raised_to = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", editable=False, verbose_name=_("升级至")
    )
    raised_on = models.DateField(_("升级日期"), null=True, blank=True, editable=False)

    objects = OrderQuerySet.as_manager()

    class Meta(Demand.Meta):
        verbose_name = verbose_name_plural = _("督办单")
        ordering = ["due_on", "pk"]
        constraints = [
            *Demand.Meta.constraints,
            models.UniqueConstraint(fields=["campaign", "number"], name="order_number_once_per_campaign"),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("issued_on")),
                name="order_is_due_after_it_was_issued",
                violation_error_message=_("办理期限不能早于签发日期"),
            ),
            models.CheckConstraint(
                condition=Q(replied_on__isnull=True) | Q(signed_on__isnull=False),
                name="order_is_signed_for_before_it_is_replied_to",
                violation_error_message=_("须先签收才能回复"),
            ),
        ]

    def __str__(self):
        return f"{self.label} {self.title}"

    def get_absolute_url(self):
        """Return the page of the order."""
        return reverse("campaigns:order", args=[self.pk])

    @property
    def label(self):
        """The number as it is printed."""
        return tell("督办〔%(year)d〕%(number)d号") % {"year": self.issued_on.year, "number": self.number}

    @property
    def asker(self):
        """The unit that issued it."""
        return self.campaign.organiser


class Instruction(Demand):
    """A leader's instruction: the text, to whom, by when, what was replied, when it was closed (批示)."""

    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="instructions", verbose_name=_("有关战役")
    )
    from_unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("批示单位"))
    leader = models.CharField(_("批示领导"), max_length=50)
    text = models.CharField(_("批示内容"), max_length=1000)
    given_on = models.DateField(_("批示日期"))
    outcome = models.CharField(_("办结意见"), max_length=500, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("登记人")
    )

    objects = InstructionQuerySet.as_manager()

    class Meta(Demand.Meta):
        verbose_name = verbose_name_plural = _("批示")
        ordering = ["due_on", "pk"]
        constraints = [
            *Demand.Meta.constraints,
            models.CheckConstraint(
                condition=Q(due_on__gte=F("given_on")),
                name="instruction_is_due_after_it_was_given",
                violation_error_message=_("办理期限不能早于批示日期"),
            ),
        ]

    def __str__(self):
        return self.text if len(self.text) <= 40 else self.text[:40] + "…"

    def get_absolute_url(self):
        """Return the page of the instruction."""
        return reverse("campaigns:instruction", args=[self.pk])

    @property
    def asker(self):
        """The unit whose leader gave it."""
        return self.from_unit
