"""What may be changed on many projects at once: leader, leading unit, tags."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.utils.translation import gettext_lazy as _

from projects import actions
from projects.models import Duty, Tag
from units.bulk import BulkEdit, Planned
from units.forms import RecordForm, RecordsField
from units.models import Role, Unit

NOT_OWN = _("不是本单位招引的项目")


class LeaderForm(RecordForm):
    """The leader of the projects."""

    leader = forms.CharField(
        label=_("挂包领导"), max_length=50, required=False, help_text=_("留空即取消原来的挂包领导")
    )


class LeadUnitForm(RecordForm):
    """The unit that leads the projects."""

    unit = forms.ModelChoiceField(label=_("牵头单位"), queryset=Unit.objects.all(), empty_label=_("请选择单位"))


class TagsForm(RecordForm):
    """Tags to put on and to take off."""

    add = RecordsField(label=_("加上标签"), queryset=Tag.objects.none(), required=False)
    remove = RecordsField(label=_("去掉标签"), queryset=Tag.objects.none(), required=False)

    def __init__(self, *args, user=None, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        for name in ("add", "remove"):
            self.fields[name].queryset = Tag.objects.visible_to(user)

    def clean(self):
        """Refuse to do nothing, or both at once."""
        add, remove = (set(self.cleaned_data.get(name) or ()) for name in ("add", "remove"))
        if not add and not remove and not self.errors:
            raise ValidationError(_("请至少选择一个标签"))
        if both := add & remove:
            told = "、".join(tag.name for tag in both)
            raise ValidationError(_("不能同时加上和去掉同一个标签：%s") % told)
        return self.cleaned_data


class ProjectEdit(BulkEdit):
    """A change of projects by a clerk of the unit that introduced them."""

    def plan(self, record, facts, user):
        """Refuse what is not the user's to change."""
        mine = record.introducer is not None and user.holds(Role.CLERK, record.introducer)
        return Planned(record, *self.values(record, facts), "" if mine else str(NOT_OWN))

    def values(self, record, facts):
        """Return what the project has and what it would have."""
        raise NotImplementedError(f"{type(self).__name__} has no values()")


class LeaderEdit(ProjectEdit):
    """Name the leader."""

    name, label, form_class = "leader", _("指定挂包领导"), LeaderForm

    def values(self, record, facts):
        """The leader before and after."""
        return record.leader, facts["leader"]

    def apply(self, rows, facts, by):
        """Name the leader."""
        return actions.assign_leader(projects=rows, leader=facts["leader"], by=by)


class LeadUnitEdit(ProjectEdit):
    """Name the leading unit."""

    name, label, form_class = "lead_unit", _("指定牵头单位"), LeadUnitForm

    def loaded(self, records):
        """Load who leads."""
        lead = Duty.objects.filter(kind=Duty.Kind.LEAD).select_related("unit")
        return records.prefetch_related(Prefetch("duties", lead, "leading"))

    def values(self, record, facts):
        """The leading unit before and after."""
        before = next((duty.unit.name for duty in record.leading if duty.unit), "")
        return before, facts["unit"].name

    def apply(self, rows, facts, by):
        """Name the leading unit."""
        return actions.assign_lead_unit(projects=rows, unit=facts["unit"], by=by)


class TagsEdit(ProjectEdit):
    """Put tags on, take tags off."""

    name, label, form_class = "tags", _("加减标签"), TagsForm

    def loaded(self, records):
        """Load the tags."""
        return records.prefetch_related("tags")

    def values(self, record, facts):
        """The tags before and after."""
        before = set(record.tags.all())
        after = (before - set(facts["remove"])) | set(facts["add"])
        return tuple("、".join(sorted(tag.name for tag in tags)) for tags in (before, after))

    def apply(self, rows, facts, by):
        """Put on and take off."""
        return actions.tag_projects(projects=rows, add=facts["add"], remove=facts["remove"], by=by)


PROJECT_EDITS = (LeaderEdit, LeadUnitEdit, TagsEdit)
