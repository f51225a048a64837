"""The list of what was told to other systems: its table and its filter."""

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as tell
from django.utils.translation import gettext_lazy as _

from campaigns.models import Delivery, Endpoint
from units.tables import NUMBER, ON, TWO, pill

TONES = {Delivery.State.WAITING: "warn", Delivery.State.SENT: "ok", Delivery.State.FAILED: "bad"}
MINUTE = "Y-m-d H:i"


def endpoints_seen(request):
    """Return the endpoints the user keeps."""
    return Endpoint.objects.visible_to(request.user).for_list()


class DeliveryFilter(django_filters.FilterSet):
    """Deliveries by endpoint, event and state."""

    today = None

    q = django_filters.CharFilter(field_name="subject", lookup_expr="icontains", label=_("内容"))
    endpoint = django_filters.ModelChoiceFilter(queryset=endpoints_seen, label=_("推送地址"), empty_label=_("全部"))
    event = django_filters.ChoiceFilter(choices=Endpoint.Event, label=_("事件"), empty_label=_("全部"))
    state = django_filters.ChoiceFilter(choices=Delivery.State, label=_("状态"), empty_label=_("全部"))

    class Meta:
        model = Delivery
        fields = ()


class DeliveryTable(tables.Table):
    """Deliveries with the last answer, and a way to send once more."""

    subject = tables.Column(verbose_name=_("内容"), attrs=TWO)
    endpoint = tables.Column(verbose_name=_("推送地址"), order_by=("endpoint__name", "pk"))
    made_at = tables.DateTimeColumn(verbose_name=_("发生时间"), format=MINUTE, attrs=ON)
    state = tables.Column(verbose_name=_("状态"))
    tries = tables.Column(verbose_name=_("次数"), attrs=NUMBER)
    tried_at = tables.DateTimeColumn(verbose_name=_("最近一次"), format=MINUTE, attrs=ON, default="—")
    answer = tables.Column(verbose_name=_("应答"), orderable=False, empty_values=())
    again = tables.Column(verbose_name=_("操作"), accessor="pk", orderable=False, exclude_from_export=True)

    class Meta:
        model = Delivery
        fields = ("subject", "endpoint", "made_at", "state", "tries", "tried_at", "answer", "again")

    def render_subject(self, record):
        """Name the event below, and the beginning of the key that the receiver knows it by."""
        event, key = record.get_event_display(), str(record.key)[:8]
        return format_html("{}<small>{} · {}</small>", record.subject, event, key)

    def value_subject(self, record):
        """Name the event and the whole key."""
        return f"{record}（{record.key}）"

    def render_state(self, record):
        """Show the state as a pill, with when it is tried again."""
        tone = pill(TONES[record.state], record.get_state_display())
        if record.state != Delivery.State.WAITING or not record.tries:
            return tone
        when = timezone.localtime(record.next_at).strftime("%m-%d %H:%M")
        return format_html("{} {}", tone, tell("%s 再送") % when)

    def value_state(self, record):
        """Say the state."""
        return record.get_state_display()

    def render_answer(self, record):
        """Show the status and the beginning of the answer."""
        return " ".join(filter(None, (str(record.status or ""), record.answer))) or "—"

    def render_again(self, record):
        """Link to sending it once more."""
        url = reverse("campaigns:delivery_again", args=[record.pk])
        return format_html('<a class="btn btn-light btn-sm text-nowrap" href="{}">{}</a>', url, _("再发一次"))
