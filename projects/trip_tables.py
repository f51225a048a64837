"""Tables of delegations, trips and planned contacts."""

import django_tables2 as tables
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from campaigns.numbers import plain
from projects.models import Delegation, PlannedContact, Trip, TripState
from units.tables import HIDE, NUMBER, TWO, DatedTable, pill, two_lines

TONES = {
    TripState.UPCOMING: "info", TripState.OUT: "ok", TripState.DUE: "bad", TripState.ENDED: "muted",
    TripState.CANCELLED: "muted",
}  # fmt: skip


class DelegationTable(DatedTable):
    """Delegations: whose, who leads, how many belong to it today, how often it went out."""

    name = tables.Column(verbose_name=_("名称"), order_by=("name", "pk"), attrs=TWO)
    unit = tables.Column(verbose_name=_("单位"), order_by=("unit__path", "pk"))
    leader = tables.Column(verbose_name=_("带队领导"), order_by=("leader", "pk"))
    place = tables.Column(verbose_name=_("驻地"), default="—", order_by=("place", "pk"), attrs=HIDE)
    members = tables.Column(verbose_name=_("成员"), attrs=NUMBER, order_by=("members", "pk"))
    trip_count = tables.Column(verbose_name=_("外出（次）"), attrs=NUMBER, order_by=("trip_count", "pk"))
    campaign = tables.Column(verbose_name=_("战役"), default=_("常设"), orderable=False, attrs=HIDE)
    state = tables.Column(verbose_name=_("状态"), empty_values=(), orderable=False)

    class Meta:
        model = Delegation
        fields = ("name", "unit", "leader", "place", "members", "trip_count", "campaign", "state")

    def render_name(self, record):
        """Link the name above the kind and what it is after."""
        below = record.get_kind_display()
        return two_lines(record, record.name, f"{below} · {record.focus}" if record.focus else below)

    def value_name(self, record):
        """Write the name alone."""
        return record.name

    def render_members(self, record, value):
        """Print how many belong to it; amber where they are fewer than wanted."""
        return format_html('<span class="zs-warn">{}</span>', value) if record.is_small else value

    def value_members(self, value):
        """Write the number."""
        return value

    def render_state(self, record):
        """Show whether it stands, and whether it is too small."""
        if not record.is_standing(self.today):
            return pill("muted", self.value_state(record))
        return pill("warn" if record.is_small else "ok", self.value_state(record))

    def value_state(self, record):
        """Write the same."""
        if not record.is_standing(self.today):
            return str(_("未组建") if record.formed_on > self.today else _("已撤销"))
        return str(_("人数不足") if record.is_small else _("在编"))


class TripTable(DatedTable):
    """Trips: what for, whose, who led, when, how many, whom they met, how far they are."""

    purpose = tables.Column(verbose_name=_("外出"), order_by=("purpose", "pk"), attrs=TWO)
    unit = tables.Column(verbose_name=_("单位"), order_by=("unit__path", "pk"))
    leader = tables.Column(verbose_name=_("带队人"), order_by=("leader", "pk"))
    starts_on = tables.Column(verbose_name=_("日期"), order_by=("starts_on", "pk"))
    days_out = tables.Column(verbose_name=_("天数"), attrs=NUMBER, order_by=("days_out", "pk"))
    heads = tables.Column(verbose_name=_("人数"), attrs=NUMBER, order_by=("heads", "pk"))
    met = tables.Column(verbose_name=_("会见企业"), attrs=NUMBER, order_by=("met", "pk"))
    state = tables.Column(verbose_name=_("状态"), empty_values=(), orderable=False)

    class Meta:
        model = Trip
        fields = ("purpose", "unit", "leader", "starts_on", "days_out", "heads", "met", "state")

    def render_purpose(self, record):
        """Link the purpose above the team."""
        return two_lines(record, record.purpose, record.delegation.name if record.delegation else "")

    def value_purpose(self, record):
        """Write the purpose alone."""
        return record.purpose

    def render_leader(self, record):
        """Name the leader; say where it is one of the top."""
        top = format_html("<small>{}</small>", _("党政主要领导")) if record.led_by_top else ""
        return format_html("{}{}", record.leader, top and format_html(" {}", top))

    def value_leader(self, record):
        """Write the name."""
        return record.leader

    def render_starts_on(self, record):
        """Print the first and the last day."""
        return f"{record.starts_on:%Y-%m-%d}—{record.ends_on:%m-%d}"

    def value_starts_on(self, record):
        """Write the first day."""
        return record.starts_on

    def render_heads(self, value):
        """Print a whole number."""
        return plain(value)

    def value_heads(self, value):
        """Write a number."""
        return value

    def render_state(self, record):
        """Show how far it is."""
        state = record.state(self.today)
        return pill(TONES[state], state.label)

    def value_state(self, record):
        """Write the same."""
        return str(record.state(self.today).label)


def contact_state(contact, as_of):
    """Say what became of a planned contact; of what is late by how many days."""
    late = (as_of - contact.due_on).days
    if contact.done_on:
        return str(_("%(day)s 完成") % {"day": contact.done_on.isoformat()})
    if contact.dropped:
        return str(_("已取消"))
    return str(_("超期 %(n)s 天") % {"n": late} if late > 0 else _("待联系"))


class PlannedTable(DatedTable):
    """Planned contacts: whom, how, by whom, by when, and what may be done."""

    company = tables.Column(verbose_name=_("企业"), order_by=("company__name", "pk"), attrs=TWO)
    way = tables.Column(verbose_name=_("方式"), order_by=("way", "pk"))
    due_on = tables.DateColumn(verbose_name=_("计划日期"), format="Y-m-d", order_by=("due_on", "pk"))
    person = tables.Column(verbose_name=_("由谁联系"), order_by=("person", "pk"))
    unit = tables.Column(verbose_name=_("单位"), order_by=("unit__path", "pk"))
    note = tables.Column(verbose_name=_("事由"), default="", orderable=False, attrs=HIDE)
    state = tables.Column(verbose_name=_("状态"), empty_values=(), orderable=False)
    actions = tables.TemplateColumn(
        verbose_name=_("操作"), template_name="projects/_planned_actions.html", orderable=False,
        exclude_from_export=True,
    )  # fmt: skip

    class Meta:
        model = PlannedContact
        fields = ("company", "way", "due_on", "person", "unit", "note", "state", "actions")

    def render_company(self, record):
        """Link the company above the project."""
        return two_lines(record.company, record.company.name, self.project_of(record))

    def value_company(self, record):
        """Write the company's name."""
        return record.company.name

    def project_of(self, record):
        """Name the project, where the user may see it."""
        return record.project.name if record.project and record.shows_project else ""

    def render_state(self, record):
        """Show what became of it."""
        late = (self.today - record.due_on).days
        if record.done_on:
            return pill("ok", self.value_state(record))
        if record.dropped:
            return pill("muted", self.value_state(record))
        return pill("bad" if late > 0 else "info", self.value_state(record))

    def value_state(self, record):
        """Write the same."""
        return contact_state(record, self.today)
