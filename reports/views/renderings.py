"""Files that take long: asked for, waited for, cancelled, fetched."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from django.views.generic import TemplateView
from django_htmx.http import HttpResponseClientRefresh

from reports import rendering
from reports.models import Rendering
from reports.views.bulletins import Downloadable, file_response
from units.forms import RecordForm
from units.pages import ActionView


class RenderingCreate(Downloadable, ActionView):
    """Have a long file made by the worker."""

    form_class = RecordForm
    submit_label = gettext_lazy("开始生成")
    success_message = gettext_lazy("已提交后台生成")

    def get_title(self):
        """Name the file."""
        return f"{self.report.title} · {self.kind.upper()}{_('（繁体）') if self.is_traditional else ''}"

    def get_lead(self):
        """Say how long it will take."""
        try:
            pages, seconds = rendering.expected(self.document)
        except ValidationError as error:
            return "；".join(error.messages)
        return _("这份文件约 %(pages)d 页，在后台生成大约需要 %(seconds)d 秒，其间可以离开，完成后回来下载。") % {
            "pages": pages, "seconds": max(3, round(seconds * 2)),
        }  # fmt: skip

    def get_cancel_url(self):
        """Back to the report."""
        return self.report.get_absolute_url()

    def perform(self, form):
        """Put it into the queue."""
        return rendering.ask(
            report=self.report, document=self.document, kind=self.kind, by=self.request.user, now=timezone.now()
        )


class RenderingObject:
    """A page about a file that the user asked for."""

    @cached_property
    def rendering(self):
        """The rendering; 404 if somebody else asked for it."""
        rows = Rendering.objects.visible_to(self.request.user).for_page()
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def told(self):
        """Return what the page and its part show."""
        cut_off = rendering.is_cut_off(self.rendering, timezone.now())
        return {"rendering": self.rendering, "cut_off": cut_off, "again": again_url(self.rendering)}


def again_url(made):
    """Return where the same file is asked for once more."""
    return f"{made.report.get_absolute_url()}file/{made.kind}/{'?script=t' if made.is_traditional else ''}"


class RenderingPage(RenderingObject, TemplateView):
    """How far a file is; fetched from here once it is there."""

    template_name = "reports/rendering.html"

    def get_context_data(self, **kwargs):
        """Show its state."""
        return super().get_context_data(title=_("后台生成文件"), **self.told(), **kwargs)

    def post(self, request, *args, **kwargs):
        """Cancel it."""
        try:
            rendering.cancel(rendering=self.rendering, by=request.user)
        except ValidationError as error:
            messages.error(request, "；".join(error.messages))
        else:
            messages.success(request, _("已取消"))
        return redirect(self.rendering)


class RenderingProgress(RenderingObject, View):
    """How far it is; asked for every second in the background, which does not prolong a session."""

    def get(self, request, pk):
        """Answer with the bar; the whole page comes anew once it is through."""
        if not self.rendering.is_open:
            return HttpResponseClientRefresh()
        return render(request, "reports/_rendering.html", self.told())


class RenderingFile(RenderingObject, View):
    """The file."""

    def get(self, request, pk):
        """Answer with bytes, or lead to the page that says why there are none."""
        made = self.rendering
        if made.state != Rendering.State.DONE:
            return redirect(made)
        return file_response(made.report, made.kind, bytes(made.content), is_traditional=made.is_traditional)
