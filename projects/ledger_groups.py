"""The fields of the project ledger, grouped by the stage that brings them; page and forms follow this table."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from projects.models import Project


@dataclass(frozen=True)
class Group:
    """Some fields of the ledger that are filled in at one stage."""

    key: str
    name: str
    fields: tuple[str, ...]


GROUPS = (
    Group(
        "lead",
        _("线索"),
        ("name", "company", "sector", "industry", "investment", "summary", "introducer_kind", "introducer_name"),
    ),
    Group("talks", _("洽谈"), ("place", "outside", "chain", "nature")),
    Group("contract", _("签约"), ("first_phase", "local_partner", "local_share")),
    Group("registration", _("注册"), ("registered_name", "registered_capital", "legal_person", "business_scope")),
    Group("building", _("建设"), ("land", "built_years")),
    Group("production", _("投产"), ("capacity", "output", "tax_expected", "jobs")),
    Group("duty", _("责任"), ("leader", "team", "plan", "is_key")),
    Group("other", _("标签和备注"), ("note",)),
)
BY_KEY = {group.key: group for group in GROUPS}
GROUP_OF = {name: group.key for group in GROUPS for name in group.fields}


def label_of(name):
    """Return what a field is called, without its measure."""
    return str(Project._meta.get_field(name).verbose_name).partition("（")[0]
