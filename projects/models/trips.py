"""Delegations and standing offices, who stays where, and their journeys."""

import re
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign
from campaigns.numbers import ExactField
from projects.models.owned import OwnedQuerySet
from units.models import Unit
from units.search import SearchField

FEWEST = 3  # members below which a team is warned about
SEPARATORS = re.compile(r"[、，,；;\s]+")  # between the names of people


def counted(rows, owner, what="pk"):
    """Return how many different things the rows of one owner name, as a subquery; 0 where there is none."""
    found = rows.order_by().values(owner).annotate(n=models.Count(what, distinct=True)).values("n")
    return Coalesce(models.Subquery(found), 0)


class DelegationQuerySet(OwnedQuerySet):
    """Words for delegations."""

    def standing(self, as_of):
        """Narrow to those that exist on a day."""
        ended = Q(dissolved_on__isnull=False, dissolved_on__lt=as_of)
        return self.filter(formed_on__lte=as_of).exclude(ended)

    def with_counts(self, as_of):
        """Add how many people belong to it on a day, and how many trips it made."""
        members = Posting.objects.holding_on(as_of).filter(delegation=models.OuterRef("pk"))
        return self.annotate(
            members=counted(members, "delegation"),
            trip_count=counted(Trip.objects.made().filter(delegation=models.OuterRef("pk")), "delegation"),
        )

    def for_list(self):
        """Load what a list shows."""
        return self.select_related("unit", "campaign").order_by("kind", "name", "pk")


class Delegation(models.Model):
    """A team that goes out for a unit, a task force, or an office away from home (R45, R46, R50, R58, R60)."""

    class Kind(models.TextChoices):
        """What kind of team it is."""

        TEAM = "team", _("招商小分队")
        TASK_FORCE = "task_force", _("招商专班")
        OFFICE = "office", _("驻点办事处")

    kind = models.CharField(_("类别"), max_length=12, choices=Kind, default=Kind.TEAM)
    name = models.CharField(_("名称"), max_length=100)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("所属单位"))
    campaign = models.ForeignKey(
        Campaign, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("为哪次战役组建")
    )
    leader = models.CharField(_("带队领导"), max_length=50)
    leader_title = models.CharField(_("领导职务"), max_length=50, blank=True)
    place = models.CharField(_("驻地"), max_length=100, blank=True)
    focus = models.CharField(_("主攻方向"), max_length=200, blank=True)
    formed_on = models.DateField(_("组建日期"))
    dissolved_on = models.DateField(_("撤销日期"), null=True, blank=True)
    search = SearchField(sources=("name", "leader", "place"))
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("小分队")
        ordering = ["kind", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "name"],
                name="delegation_once_per_unit",
                violation_error_message=_("该单位已有同名小分队"),
            ),
            models.CheckConstraint(
                condition=Q(dissolved_on__isnull=True) | Q(dissolved_on__gte=F("formed_on")),
                name="delegation_ends_after_it_starts",
                violation_error_message=_("撤销日期不能早于组建日期"),
            ),
            models.CheckConstraint(
                condition=~Q(kind="office") | ~Q(place=""),
                name="office_has_a_place",
                violation_error_message=_("驻点办事处须填驻地"),
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the page of the delegation."""
        return reverse("projects:delegation", args=[self.pk])

    @property
    def is_small(self):
        """Whether it has fewer members than a team wants; of a row with_counts()."""
        return self.kind != self.Kind.OFFICE and self.members < FEWEST

    def is_standing(self, as_of):
        """Say whether it exists on a day."""
        return self.formed_on <= as_of and (self.dissolved_on is None or self.dissolved_on >= as_of)


class PostingQuerySet(models.QuerySet):
    """Words for postings."""

    def holding_on(self, day):
        """Narrow to those who belong to their delegation on a day."""
        return self.filter(Q(until_on__isnull=True) | Q(until_on__gte=day), from_on__lte=day)


class Posting(models.Model):
    """A person in a delegation, or posted to an office, from a day until a day."""

    delegation = models.ForeignKey(Delegation, models.CASCADE, related_name="postings", verbose_name=_("小分队"))
    person = models.CharField(_("姓名"), max_length=50)
    title = models.CharField(_("职务"), max_length=50, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("账号")
    )
    from_on = models.DateField(_("起始日期"))
    until_on = models.DateField(_("截止日期"), null=True, blank=True)

    objects = PostingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("成员")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["delegation", "person", "from_on"],
                name="posting_once_from_a_day",
                violation_error_message=_("该成员已登记"),
            ),
            models.CheckConstraint(
                condition=Q(until_on__isnull=True) | Q(until_on__gte=F("from_on")),
                name="posting_ends_after_it_starts",
                violation_error_message=_("截止日期不能早于起始日期"),
            ),
        ]

    def __str__(self):
        return self.person

    def holds_on(self, day):
        """Say whether the person belongs to the delegation on a day."""
        return self.from_on <= day and (self.until_on is None or day <= self.until_on)


class Leave(models.Model):
    """Days on which a posted person was not at the post, why, and who allowed it (R50)."""

    posting = models.ForeignKey(Posting, models.CASCADE, related_name="leaves", verbose_name=_("成员"))
    from_on = models.DateField(_("起始日期"))
    until_on = models.DateField(_("截止日期"))
    reason = models.CharField(_("离岗事由"), max_length=200)
    allowed_by = models.CharField(_("批准人"), max_length=50)

    class Meta:
        verbose_name = verbose_name_plural = _("离岗")
        ordering = ["-from_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until_on__gte=F("from_on")),
                name="leave_ends_after_it_starts",
                violation_error_message=_("截止日期不能早于起始日期"),
            )
        ]

    def __str__(self):
        return f"{self.posting} {self.from_on}"


class TripState(models.TextChoices):
    """How far a trip is on a day."""

    UPCOMING = "upcoming", _("待出发")
    OUT = "out", _("在外")
    DUE = "due", _("待销差")
    ENDED = "ended", _("已销差")
    CANCELLED = "cancelled", _("已取消")


def states_on(as_of):
    """Return the condition of each state on a day."""
    running = Q(cancelled_at__isnull=True, ended_at__isnull=True)
    return {
        TripState.UPCOMING: running & Q(starts_on__gt=as_of),
        TripState.OUT: running & Q(starts_on__lte=as_of, ends_on__gte=as_of),
        TripState.DUE: running & Q(ends_on__lt=as_of),
        TripState.ENDED: Q(ended_at__isnull=False),
        TripState.CANCELLED: Q(cancelled_at__isnull=False),
    }


class TripQuerySet(OwnedQuerySet):
    """Words for trips."""

    def in_state(self, state, as_of):
        """Narrow to the trips that are so far on a day."""
        return self.filter(states_on(as_of)[state])

    def live(self):
        """Leave out what was called off."""
        return self.filter(cancelled_at__isnull=True)

    def made(self):
        """Narrow to trips that took place: somebody wrote down what came of them."""
        return self.live().filter(ended_at__isnull=False)

    def with_state(self, as_of):
        """Add how far each trip is on a day."""
        cases = [models.When(where, then=models.Value(state.value)) for state, where in states_on(as_of).items()]
        return self.annotate(state_now=models.Case(*cases, output_field=models.CharField()))

    def for_list(self):
        """Load what a list shows, the latest first."""
        return self.select_related("unit", "delegation", "recorded_by").order_by("-starts_on", "-pk")


class Trip(models.Model):
    """One journey of a unit, filed beforehand; its visits are the companies met (R1, R30, R58).

    It counts once it was ended by its report; the day it counts on is the day it started.
    """

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    delegation = models.ForeignKey(
        Delegation, models.PROTECT, null=True, blank=True, related_name="trips", verbose_name=_("小分队")
    )
    purpose = models.CharField(_("出行目的"), max_length=200)
    leader = models.CharField(_("带队人"), max_length=50)
    people = models.CharField(_("同行人员"), max_length=300, blank=True)
    led_by_top = models.BooleanField(_("党政主要领导带队"), default=False)
    starts_on = models.DateField(_("出发日期"))
    ends_on = models.DateField(_("返回日期"))
    heads = ExactField(_("人数"), default=Decimal(1))
    days_out = models.PositiveSmallIntegerField(_("在外天数"), default=1, editable=False)
    cost = ExactField(_("费用（万元）"), null=True, blank=True)
    results = models.CharField(_("成果"), max_length=1000, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("填报人")
    )
    filed_at = models.DateTimeField(_("报备时间"), auto_now_add=True)
    ended_at = models.DateTimeField(_("销差时间"), null=True, blank=True, editable=False)
    cancelled_at = models.DateTimeField(_("取消时间"), null=True, blank=True, editable=False)
    cancel_reason = models.CharField(_("取消理由"), max_length=300, blank=True, editable=False)
    search = SearchField(sources=("purpose", "leader"))
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = TripQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("外出招商")
        ordering = ["-starts_on", "-pk"]
        indexes = [models.Index(fields=["unit", "starts_on"], name="trip_of_unit_by_day")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="trip_ends_after_it_starts",
                violation_error_message=_("返回日期不能早于出发日期"),
            ),
            models.CheckConstraint(
                condition=Q(heads__gte=Decimal(1)),
                name="trip_has_somebody",
                violation_error_message=_("人数至少为 1"),
            ),
            models.CheckConstraint(
                condition=Q(cost__isnull=True) | Q(cost__gte=Decimal(0)),
                name="trip_cost_is_not_negative",
                violation_error_message=_("费用不能为负"),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(cancelled_at__isnull=True),
                name="trip_ended_or_called_off",
            ),
        ]

    def __str__(self):
        return f"{self.unit} {self.starts_on} {self.purpose}"

    def get_absolute_url(self):
        """Return the page of the trip."""
        return reverse("projects:trip", args=[self.pk])

    @property
    def counts_on(self):
        """The day it counts on: its first, once it was ended and unless it was called off."""
        return self.starts_on if self.ended_at and not self.cancelled_at else None

    @property
    def names(self):
        """The people who went, by name: the leader first."""
        return named_people(self.leader, self.people)

    @property
    def is_filed_late(self):
        """Whether it was filed only after it had started."""
        return timezone.localdate(self.filed_at) > self.starts_on

    def state(self, as_of):
        """Return how far it is on a day."""
        if self.cancelled_at:
            return TripState.CANCELLED
        if self.ended_at:
            return TripState.ENDED
        if as_of > self.ends_on:
            return TripState.DUE
        return TripState.OUT if as_of >= self.starts_on else TripState.UPCOMING


def named_people(leader, people):
    """Return the names of a leader and of a list as people type it, each once."""
    return list(dict.fromkeys(name for name in (leader.strip(), *SEPARATORS.split(people)) if name))


class Stop(models.Model):
    """One line of a trip's itinerary: when, where, whom to see, what for."""

    trip = models.ForeignKey(Trip, models.CASCADE, related_name="stops", verbose_name=_("外出招商"))
    on = models.DateField(_("日期"))
    place = models.CharField(_("地点"), max_length=100)
    plan = models.CharField(_("安排"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("行程")
        ordering = ["on", "pk"]

    def __str__(self):
        return f"{self.on} {self.place}"


class PlannedContactQuerySet(OwnedQuerySet):
    """Words for planned contacts."""

    def open(self):
        """Narrow to what nobody settled yet."""
        return self.filter(done_on__isnull=True, dropped="")

    def overdue(self, as_of):
        """Narrow to what is not settled though its day is past."""
        return self.open().filter(due_on__lt=as_of)

    def for_list(self):
        """Load what a list shows, what is due first on top."""
        return self.select_related("unit", "company", "project", "user").order_by("due_on", "pk")


class PlannedContact(models.Model):
    """Who is to be called or visited next, by whom, by which day; a visit may have settled it."""

    class Way(models.TextChoices):
        """How they are to be met."""

        CALL = "call", _("电话")
        VISIT = "visit", _("上门走访")
        INVITE = "invite", _("邀请来访")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    company = models.ForeignKey(
        "projects.Company", models.PROTECT, related_name="planned_contacts", verbose_name=_("企业")
    )
    project = models.ForeignKey(
        "projects.Project", models.PROTECT, null=True, blank=True, related_name="planned_contacts",
        verbose_name=_("有关项目"),
    )  # fmt: skip
    way = models.CharField(_("方式"), max_length=10, choices=Way, default=Way.CALL)
    person = models.CharField(_("由谁联系"), max_length=50)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("账号")
    )
    due_on = models.DateField(_("计划日期"))
    note = models.CharField(_("事由"), max_length=200, blank=True)
    done_on = models.DateField(_("完成日期"), null=True, blank=True, editable=False)
    visit = models.ForeignKey(
        "projects.Visit", models.PROTECT, null=True, blank=True, editable=False, related_name="planned",
        verbose_name=_("走访"),
    )  # fmt: skip
    dropped = models.CharField(_("取消理由"), max_length=200, blank=True, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("登记人")
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = PlannedContactQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("联系计划")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(done_on__isnull=True) | Q(dropped=""), name="contact_done_or_dropped")
        ]

    def __str__(self):
        return f"{self.get_way_display()} {self.company} {self.due_on}"

    def get_absolute_url(self):
        """Return where it can be seen: on the visit that settled it, else on the list."""
        return self.visit.get_absolute_url() if self.visit_id else reverse("projects:planned_list")
