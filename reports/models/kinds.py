"""Kinds of bulletin: head, rhythm and outline, kept as data so that a bureau changes them in the browser."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from units.models import Role

HEADING_LEVELS = 4


class ReportKindQuerySet(models.QuerySet):
    """Words for kinds."""

    def visible_to(self, user):
        """Every kind is an editor's to see: they are one set for the whole site."""
        return self.all() if user.is_authenticated and Role.EDITOR in user.roles else self.none()

    def in_use(self):
        """Narrow to the kinds that a new issue may be of."""
        return self.filter(is_active=True)

    def for_list(self):
        """Load what a list shows."""
        return self.order_by("position", "pk")


class ReportKind(models.Model):
    """A kind of bulletin. A shipped one follows the product's own outline until somebody changes it here."""

    class Rhythm(models.TextChoices):
        """How often one is due."""

        NONE = "none", _("不定期")
        WEEKLY = "weekly", _("每周")
        HALF_MONTHLY = "half_monthly", _("每半月")
        MONTHLY = "monthly", _("每月")
        MIDWAY = "midway", _("战役过半")
        END = "end", _("战役结束")
        YEARLY = "yearly", _("每年")

    class Head(models.TextChoices):
        """What stands at the top of the first page."""

        PLAIN = "plain", _("无版头")
        RED = "red", _("红头文件")
        NEWSLETTER = "newsletter", _("简报报头")
        LETTER = "letter", _("督办单")

    code = models.SlugField(_("代码"), max_length=40, unique=True)
    name = models.CharField(_("名称"), max_length=40, unique=True)
    about = models.CharField(_("用途"), max_length=120, blank=True)
    rhythm = models.CharField(_("周期"), max_length=12, choices=Rhythm, default=Rhythm.NONE)
    head = models.CharField(_("版头"), max_length=12, choices=Head, default=Head.PLAIN)
    mark = models.CharField(_("发文机关标志或报名"), max_length=60, blank=True)
    number_form = models.CharField(_("编号格式"), max_length=60, blank=True)
    title_form = models.CharField(_("标题格式"), max_length=120)
    addressee = models.CharField(_("主送"), max_length=120, blank=True)
    cc = models.CharField(_("抄送"), max_length=200, blank=True)
    objection_days = models.PositiveSmallIntegerField(
        _("公示工作日"), default=0, validators=[MaxValueValidator(30)], help_text=_("0 为不公示")
    )
    is_scheduled = models.BooleanField(_("按周期自动起草"), default=True)
    position = models.PositiveSmallIntegerField(_("次序"), default=0)
    is_active = models.BooleanField(_("在用"), default=True)
    is_own = models.BooleanField(_("本单位改过"), default=False, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)

    FACTS = (
        "name",
        "about",
        "rhythm",
        "head",
        "mark",
        "number_form",
        "title_form",
        "addressee",
        "cc",
    )  # what is changed in the browser

    objects = ReportKindQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("期次种类")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        """Return the page where it is changed."""
        return reverse("reports:kind_change", args=[self.pk])


class OutlineRow(models.Model):
    """A row of an outline: a heading of some level, what the system drafts under it, what people write there."""

    class Place(models.TextChoices):
        """Where it stands."""

        BODY = "body", _("正文")
        ANNEX = "annex", _("附件")

    position = models.PositiveSmallIntegerField(_("次序"))
    level = models.PositiveSmallIntegerField(_("层次"), default=1, validators=[MaxValueValidator(HEADING_LEVELS)])
    heading = models.CharField(_("标题"), max_length=60, blank=True)
    part = models.CharField(_("系统起草"), max_length=40, blank=True)  # a code of reports.sentences.parts
    place = models.CharField(_("位置"), max_length=5, choices=Place, default=Place.BODY)
    is_written = models.BooleanField(_("须撰写"), default=False)
    hint = models.CharField(_("撰写提示"), max_length=200, blank=True)

    TOLD = ("position", "level", "heading", "part", "place", "is_written", "hint")

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self):
        return self.heading or self.part

    @property
    def told(self):
        """What it is, as a row of another outline takes it over."""
        return {name: getattr(self, name) for name in self.TOLD}

    @property
    def is_annex(self):
        """Whether it is an annex."""
        return self.place == self.Place.ANNEX


class KindSection(OutlineRow):
    """A row of a kind's outline, copied into each new issue of it."""

    kind = models.ForeignKey(ReportKind, models.CASCADE, related_name="sections", verbose_name=_("种类"))

    class Meta(OutlineRow.Meta):
        verbose_name = verbose_name_plural = _("提纲")
