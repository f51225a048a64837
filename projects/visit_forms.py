"""Forms of visits and events."""

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import ExactFormField
from projects.evidence_forms import photos_field
from projects.models import Event, Project, Trip, Visit
from projects.record_fields import CompanyNameField, DayField, ProjectField, WarnsOfDuplicates
from units.forms import RecordForm
from units.models import Unit

AROUND = 45  # days after its end for which a trip is offered
MOST = 10_000_000  # leaflets of one event
NOTE = forms.Textarea(attrs={"rows": 2})


class VisitForm(WarnsOfDuplicates, RecordForm):
    """A meeting with a company: under a minute on a phone."""

    direction = forms.ChoiceField(label=_("方向"), choices=Visit.Direction, widget=forms.RadioSelect)
    company_name = CompanyNameField(label=_("企业"), help_text=_("填企业全称；登记过的会有提示。"))
    on = DayField(label=_("日期"))
    heads = ExactFormField(
        label=_("人数"), measure="人", min_value=Decimal(1), help_text=_("走出去填我方人数，请进来填来客人数")
    )
    led_by_top = forms.BooleanField(label=_("党政主要领导带队"), required=False)
    unit = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none(), empty_label=None)
    place = forms.CharField(label=_("地点"), max_length=50, required=False)
    trip = forms.ModelChoiceField(
        label=_("外出行程"), queryset=Trip.objects.none(), required=False, empty_label=_("不在外出行程中")
    )
    project = ProjectField(label=_("有关项目"), required=False, help_text=_("输入几个字即有提示；还没有项目的留空"))
    note = forms.CharField(label=_("洽谈情况"), max_length=300, required=False, widget=NOTE)
    photos = photos_field(_("照片"))

    def __init__(self, *args, visit=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.writable_by(self.user)
        projects = Project.objects.visible_to(self.user)
        self.fields["project"].offer(projects, keeps=visit.project_id if visit else None)
        if visit and visit.project_id and not projects.filter(pk=visit.project_id).exists():
            del self.fields["project"]  # it went to others: it stays as it is, unnamed
        self.fields["company_name"].suggest_to(self.user)
        self.offer_trips(visit)

    def offer_trips(self, visit):
        """Offer the trips of the user's units around today, and the one named; where there is none, ask nothing."""
        today = timezone.localdate()
        around = Q(starts_on__lte=today, ends_on__gte=today - timedelta(days=AROUND), cancelled_at__isnull=True)
        named = {visit.trip_id if visit else None, self.initial.get("trip"), self.data.get(self.add_prefix("trip"))}
        keys = [int(key) for key in map(str, named) if key.isascii() and key.isdigit() and len(key) < 10]
        rows = Trip.objects.editable_by(self.user).filter(around | Q(pk__in=keys))
        if visit:
            rows = rows.filter(unit=visit.unit_id)
        if rows.exists():
            self.fields["trip"].queryset = rows.order_by("-starts_on", "-pk")
            self.fields["trip"].label_from_instance = trip_label
        else:
            del self.fields["trip"]


def trip_label(trip):
    """Name a trip by its days and purpose."""
    return f"{trip.starts_on:%m-%d}—{trip.ends_on:%m-%d} {trip.purpose}"


class VisitCorrectForm(VisitForm):
    """The same, with the reason and the version it was opened at; its unit stays."""

    reason = forms.CharField(label=_("理由"), max_length=500, widget=NOTE)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["unit"], self.fields["photos"]


class EventForm(RecordForm):
    """A fair or signing event."""

    name = forms.CharField(label=_("活动名称"), max_length=100)
    on = DayField(label=_("日期"))
    ends_on = DayField(label=_("结束日期"), required=False, help_text=_("只有一天的留空"))
    place = forms.CharField(label=_("地点"), max_length=50, required=False)
    level = forms.ChoiceField(label=_("级别"), choices=Event.Level)
    leaflets = forms.IntegerField(label=_("发放资料（份）"), min_value=0, max_value=MOST, required=False)
    published = forms.IntegerField(label=_("发布项目（个）"), min_value=0, max_value=MOST, required=False)


class EventChangeForm(EventForm):
    """The same, at the version it was opened at."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["level"].help_text = _("改动后，在此活动上的项目计入的指标随之重算。")
