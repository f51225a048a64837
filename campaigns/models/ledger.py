"""The ledger: entries that are only ever added, months that close, tallies, and what was recognised of a fact."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from campaigns.models.plan import Basis, Campaign, CampaignIndicator, Indicator
from campaigns.numbers import ExactField, amount_text, base_word
from units.models import BUSINESS_ROLES, Unit, under


class AppendOnly(TypeError):
    """Somebody tried to change or remove an entry of the ledger."""


class EntryQuerySet(models.QuerySet):
    """Entries are added by the ledger and never changed."""

    def update(self, *args, **kwargs):
        """Refuse."""
        raise AppendOnly("entries are never updated; the ledger reverses and posts anew")

    def delete(self):
        """Refuse."""
        raise AppendOnly("entries are never deleted; the ledger reverses them")

    bulk_update = update

    def live(self):
        """Narrow to postings that no reversal has taken back."""
        # NOT EXISTS, because for the outer join SQLite read the whole ledger, however few entries were asked for
        reversals = self.model.objects.filter(reverses=OuterRef("pk"))
        return self.filter(~Exists(reversals), sign=1)


class Entry(models.Model):
    """One signed amount for an indicator, a unit and a basis.

    fact_on is the fact's own day, on the day that every sum reads; they differ only where a month was closed.
    A posting has sign +1; its reversal takes it back once with the negative amount and sign −1.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    basis = models.CharField(max_length=10, choices=Basis)
    amount = ExactField()
    fact_on = models.DateField(_("发生日"))
    on = models.DateField(_("入账日"))
    sign = models.SmallIntegerField()
    source_kind = models.CharField(max_length=40)
    source_id = models.BigIntegerField()
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversal")
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("台账分录")
        indexes = [
            models.Index(fields=["indicator", "basis", "unit", "on", "amount", "sign"], name="entry_sums"),
            models.Index(fields=["source_kind", "source_id"], name="entry_of_a_source"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(sign=1, reverses__isnull=True) | Q(sign=-1, reverses__isnull=False),
                name="entry_is_a_posting_or_a_reversal",
            ),
            models.CheckConstraint(condition=Q(on__gte=models.F("fact_on")), name="entry_is_not_posted_early"),
        ]

    def __str__(self):
        return f"{self.on} {self.indicator_id} {self.unit_id} {self.amount}"

    def save(self, *args, **kwargs):
        """Add the entry; a saved one refuses."""
        if self.pk is not None and not self._state.adding:
            raise AppendOnly("entries are never updated; the ledger reverses and posts anew")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        """Refuse."""
        raise AppendOnly("entries are never deleted; the ledger reverses them")


class Period(models.Model):
    """One month of the ledger, closed or open; a row appears with its first posting."""

    month = models.DateField(_("月份"), unique=True)
    closed = models.BooleanField(_("已封账"), default=False)
    reason = models.CharField(_("理由"), max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("账期")
        ordering = ["-month"]
        constraints = [models.CheckConstraint(condition=Q(month__day=1), name="period_is_known_by_its_first_day")]

    def __str__(self):
        return f"{self.month:%Y年%m月}"


class Recognition(models.TextChoices):
    """What became of a reported fact."""

    WAITING = "waiting", _("待认定")
    FULL = "full", _("已认定")
    REDUCED = "reduced", _("核减认定")
    REFUSED = "refused", _("不予认定")


class RecognisedQuerySet(models.QuerySet):
    """Words shared by everything that is reported and then recognised."""

    def live(self):
        """Narrow to what was not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Recognised(models.Model):
    """What is reported by one person and recognised by another: in full, for less, or not at all.

    What was recognised has its own amount, day and bulletin number; what waits or is refused has none.
    """

    recognition = models.CharField(
        _("认定情况"), max_length=10, choices=Recognition, default=Recognition.WAITING, editable=False
    )
    recognised_amount = ExactField(_("认定数"), null=True, blank=True, editable=False)
    recognised_on = models.DateField(_("认定日期"), null=True, blank=True, editable=False)
    recognised_number = models.CharField(_("认定通报号"), max_length=50, blank=True, editable=False)
    recognised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("认定人"),
    )
    recognition_reason = models.CharField(_("认定理由"), max_length=500, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("填报人")
    )
    recorded_at = models.DateTimeField(_("填报时间"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(recognition__in=["waiting", "refused"], recognised_on__isnull=True)
                    | Q(recognition__in=["full", "reduced"], recognised_on__isnull=False)
                ),
                name="%(app_label)s_%(class)s_recognised_has_a_day",
            )
        ]

    @property
    def is_recognised(self):
        """Whether something of it was recognised."""
        return self.recognition in {Recognition.FULL, Recognition.REDUCED}

    @property
    def is_withdrawn(self):
        """Whether it was taken back."""
        return self.withdrawn_at is not None


class TallyQuerySet(RecognisedQuerySet):
    """Words for tallies."""

    def visible_to(self, user):
        """Narrow to the figures of the user's own units and the units below them."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(under(user.paths(*BUSINESS_ROLES)))

    def with_measure(self):
        """Add the measure that the campaign prints the indicator in."""
        line = CampaignIndicator.objects.filter(
            campaign=models.OuterRef("campaign"), indicator=models.OuterRef("indicator")
        )
        return self.annotate(measure=models.Subquery(line.order_by().values("measure")[:1]))

    def for_list(self):
        """Load what a list shows, the latest first."""
        return (
            self.with_measure()
            .select_related("campaign", "indicator", "unit", "recorded_by", "recognised_by")
            .order_by("-on", "-pk")
        )


class Tally(Recognised):
    """A directly entered figure of a unit: an increment of a day, or a reading (累计至该日).

    It names the campaign it was entered for; a reading counts from that campaign's start. amount is empty only
    where nothing but the recognised figure is known (a table loaded on that basis alone).
    """

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="tallies", verbose_name=_("战役"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name=_("指标"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    on = models.DateField(_("日期"))
    amount = ExactField(_("数值"), null=True, blank=True)
    is_reading = models.BooleanField(_("累计数"), default=False)
    note = models.CharField(_("备注"), max_length=200, blank=True)

    objects = TallyQuerySet.as_manager()

    class Meta(Recognised.Meta):
        verbose_name = verbose_name_plural = _("零星填报")
        indexes = [models.Index(fields=["indicator", "unit", "on"], name="tally_series")]
        constraints = [
            *Recognised.Meta.constraints,
            models.UniqueConstraint(
                fields=["campaign", "indicator", "unit", "on"],
                condition=Q(is_reading=True, withdrawn_at__isnull=True),
                name="one_reading_a_day",
                violation_error_message=_("该单位这一天已有累计数，请更正原来的记录"),
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=False) | Q(recognised_amount__isnull=False),
                name="tally_holds_a_figure",
            ),
        ]

    def __str__(self):
        return f"{self.unit} {self.indicator} {self.on}"

    def get_absolute_url(self):
        """Return the page of this figure."""
        return reverse("projects:tally", args=[self.pk])

    @property
    def word(self):
        """The measure its amounts are printed in: the campaign's (with_measure), else the base measure."""
        return getattr(self, "measure", None) or base_word(self.indicator.dimension)

    @property
    def kind_name(self):
        """Whether it is new, in all up to its day, or the day's level."""
        if self.indicator.kind == Indicator.Kind.LEVEL:
            return _("当日")
        return _("累计") if self.is_reading else _("新增")

    def told(self, amount):
        """Print an amount of it with its measure; a dash where there is none."""
        return "—" if amount is None else amount_text(amount, self.word, space=True)
