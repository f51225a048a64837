"""Other systems that are told of events: their addresses, the secret of each shown once, what was sent to them."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404
from django.urls import reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView

from campaigns import actions
from campaigns.models import Delivery, Endpoint
from campaigns.webhook_forms import EndpointChangeForm, EndpointCreateForm
from campaigns.webhook_tables import DeliveryFilter, DeliveryTable
from units.forms import RecordForm
from units.lists import ListPage
from units.pages import ActionView, add_errors

LIST = reverse_lazy("campaigns:endpoint_list")


class EndpointPage(FormView):
    """A page that ends with a secret, shown once: the list of endpoints, and a new secret for one."""

    template_name = "campaigns/endpoint_list.html"

    def get_form_kwargs(self):
        """Give the form its user."""
        return {**super().get_form_kwargs(), "user": self.request.user}

    def secret_from(self, form):
        """Call the action; return the endpoint and its secret."""
        raise NotImplementedError(f"{type(self).__name__} has no secret_from()")

    def form_valid(self, form):
        """Do it and answer with the page that shows the secret."""
        try:
            endpoint, secret = self.secret_from(form)
        except ValidationError as error:
            add_errors(form, error)
            return self.form_invalid(form)
        return self.render_to_response(self.get_context_data(form=None, made=endpoint, secret=secret))

    def get_context_data(self, **kwargs):
        """Add the endpoints there are."""
        if kwargs.get("form", self) is None:
            kwargs["form"] = EndpointCreateForm(user=self.request.user)
        endpoints = Endpoint.objects.visible_to(self.request.user).for_list()
        return super().get_context_data(title=_("推送"), endpoints=endpoints, **kwargs)


class EndpointList(EndpointPage):
    """The endpoints the user keeps, and the form of a new one."""

    form_class = EndpointCreateForm

    def secret_from(self, form):
        """Keep the endpoint."""
        return actions.create_endpoint(by=self.request.user, **form.facts())


class EndpointObject:
    """A page about one endpoint of the user's."""

    @cached_property
    def endpoint(self):
        """The endpoint; 404 where it is not the user's to see."""
        rows = Endpoint.objects.visible_to(self.request.user).select_related("unit")
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class EndpointChange(EndpointObject, ActionView):
    """Change an endpoint, or put it out of use."""

    form_class = EndpointChangeForm
    title = _("更正推送地址")
    cancel_url = LIST

    def get_lead(self):
        """Say whose events it hears of, and what a stop means."""
        return tell("%(unit)s 组织的战役。停用期间不再推送；待送的留着，启用后再送。") % {"unit": self.endpoint.unit}

    def get_initial(self):
        """Show what is kept."""
        names = ("name", "url", "on_issue", "on_finding", "is_active", "version")
        return {name: getattr(self.endpoint, name) for name in names}

    def perform(self, form):
        """Change it."""
        actions.change_endpoint(
            endpoint=self.endpoint, by=self.request.user, version=form.cleaned_data["version"], **form.facts()
        )
        return str(LIST)


class EndpointSecret(EndpointObject, EndpointPage):
    """Give an endpoint another secret."""

    form_class = RecordForm

    def get_template_names(self):
        """Ask first; then show the list with the secret on top."""
        return ["campaigns/endpoint_list.html" if self.request.method == "POST" else "form_page.html"]

    def get_context_data(self, **kwargs):
        """Say what comes of it."""
        lead = tell("%(name)s。更换后，用原密钥核对签名的系统会拒收，须立即换成新密钥。") % {"name": self.endpoint}
        told = {"lead": lead, "submit_label": _("更换密钥"), "cancel_url": LIST}
        context = super().get_context_data(**told, **kwargs)
        return context if "secret" in context else {**context, "title": _("更换签名密钥")}

    def secret_from(self, form):
        """Renew it."""
        return self.endpoint, actions.renew_secret(endpoint=self.endpoint, by=self.request.user)


class DeliveryList(ListPage):
    """What was sent, what waits, what was not taken."""

    template_name = "campaigns/delivery_list.html"
    model, table_class, filterset_class = Delivery, DeliveryTable, DeliveryFilter
    title = _("推送记录")
    sub = _("未送达的按 1 分钟、5 分钟、半小时、2 小时、12 小时、1 天重试，之后可手工再发")
    empty_text = _("还没有推送")
    empty_hint = _("印发期次或触发规则时，按推送地址各记一件")
    export_name = "deliveries"
    counted = _("件")
    presets = (
        ("all", _("全部"), ""), ("waiting", _("待送"), "state=waiting"), ("failed", _("未送达"), "state=failed"),
        ("sent", _("已送达"), "state=sent"),
    )  # fmt: skip


class DeliveryAgain(ActionView):
    """Send an event once more."""

    form_class = RecordForm
    title = _("再发一次")
    submit_label = _("再发一次")
    success_message = _("已交后台发送，稍后在本页查看结果")
    cancel_url = reverse_lazy("campaigns:delivery_list")

    @cached_property
    def delivery(self):
        """The delivery; 404 where it is not the user's to see."""
        return get_object_or_404(Delivery.objects.visible_to(self.request.user).for_list(), pk=self.kwargs["pk"])

    def get_lead(self):
        """Say what goes where."""
        told = tell("%(what)s，发往 %(where)s。内容和编号不变，对方凭编号识别是否收过。")
        return told % {"what": self.delivery, "where": self.delivery.endpoint}

    def perform(self, form):
        """Ask for it."""
        actions.send_again(delivery=self.delivery, by=self.request.user)
        return reverse("campaigns:delivery_list")
