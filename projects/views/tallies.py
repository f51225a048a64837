"""One's own figures: the list, a figure with its entries and history, correcting it, taking it back."""

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns.actions import correct_tally, withdraw_tally
from campaigns.models import Recognition, Tally
from projects import papers, recognition
from projects.desk_filters import TallyFilter
from projects.desk_forms import TallyForm, WithdrawForm
from projects.desk_tables import TallyTable
from projects.rows import counted
from units import access, audit
from units.lists import ListPage
from units.models import Role, under
from units.pages import ActionView


class MyEntries(ListPage):
    """Figures of a clerk's units, with those that were reduced or refused on top."""

    model, table_class, filterset_class = Tally, TallyTable, TallyFilter
    template_name = "projects/my_entries.html"
    title = _("我的填报")
    sub = _("本单位填报的数，认定情况和理由；已认定的要更正，请认定员先撤销认定。")
    empty_text = _("还没有填报。")
    actions = ((_("去填报"), "projects:entry", "pencil"),)
    export_name = "tallies"

    def get_queryset(self):
        """Narrow to what one entered and to the figures of one's units."""
        user = self.request.user
        mine = Q(recorded_by=user) | under(user.paths(Role.CLERK))
        return Tally.objects.visible_to(user).filter(mine).for_list()

    def get_context_data(self, **kwargs):
        """Add what was reduced or refused, and what else waits."""
        user, today = self.request.user, timezone.localdate()
        cut, waiting = recognition.of_clerk(
            user,
            today,
            (recognition.MODELS, (Recognition.REDUCED, Recognition.REFUSED)),
            (("milestone", "visit"), (Recognition.WAITING,)),
        )
        return super().get_context_data(cut=cut, waiting=waiting, **kwargs)


class TallyPage:
    """A page about one figure that the user may see."""

    @cached_property
    def tally(self):
        """The figure; 404 where it is another unit's."""
        rows = Tally.objects.visible_to(self.request.user).for_list()
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def own_tally(self):
        """The figure, if the user may change it; 403 where one may only read it."""
        access.require(self.request.user, Role.CLERK, self.tally.unit)
        return self.tally


class TallyDetail(TallyPage, TemplateView):
    """A figure: on both bases, the entries it made, its history."""

    template_name = "projects/tally.html"

    def get_context_data(self, **kwargs):
        """Add the entries and what the user may do."""
        tally, user = self.tally, self.request.user
        is_settled = tally.is_withdrawn or tally.is_recognised
        return super().get_context_data(
            title=f"{tally.indicator} · {tally.unit} · {tally.on.isoformat()}",
            tally=tally,
            item=recognition.item_of(tally, user, timezone.localdate()),
            counted=counted(tally, user),
            papers=papers.gallery_of(tally, user),
            may_add=papers.may_add(tally, user),
            history=audit.history(tally),
            may_change=not is_settled and user.holds(Role.CLERK, tally.unit),
            may_recognise=not tally.is_withdrawn and user.holds(Role.VERIFIER, tally.unit),
            **kwargs,
        )


class TallyCorrect(TallyPage, ActionView):
    """Correct a figure that was not recognised yet."""

    template_name = "projects/tally_form.html"
    form_class = TallyForm
    title = _("更正填报")
    submit_label = _("保存更正")
    success_message = _("已更正，前后值已记入历史")

    def get_lead(self):
        """Name the figure."""
        return f"{self.own_tally.unit} · {self.own_tally.indicator} · {self.own_tally.campaign}"

    def get_form_kwargs(self):
        """Give the form its figure."""
        return {**super().get_form_kwargs(), "tally": self.own_tally}

    def get_initial(self):
        """Show the figure as it stands."""
        names = ("version", "amount", "is_reading", "on", "note")
        return {name: getattr(self.own_tally, name) for name in names}

    def get_cancel_url(self):
        """Lead back to the figure."""
        return self.own_tally.get_absolute_url()

    def perform(self, form):
        """Correct it."""
        return correct_tally(
            tally=self.own_tally, by=self.request.user, today=timezone.localdate(), **form.cleaned_data
        )

    def get_context_data(self, **kwargs):
        """Add the figure."""
        return super().get_context_data(tally=self.own_tally, **kwargs)


class TallyWithdraw(TallyPage, ActionView):
    """Take a figure back; it stays readable, its entries are reversed."""

    template_name = "projects/tally_form.html"
    form_class = WithdrawForm
    title = _("撤回填报")
    submit_label = _("撤回")
    success_message = _("已撤回，理由已记入历史")

    def get_lead(self):
        """Say what happens to which figure."""
        tally = self.own_tally
        told = {"unit": tally.unit, "indicator": tally.indicator, "day": tally.on.isoformat()}
        amount = tally.told(tally.amount)
        return _("%(unit)s · %(indicator)s · %(day)s · %(n)s。撤回后不再计数，记录和理由留在历史中。") % {
            **told, "n": amount,
        }  # fmt: skip

    def get_initial(self):
        """Remember the version that is shown."""
        return {"version": self.own_tally.version}

    def get_cancel_url(self):
        """Lead back to the figure."""
        return self.own_tally.get_absolute_url()

    def perform(self, form):
        """Take it back."""
        withdraw_tally(tally=self.own_tally, by=self.request.user, **form.cleaned_data)
        return reverse("projects:my_entries")

    def get_context_data(self, **kwargs):
        """Add the figure."""
        return super().get_context_data(tally=self.own_tally, **kwargs)
