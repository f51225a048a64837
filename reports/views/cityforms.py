"""Forms of a higher office: kept by editors, filled by whoever sees the campaign."""

from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.generic import TemplateView

from campaigns.models import Campaign, current
from campaigns.pages import CampaignPage
from reports.cityforms import filling, keeping
from reports.cityforms.names import Names
from reports.filters import CityFormFilter
from reports.forms import CityFormForm
from reports.models import CityForm
from reports.tables import CityFormTable
from units.access import may
from units.forms import RecordForm
from units.lists import ListPage
from units.pages import ActionView
from units.sheets import XLSX, attachment

LIST = reverse_lazy("reports:cityform_list")


class CityFormList(ListPage):
    """The forms an editor keeps."""

    template_name = "reports/cityform_list.html"
    model, table_class, filterset_class = CityForm, CityFormTable, CityFormFilter
    title = _("报表模板")
    sub = _("上级要的表做成模板，单元格写标记，各期按台账填好导出")
    empty_text = _("还没有报表模板")
    empty_hint = _("把上级发的 Excel 表写上标记后上传；标记和示例见战役的“按模板导出”页")
    actions = ((_("上传模板"), "reports:cityform_create", "upload"),)
    export_name = "forms"
    counted = _("份")

    def get_queryset(self):
        """Narrow to the forms the user keeps."""
        return CityForm.objects.editable_by(self.request.user).for_list()

    def get_context_data(self, **kwargs):
        """Lead to the page of the current campaign where forms are filled."""
        here = current(list(Campaign.objects.visible_to(self.request.user).for_list()), self.today)
        return super().get_context_data(fill_url=here and reverse("reports:cityform_fill", args=[here.pk]), **kwargs)


class CityFormCreate(ActionView):
    """Upload a form; what is wrong with its file stands beside it."""

    form_class = CityFormForm
    title = _("上传报表模板")
    submit_label = _("上传")
    success_message = _("模板已保存")
    cancel_url = LIST
    lead = _(
        "在要填数的单元格写 {指标·完成} 这样的标记；写有 {单位名称} 的行按参战单位重复。合并、格式、打印设置保留。"
    )

    def perform(self, form):
        """Keep it."""
        keeping.keep_form(by=self.request.user, **form.cleaned_data)
        return str(LIST)


class CityFormWithdraw(ActionView):
    """Put a form out of use."""

    form_class = RecordForm
    title = _("停用报表模板")
    submit_label = _("停用")
    success_message = _("模板已停用")
    cancel_url = LIST

    @cached_property
    def form_kept(self):
        """The form; 404 where it is not the user's to keep."""
        rows = CityForm.objects.editable_by(self.request.user).for_list()
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_lead(self):
        """Say which, and what comes of it."""
        return tell("%(form)s。停用后不能再按它导出，文件留存备查。") % {"form": self.form_kept}

    def perform(self, form):
        """Withdraw it."""
        keeping.withdraw_form(form=self.form_kept, by=self.request.user)
        return str(LIST)


class CityFormFile(View):
    """The form as it was uploaded, marks and all."""

    def get(self, request, pk):
        """Answer with its file."""
        form = get_object_or_404(CityForm.objects.visible_to(request.user), pk=pk)
        return attachment(bytes(form.content), XLSX, form.name, "xlsx")


class CityFormFill(CampaignPage, TemplateView):
    """Fill a form with the figures of a campaign as of a day (?form=); without one, say what there is to fill."""

    template_name = "reports/cityform_fill.html"
    problems = ()
    asked = None

    def get(self, request, *args, **kwargs):
        """Answer with the filled form, the example, or the page, which names what stood in the way."""
        wanted = request.GET.get("form", "")
        if wanted == "example":
            return self.filled(tell("示例模板"), filling.example(self.standings))
        if wanted:
            self.asked = self.form_asked(wanted)
            try:
                content = filling.fill(bytes(self.asked.content), self.standings)
                return self.filled(f"{self.asked.name}-{self.as_of.isoformat()}", content)
            except ValidationError as error:
                self.problems = error.messages
        return super().get(request, *args, **kwargs)

    def form_asked(self, wanted):
        """Return the form; 404 for one that the campaign is not told in."""
        if not wanted.isascii() or not wanted.isdigit() or len(wanted) > 18:
            raise Http404("no such form")
        return get_object_or_404(CityForm.objects.visible_to(self.request.user).of(self.campaign), pk=wanted)

    def filled(self, name, content):
        """Answer with a workbook."""
        return attachment(content, XLSX, name, "xlsx")

    def get_context_data(self, **kwargs):
        """Add the forms, and the marks that a form may hold with what they stand for here."""
        forms = CityForm.objects.visible_to(self.request.user).of(self.campaign).for_list()
        return super().get_context_data(
            title=_("按模板导出"),
            forms=forms,
            asked=self.asked,
            problems=self.problems,
            may_keep=may(self.request.user, "reports:cityform_create", "GET"),
            **marks_told(Names(self.standings)),
            **kwargs,
        )


def marks_told(names):
    """Return the marks that a form may hold, each with what it stands for of the whole and of the first unit."""
    whole, unit_id = names.whole, next(iter(names.state.unit_ids), None)
    own = names.of_unit(unit_id) if unit_id else {}
    rows = [
        (name, whole[name].text if name in whole else "", own[name].text if name in own else "")
        for name in {**whole, **own}
        if f"{name}·完成" not in whole  # the shorter name of the same
    ]
    return {"rows": rows, "unit": names.state.scores[unit_id].unit if unit_id else ""}
