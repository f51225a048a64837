"""Joint reviews and licences: the list, starting one, its page, its steps; the table of holidays."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from campaigns.models import Holiday
from projects import actions, presets, promise_page
from projects.models import Procedure, Project, Step
from projects.promise_filters import ProcedureFilter
from projects.promise_forms import (
    ConcludeForm,
    HolidayForm,
    HolidayPasteForm,
    ProcedureChangeForm,
    ProcedureForm,
    StepForm,
)
from projects.promise_resources import ProcedureResource
from projects.promise_tables import ProcedureTable
from projects.views.companies import number
from projects.views.promises import as_error, found, url_if_seen, writers
from units import access, audit
from units.forms import RecordForm
from units.lists import DatedList
from units.pages import ActionView

LIST = (_("会审代办"), reverse_lazy("projects:procedure_list"))
HOLIDAYS = (_("节假日"), reverse_lazy("projects:holiday_list"))
MOVES = _("未办结环节的期限会随之重算；已超时默认和已手工延期的不变。")


class ProcedureList(DatedList):
    """Joint reviews and licences of the user's projects, and those that ask the user's units."""

    model, table_class, filterset_class = Procedure, ProcedureTable, ProcedureFilter
    resource_class = ProcedureResource
    title = _("会审代办")
    sub = _("联合会审缺席默认、超时默认；证照由招引单位全程代办。")
    empty_text = _("还没有会审或证照事项")
    empty_hint = _("项目签约后，把要会审和要办的证照连同部门、时限登记下来")
    actions = ((_("登记事项"), "projects:procedure_create", "plus"),)
    export_name = "procedures"
    presets = presets.PROCEDURES
    counted = _("个事项")


class ProcedureCreate(ActionView):
    """Start a joint review or the licences of a project."""

    template_name = "projects/record_form.html"
    form_class = ProcedureForm
    title = _("登记会审代办")
    success_message = _("已登记，各环节的期限已按工作日算出")
    cancel_url = reverse_lazy("projects:procedure_list")
    extra_context = {"crumbs": (LIST,)}

    def get_initial(self):
        """Today, and the project the link came from."""
        asked = number(self.request.GET.get("project")) or 0
        project = Project.objects.visible_to(self.request.user).filter(pk=asked).first()
        return {
            "started_on": timezone.localdate(), "kind": Procedure.Kind.REVIEW,
            "project": project.pk if project else None, "agent": "",
        }  # fmt: skip

    def perform(self, form):
        """Start it with its steps."""
        message = _("只能登记本单位招引的项目的事项")
        facts = {**form.cleaned_data, "by": self.request.user, "today": timezone.localdate()}
        return as_error(actions.start_procedure, "project", message, **facts)


class ProcedureScope:
    """A page about one procedure that the user may see."""

    template_name = "projects/record_form.html"

    @cached_property
    def procedure(self):
        """The procedure; 404 where it is not the user's to see."""
        rows = Procedure.objects.visible_to(self.request.user).for_list().prefetch_related("steps__extensions")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def may_write(self):
        """Whether the user works for the unit that introduced the project."""
        return access.may_promise(self.request.user, self.procedure.project.introducer)

    @cached_property
    def own_procedure(self):
        """The procedure, if the user may change it."""
        if not self.may_write:
            raise PermissionDenied("not the introducing unit")
        return self.procedure

    def get_cancel_url(self):
        """Lead back to it."""
        return self.procedure.get_absolute_url()

    def get_context_data(self, **kwargs):
        """Say where one is."""
        crumbs = [LIST]
        if isinstance(self, ActionView):
            crumbs.append((self.procedure, self.procedure.get_absolute_url()))
        return super().get_context_data(**{"procedure": self.procedure, "crumbs": crumbs, **kwargs})


class ProcedureDetail(ProcedureScope, TemplateView):
    """A procedure: its steps with the arithmetic of their last days, and what became of each."""

    template_name = "projects/procedure.html"

    def get_context_data(self, **kwargs):
        """Print the steps."""
        row, user, today = self.procedure, self.request.user, timezone.localdate()
        table, steps = promise_page.calendar_table(), sorted(row.steps.all(), key=lambda step: step.pk)
        for step in steps:
            step.procedure = row
        lines = [
            promise_page.step_line(step, today, table, may_write=actions.may_write_promise(user, step))
            for step in steps
        ]
        tone, progress = promise_page.progress(row, today)
        return super().get_context_data(
            title=str(row), lines=lines, tone=tone, progress=progress, may_write=self.may_write,
            project_url=url_if_seen(row.project, user), history=audit.history(row, steps), **kwargs,
        )  # fmt: skip


class ProcedureChange(ProcedureScope, ActionView):
    """Change the name or the agent."""

    form_class = ProcedureChangeForm
    title = _("修改事项")

    def get_initial(self):
        """Show it as it stands."""
        return {name: getattr(self.own_procedure, name) for name in ("name", "agent", "version")}

    def perform(self, form):
        """Change it."""
        return actions.change_procedure(procedure=self.own_procedure, by=self.request.user, **form.cleaned_data)


class StepCreate(ProcedureScope, ActionView):
    """Ask one more department."""

    form_class = StepForm
    title = _("添加环节")
    success_message = _("已添加，期限已按工作日算出")

    def get_initial(self):
        """Accepted today, unless the procedure begins later."""
        return {"starts_on": max(timezone.localdate(), self.own_procedure.started_on)}

    def perform(self, form):
        """Add it and go back to the procedure."""
        facts = {**form.cleaned_data, "by": self.request.user, "today": timezone.localdate()}
        actions.add_step(procedure=self.own_procedure, **facts)
        return self.own_procedure


class StepConclude(ActionView):
    """Write down what a department said."""

    template_name = "projects/record_form.html"
    form_class = ConcludeForm
    title = _("登记结论")
    success_message = _("结论已登记")

    @cached_property
    def step(self):
        """The step, if the user may write on it."""
        return writers(found(Step, self.request.user, self.kwargs["pk"]), self.request.user)

    def get_lead(self):
        """Say how its last day follows."""
        return promise_page.arithmetic(self.step, promise_page.calendar_table())

    def get_form_kwargs(self):
        """Give the form the step."""
        return {**super().get_form_kwargs(), "step": self.step}

    def get_initial(self):
        """Today, at this version."""
        return {"on": timezone.localdate(), "version": self.step.version}

    def get_cancel_url(self):
        """Lead back to the procedure."""
        return self.step.get_absolute_url()

    def get_context_data(self, **kwargs):
        """Say where one is."""
        return super().get_context_data(**{"crumbs": (LIST, (self.step, self.get_cancel_url())), **kwargs})

    def perform(self, form):
        """Write it down."""
        facts = {**form.cleaned_data, "by": self.request.user, "today": timezone.localdate()}
        return actions.conclude_step(step=self.step, **facts)


# --- holidays


class HolidayList(TemplateView):
    """The days that are not what their weekday says; working days are counted by them."""

    template_name = "projects/holiday_list.html"
    extra_context = {
        "title": _("节假日"),
        "sub": _("周一至周五为工作日，表中写「放假」的除外，写「上班」的周末算工作日。时限按此表计算。"),
    }

    def get_context_data(self, **kwargs):
        """Load the table: one query."""
        may_set = access.may(self.request.user, "projects:holiday_create", "POST")
        return super().get_context_data(days=list(Holiday.objects.all()), may_set=may_set, **kwargs)


class HolidayForms(ActionView):
    """A form about the table of holidays."""

    template_name = "projects/record_form.html"
    cancel_url = reverse_lazy("projects:holiday_list")
    lead = MOVES
    extra_context = {"crumbs": (HOLIDAYS,)}

    def perform(self, form):
        """Change the table, say how many steps moved, and go back to it."""
        moved = self.write(form, by=self.request.user, today=timezone.localdate())
        messages.info(self.request, tell("重算了 %(m)s 个未办结环节的期限") % {"m": moved})
        return str(self.cancel_url)


class HolidayCreate(HolidayForms):
    """Say of one day that it is free or worked."""

    form_class = HolidayForm
    title = _("登记节假日")

    def write(self, form, **who):
        """Write the day."""
        return actions.set_holiday(**form.cleaned_data, **who)


class HolidayPaste(HolidayForms):
    """Take over a year's list at once."""

    form_class = HolidayPasteForm
    title = _("粘贴节假日安排")
    submit_label = _("写入节假日表")

    def write(self, form, **who):
        """Write the days; say how many."""
        days = form.cleaned_data["days"]
        messages.success(self.request, tell("已写入 %(n)s 天") % {"n": len(days)})
        return actions.set_holidays(days=days, **who)


class HolidayRemove(HolidayForms):
    """Take a day out of the table."""

    form_class = RecordForm
    title = _("移除节假日")
    submit_label = _("移除")

    @cached_property
    def holiday(self):
        """The day."""
        return get_object_or_404(Holiday, pk=self.kwargs["pk"])

    def get_lead(self):
        """Say which day."""
        return f"{self.holiday}。{MOVES}"

    def write(self, form, **who):
        """Remove it."""
        return actions.remove_holiday(holiday=self.holiday, **who)
