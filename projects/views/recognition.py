"""The verifier's desk: what waits, deciding on one fact, recognising several in full."""

from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from projects import flags, recognition
from projects.actions.recognition import recognise, recognise_many
from projects.desk_forms import BatchForm, RecognitionFilter, VerdictForm
from projects.models import Milestone, Project
from projects.recognition import DECIDED, WAITING
from units.lists import workbook_response
from units.pages import ActionView

PER_PAGE = 25
SENT_AS = {  # what the actions call a field of the form
    "on": "recognised_on",
    "amount": "recognised_amount",
    "number": "recognised_number",
    "reason": "recognition_reason",
}


class Piles:
    """Which list is shown (?state=, ?kind=, ?unit=, ?campaign=); the parameters travel with every link."""

    @cached_property
    def chosen(self):
        """The filter of the list; nonsense narrows nothing."""
        form = RecognitionFilter(self.request.GET, user=self.request.user)
        form.is_valid()
        return form

    @cached_property
    def state(self):
        """What waits, or what was decided."""
        return DECIDED if self.request.GET.get("state") == DECIDED else WAITING

    @cached_property
    def query(self):
        """The parameters of the list."""
        names = ("state", "kind", "unit", "campaign")
        return urlencode({name: value for name in names if (value := self.request.GET.get(name))})

    @property
    def list_url(self):
        """The list one came from."""
        return f"{reverse('projects:recognition_list')}?{self.query}"

    def keys(self, state=None):
        """Return the keys of what the list shows."""
        data = self.chosen.cleaned_data
        narrowed = {name: data.get(name) for name in ("kind", "unit", "campaign") if data.get(name)}
        return recognition.keys(self.request.user, state=state or self.state, **narrowed)


class RecognitionList(Piles, TemplateView):
    """Everything that waits in the verifier's units, or was decided, the latest day first."""

    template_name = "projects/recognition_list.html"

    def render_to_response(self, context, **kwargs):
        """Answer with the page, or with a workbook of everything the filter leaves."""
        if self.request.GET.get("export") == "xlsx":
            rows = recognition.sheet(self.keys(), self.request.user, timezone.localdate())
            return workbook_response("recognition", str(context["title"]), rows)
        return super().render_to_response(context, **kwargs)

    def get_context_data(self, **kwargs):
        """Add a page of items, the filter and the two piles."""
        page = Paginator(self.keys(), PER_PAGE).get_page(self.request.GET.get("page"))
        items = recognition.items(page.object_list, self.request.user, timezone.localdate())
        views = [(WAITING, _("待认定")), (DECIDED, _("已处理"))]
        is_filtered = any(self.chosen.cleaned_data.get(name) for name in ("kind", "unit", "campaign"))
        return super().get_context_data(
            title=_("待认定") if self.state == WAITING else _("已处理的认定"),
            sub=_("谁填报的不能由谁认定；认定数按认定日期入账。"),
            items=items,
            page=page,
            page_url=self.list_url,
            query=self.query,
            export_url=f"{self.list_url}&export=xlsx",
            filter=self.chosen,
            is_filtered=is_filtered,
            is_waiting=self.state == WAITING,
            state=self.state,
            views=[{"label": label, "url": f"?state={key}", "active": key == self.state} for key, label in views],
            **kwargs,
        )


class Recognise(Piles, ActionView):
    """Decide on one fact, then go back to the list one came from."""

    template_name = "projects/recognise.html"
    form_class = VerdictForm
    submit_label = _("提交认定")

    @cached_property
    def fact(self):
        """The fact; 404 where it is not in the verifier's units or is nothing that is recognised."""
        kind = self.kwargs["kind"]
        if kind not in recognition.MODELS:
            raise Http404("no such kind of fact")
        rows = recognition.loaded(kind, recognition.in_scope(kind, self.request.user))
        return get_object_or_404(rows.select_related("recognised_by"), pk=self.kwargs["pk"])

    @cached_property
    def item(self):
        """The fact, printed."""
        return recognition.item_of(self.fact, self.request.user, timezone.localdate())

    def get_title(self):
        """Name the fact."""
        return _("认定 · %(what)s") % {"what": self.item.what}

    def get_form_kwargs(self):
        """Give the form its fact."""
        return {**super().get_form_kwargs(), "fact": self.fact}

    def get_initial(self):
        """Propose full recognition today; show a verdict as it stands."""
        if self.fact.recognition == WAITING:
            return {"version": self.fact.version, "recognition": "full", "recognised_on": timezone.localdate()}
        return {name: getattr(self.fact, name) for name in VerdictForm.base_fields}

    def get_cancel_url(self):
        """Lead back to the list."""
        return self.list_url

    def perform(self, form):
        """Decide; errors stand beside the fields they are about."""
        data = form.cleaned_data
        sent = {name: data[field] for name, field in SENT_AS.items()}
        try:
            recognise(
                fact=self.fact, verdict=data["recognition"], version=data["version"], by=self.request.user, **sent
            )
        except ValidationError as error:
            raise renamed(error) from None
        return self.list_url

    def get_success_message(self):
        """Name the fact and the verdict."""
        verdict = dict(self.get_form().fields["recognition"].choices).get(self.request.POST.get("recognition"), "")
        return _("%(verdict)s：%(what)s") % {"verdict": verdict, "what": self.item.what}

    def get_context_data(self, **kwargs):
        """Add the fact and the next one of the list."""
        return super().get_context_data(
            fact=self.fact,
            item=self.item,
            flags=self.flags(),
            list_url=self.list_url,
            next_url=self.next_url(),
            **kwargs,
        )

    def flags(self):
        """Return what the project of a milestone should be looked at for; nothing of it stops the verdict."""
        if not isinstance(self.fact, Milestone):
            return ()
        project = Project.objects.filter(pk=self.fact.project_id)
        found = flags.of_projects(project, self.request.user, timezone.localdate())
        return found.get(self.fact.project_id, ())

    def next_url(self):
        """Return the address of the fact after this one in the list, "" after the last."""
        found = [row[:2] for row in self.keys()[:200]]
        here = (self.item.kind, self.item.pk)
        place = found.index(here) + 1 if here in found else 0
        following = [row for row in found[place:] if row != here]
        return f"{reverse('projects:recognise', args=following[0])}?{self.query}" if following else ""


class RecogniseBatch(Piles, ActionView):
    """Recognise several facts in full, with one day and one bulletin number: all of them, or none."""

    template_name = "projects/recognise_batch.html"
    form_class = BatchForm
    title = _("全额认定所选")
    submit_label = _("全额认定")

    @cached_property
    def items(self):
        """The facts that were chosen and still wait in the verifier's units."""
        wanted = {}
        for text in (self.request.POST or self.request.GET).getlist("fact")[:200]:
            kind, _dash, number = text.partition("-")
            pk = number.partition("-")[0]
            if kind in recognition.MODELS and pk.isascii() and pk.isdigit() and len(pk) < 19:
                wanted.setdefault(kind, set()).add(int(pk))
        found = []
        for kind, pks in wanted.items():
            rows = recognition.in_scope(kind, self.request.user).filter(pk__in=pks, recognition=WAITING)
            found += [(kind, pk, on) for pk, on in rows.order_by("-on", "-pk").values_list("pk", "on")]
        return recognition.items(found, self.request.user, timezone.localdate())

    def get_form_kwargs(self):
        """Give the form what may be chosen: each with the version that is shown."""
        return {**super().get_form_kwargs(), "keys": [item.key for item in self.items]}

    def get_initial(self):
        """Propose today."""
        return {"fact": [item.key for item in self.items], "on": timezone.localdate()}

    def get_cancel_url(self):
        """Lead back to the list."""
        return self.list_url

    def perform(self, form):
        """Recognise them all."""
        chosen = set(form.cleaned_data["fact"])
        facts = [
            (recognition.MODELS[item.kind].objects.get(pk=item.pk), item.version)
            for item in self.items
            if item.key in chosen
        ]
        self.done = recognise_many(
            facts=facts, on=form.cleaned_data["on"], number=form.cleaned_data["number"], by=self.request.user
        )
        return self.list_url

    def get_success_message(self):
        """Say how many."""
        return _("已全额认定 %(n)s 条") % {"n": self.done}

    def get_context_data(self, **kwargs):
        """Add what was chosen."""
        return super().get_context_data(items=self.items, list_url=self.list_url, **kwargs)


def renamed(error):
    """Return an action's error under the names of the form's fields; a conflict goes on as it is."""
    if not hasattr(error, "error_dict"):
        return error
    return ValidationError({SENT_AS.get(name, name): problems for name, problems in error.error_dict.items()})
