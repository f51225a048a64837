"""Is this the file that went out? By its bytes, or by number."""

import re

from django.db.models import Q
from django.utils.translation import gettext as _
from django.views.generic import FormView

from reports.forms import VerifyForm
from reports.issuing import hash_of, tampered
from reports.models import IssuedFile, Report

REVISED = re.compile(r"(?P<number>.*?)\s*[（(]?修订(?P<revision>\d{1,4})[）)]?")  # a number with its revision


class Verify(FormView):
    """Compare a file, or a number, with what was issued; nothing is kept of the file."""

    form_class = VerifyForm
    template_name = "reports/verify.html"

    def form_valid(self, form):
        """Say which issue it is, or that it is none."""
        seen = Report.objects.visible_to(self.request.user).filter(status=Report.Status.ISSUED)
        seen = seen.select_related("campaign", "issued_by", "revised_by")
        if file := form.cleaned_data["file"]:
            asked = hash_of(file.read())
            found = (
                IssuedFile.objects.filter(sha256=asked, report__in=seen)
                .defer("content")
                .select_related("report__issued_by", "report__revised_by")
            )
            rows = [(row.report, row.kind.upper()) for row in found.order_by("report_id", "pk")]
            told = file.name
        else:
            told = form.cleaned_data["number"].strip()
            asked = told.lower() if len(told) == 64 else ""
            number = REVISED.fullmatch(told)
            named = Q(number=number["number"], revision=number["revision"]) if number else Q(number=told)
            wanted = named | Q(sha256=asked) | Q(files__sha256=asked) if asked else named
            rows = [(report, "") for report in seen.filter(wanted).distinct().order_by("pk")]
        found = [(report, kind, tampered(report)) for report, kind in rows]
        return self.render_to_response(
            self.get_context_data(form=form, asked=told, sha256=asked, found=found, read=True, title=_("验证文件"))
        )
