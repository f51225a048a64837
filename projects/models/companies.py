"""Investors, and the fairs and signing events where they are met."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from projects.credit_code import read_credit_code
from projects.models.owned import OwnedQuerySet
from units.models import BUSINESS_ROLES, Unit, under
from units.search import SearchField


class Origin(models.TextChoices):
    """Where a company's capital comes from."""

    CITY = "city", _("市内")
    PROVINCE = "province", _("省内市外")
    COUNTRY = "country", _("省外")
    HMT = "hmt", _("港澳台")
    ABROAD = "abroad", _("国外")


OUTSIDE_PROVINCE = (Origin.COUNTRY.value, Origin.HMT.value, Origin.ABROAD.value)


class CompanyQuerySet(models.QuerySet):
    """Words for companies."""

    def visible_to(self, user):
        """Narrow to companies that a unit of the user's entered, met, claims, or shares a project with."""
        if not user.is_authenticated:
            return self.none()
        paths = user.paths(*BUSINESS_ROLES)
        if not paths:
            return self.none()
        return self.filter(
            Q(pk__in=self.model.objects.filter(under(paths, "entered_for__")).values("pk"))
            | Q(pk__in=self.model.objects.filter(under(paths, "projects__credits__unit__")).values("pk"))
            | Q(pk__in=self.model.objects.filter(under(paths, "visits__unit__")).values("pk"))
            | Q(pk__in=self.model.objects.filter(under(paths, "claims__unit__")).values("pk"))
            | Q(pk__in=self.model.objects.filter(under(paths, "absorbed__entered_for__")).values("pk"))
        )

    def live(self):
        """Leave out the companies that were merged into another."""
        return self.filter(merged_into__isnull=True)

    def for_list(self):
        """Load what a list shows, in the order of names."""
        return self.live().select_related("entered_for").prefetch_related("contacts").order_by("name", "pk")


class Company(models.Model):
    """An investor; known by its name, and by its credit code where that is known."""

    name = models.CharField(_("企业名称"), max_length=120, unique=True, error_messages={"unique": _("已有同名企业")})
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    origin = models.CharField(_("资金来源"), max_length=10, choices=Origin, default=Origin.COUNTRY)
    place = models.CharField(_("所在地"), max_length=50, blank=True)
    entered_for = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("登记单位"))
    recorded_at = models.DateTimeField(_("登记时间"), auto_now_add=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="absorbed",
        verbose_name=_("已并入"),
    )  # fmt: skip
    search = SearchField(sources=("name", "credit_code"))
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("企业")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["credit_code"],
                condition=~Q(credit_code=""),
                name="company_once_per_credit_code",
                violation_error_message=_("已有企业使用这一信用代码"),
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the page of the company."""
        return reverse("projects:company", args=[self.pk])

    def clean(self):
        """Keep the credit code in one form; refuse one whose check character is wrong."""
        try:
            self.credit_code = read_credit_code(self.credit_code)
        except ValidationError as error:
            raise ValidationError({"credit_code": error}) from None

    @property
    def first_contact(self):
        """The contact that a list shows; None where there is none."""
        return next(iter(self.contacts.all()), None)

    @property
    def contact(self):
        """The name of the first contact."""
        return self.first_contact.name if self.first_contact else ""

    @property
    def masked_phone(self):
        """The phone number of the first contact with its middle hidden."""
        return self.first_contact.masked_phone if self.first_contact else ""


class CompanyName(models.Model):
    """Another name that a company goes or went by."""

    class Kind(models.TextChoices):
        """Which name it is."""

        SHORT = "short", _("简称")
        FORMER = "former", _("曾用名")

    company = models.ForeignKey(Company, models.CASCADE, related_name="names", verbose_name=_("企业"))
    kind = models.CharField(_("类别"), max_length=10, choices=Kind, default=Kind.SHORT)
    name = models.CharField(_("名称"), max_length=120)
    search = SearchField(sources=("name",))

    class Meta:
        verbose_name = verbose_name_plural = _("别名")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "name"], name="name_once_per_company", violation_error_message=_("该名称已登记")
            )
        ]

    def __str__(self):
        return self.name


class Contact(models.Model):
    """A person to talk to in a company; the first one is who a list shows."""

    company = models.ForeignKey(Company, models.CASCADE, related_name="contacts", verbose_name=_("企业"))
    name = models.CharField(_("联系人"), max_length=50)
    title = models.CharField(_("职务"), max_length=50, blank=True)
    phone = models.CharField(_("联系电话"), max_length=30, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = _("联系人")
        ordering = ["pk"]

    def __str__(self):
        return self.name

    @property
    def masked_phone(self):
        """The phone number with its middle hidden: 138****1234; of a short one at least four places as well."""
        phone = self.phone.strip()
        shown = max(0, len(phone) - 4)
        tail = min(4, shown)
        head = min(3, shown - tail)
        return phone[:head] + "*" * (len(phone) - head - tail) + phone[len(phone) - tail :]


class Listing(models.Model):
    """A company's place on a top-500 list of a year (R41)."""

    class Chart(models.TextChoices):
        """The lists that documents speak of."""

        WORLD = "world", _("世界500强")
        CHINA = "china", _("中国500强")
        PRIVATE = "private", _("民营企业500强")
        MAKERS = "makers", _("制造业500强")
        HMT = "hmt", _("港台100大")
        LISTED = "listed", _("上市公司")

    company = models.ForeignKey(Company, models.CASCADE, related_name="listings", verbose_name=_("企业"))
    chart = models.CharField(_("榜单"), max_length=10, choices=Chart)
    year = models.PositiveSmallIntegerField(_("年度"))
    place = models.PositiveSmallIntegerField(_("位次"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("榜单位次")
        ordering = ["-year", "chart", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["company", "chart", "year"],
                name="listing_once_a_year",
                violation_error_message=_("该年度这一榜单已登记"),
            )
        ]

    def __str__(self):
        return f"{self.year} {self.get_chart_display()} {self.place or ''}".strip()


class Merge(models.Model):
    """One company merged into another: what moved, so that it can be undone.

    moved holds {model label: [ids]} of what changed hands, filled {field: text} of what the kept one lacked.
    """

    kept = models.ForeignKey(Company, models.PROTECT, related_name="merges", verbose_name=_("保留企业"))
    absorbed = models.ForeignKey(Company, models.PROTECT, related_name="+", verbose_name=_("被并企业"))
    moved = models.JSONField(default=dict)
    filled = models.JSONField(default=dict)
    reason = models.CharField(_("理由"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("操作人"))
    at = models.DateTimeField(_("合并时间"), auto_now_add=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("撤销人")
    )
    undone_at = models.DateTimeField(_("撤销时间"), null=True)

    class Meta:
        verbose_name = verbose_name_plural = _("企业合并")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kept=models.F("absorbed")),
                name="merge_is_of_two_companies",
                violation_error_message=_("不能把企业并入它自己"),
            )
        ]

    def __str__(self):
        return f"{self.absorbed} → {self.kept}"


class EventQuerySet(models.QuerySet):
    """Words for events."""

    def visible_to(self, user):
        """Everyone in a business role may see the events; what was signed there is another matter."""
        return self.all() if user.is_authenticated and user.paths(*BUSINESS_ROLES) else self.none()

    def for_list(self):
        """Load what a list shows, the latest first."""
        return self.order_by("-on", "-pk")


class Event(models.Model):
    """A signing event or fair, named by the milestones that happened at it (R59)."""

    class Level(models.TextChoices):
        """Who held it."""

        DISTRICT = "district", _("区级")
        CITY = "city", _("市级")
        PROVINCE = "province", _("省级")
        NATION = "nation", _("国家级")

    name = models.CharField(_("活动名称"), max_length=100, unique=True, error_messages={"unique": _("已有同名活动")})
    on = models.DateField(_("日期"))
    ends_on = models.DateField(_("结束日期"), null=True, blank=True)
    place = models.CharField(_("地点"), max_length=50, blank=True)
    leaflets = models.PositiveIntegerField(_("发放资料（份）"), null=True, blank=True)
    published = models.PositiveIntegerField(_("发布项目（个）"), null=True, blank=True)
    level = models.CharField(_("级别"), max_length=10, choices=Level, default=Level.DISTRICT)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("招商活动")
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("on")),
                name="event_ends_after_it_starts",
                violation_error_message=_("结束日期不能早于开始日期"),
            )
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the page of the event."""
        return reverse("projects:event", args=[self.pk])


class Attendance(models.Model):
    """With how many people a unit was at an event (R36); it counts on the event's day."""

    event = models.ForeignKey(Event, models.PROTECT, related_name="attendance", verbose_name=_("招商活动"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("单位"))
    heads = models.PositiveSmallIntegerField(_("人数"))
    leader = models.CharField(_("带队人"), max_length=50, blank=True)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("参会情况")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["event", "unit"], name="attendance_once_per_unit", violation_error_message=_("该单位已登记")
            ),
            models.CheckConstraint(
                condition=Q(heads__gte=1),
                name="attendance_has_somebody",
                violation_error_message=_("人数至少为 1"),
            ),
        ]

    def __str__(self):
        return f"{self.unit} {self.event}"

    def get_absolute_url(self):
        """Return the page of the event."""
        return self.event.get_absolute_url()
