"""Land: the list with its sums, a new piece of a project, changing one."""

from django.db.models import Sum
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import plain
from projects import actions, presets
from projects.models import Parcel
from projects.promise_filters import ParcelFilter
from projects.promise_forms import ParcelChangeForm, ParcelForm
from projects.promise_resources import ParcelResource
from projects.promise_tables import ParcelTable
from projects.views.projects import ProjectScope
from units.access import require_promiser
from units.lists import DatedList
from units.pages import ActionView


def area_text(value):
    """Print an area."""
    return plain(value), _("亩")


class ParcelList(DatedList):
    """Land of the projects that the user may see."""

    template_name = "projects/parcel_list.html"
    model, table_class, filterset_class = Parcel, ParcelTable, ParcelFilter
    resource_class = ParcelResource
    title = _("项目用地")
    empty_text = _("还没有登记用地")
    empty_hint = _("在项目页上登记地块：面积、成本、出让价、交地和约定期限")
    empty_action = (_("去项目台账"), "projects:project_list")
    export_name = "parcels"
    presets = presets.PARCELS
    count_tabs = True
    counted = _("宗地块")
    sums = ((_("面积"), "area", area_text),)

    def get_context_data(self, **kwargs):
        """Add up the idle land, whatever the filter: two queries."""
        rows = Parcel.objects.visible_to(self.request.user)
        idle = [
            (label, plain(found.aggregate(sum=Sum("area", default=0))["sum"]))
            for label, found in (
                (_("圈而不建"), rows.not_built(self.today)),
                (_("占而不用"), rows.not_used(self.today)),
            )
        ]
        return super().get_context_data(idle=idle, **kwargs)


class ParcelCreate(ProjectScope, ActionView):
    """Write down a piece of land of a project."""

    form_class = ParcelForm
    title = _("登记地块")
    extra_context = {"two_columns": True}

    def get_initial(self):
        """Nothing is known; 403 for a unit that did not introduce the project."""
        require_promiser(self.request.user, self.project.introducer)
        return {}

    def perform(self, form):
        """Write it down."""
        return actions.record_parcel(
            project=self.project, by=self.request.user, today=timezone.localdate(), **form.cleaned_data
        )


class ParcelChange(ActionView):
    """Change a piece of land: handed over, built on, used, taken back."""

    template_name = "projects/record_form.html"
    form_class = ParcelChangeForm
    title = _("修改地块")
    extra_context = {"two_columns": True}

    @cached_property
    def parcel(self):
        """The land; 404 where it is not the user's to see, 403 where not to change."""
        row = get_object_or_404(Parcel.objects.visible_to(self.request.user).for_list(), pk=self.kwargs["pk"])
        require_promiser(self.request.user, row.project.introducer)
        return row

    def get_initial(self):
        """Show it as it stands."""
        return {name: getattr(self.parcel, name) for name in ParcelChangeForm.base_fields}

    def get_cancel_url(self):
        """Lead back to the project."""
        return self.parcel.get_absolute_url()

    def get_context_data(self, **kwargs):
        """Say where one is."""
        row = self.parcel.project
        return super().get_context_data(**{"crumbs": ((row, row.get_absolute_url()),), **kwargs})

    def perform(self, form):
        """Change it."""
        return actions.change_parcel(
            parcel=self.parcel, by=self.request.user, today=timezone.localdate(), **form.cleaned_data
        )
