"""What a text says against what the ledger and the roster of a campaign say."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from campaigns.models import Basis, Campaign
from campaigns.numbers import amount_text, measure_of
from campaigns.standings import standings
from reports.proofreading.claims import found_in
from reports.proofreading.quantities import Quantity, folded, quantities_of
from reports.proofreading.slips import Note
from units.models import Unit

UNIT_NAME = re.compile(
    r"(?:^|(?<=[、,。;和及与是为向由在\s(]))[一-龥]{2,6}?(?:街道|镇|乡|园区|产业园|开发区)(?=[、,。;:为的完已列等和及与在\s)]|\d|$)"
)
GENERAL = re.compile(r"^(?:各|全|本|该|有|个|多|几|工业|其他|重点|两|三)|乡镇$|城镇$|[^区]各")


def ledger_notes(text: str, campaign: Campaign, as_of: date) -> list[Note]:
    """Return where figures and names of a text differ from a campaign's ledger and roster as of a day.

    A claim is of an indicator whose name stands before its figure in the same clause; a figure is right when it is
    that of either basis.
    """
    plain = folded(text)
    return sorted(
        [*_figures(text, plain, campaign, as_of), *_names(text, plain, campaign)], key=lambda note: note.start
    )


def _figures(text, plain, campaign, as_of):
    told = {basis: standings(campaign, as_of, basis=basis) for basis in Basis.values}
    columns, quantities = next(iter(told.values())).columns, quantities_of(plain)
    for found in found_in(text):
        if not isinstance(found.actual, Quantity):
            continue
        earlier = [q.end for q in quantities if q.end <= found.actual.start and not q.threshold]
        clause = plain[max([0, found.actual.start - 60, *earlier[-1:]]) : found.actual.start]
        clause = re.split(r"[。;\n]", clause)[-1]
        dimension = found.actual.dimension
        named = [each for each in columns if each.name in clause and measure_of(each.measure).dimension == dimension]
        if not named:
            continue
        column = max(named, key=lambda each: (clause.rfind(each.name), len(each.name)))
        totals = [table.totals[column.line_id] for table in told.values()]
        for what, quantity, values in (
            (_("完成数"), found.actual, [line.done for line in totals]),
            (
                _("目标"),
                found.target,
                [*(line.target for line in totals), *(_quotas(table, column) for table in told.values())],
            ),
        ):
            known = {value for value in values if value is not None}
            if isinstance(quantity, Quantity) and known and quantity.value not in map(Fraction, known):
                shown = "、".join(sorted({amount_text(value, column.measure) for value in known}))
                yield Note(
                    "ledger", text[quantity.start : quantity.end], quantity.start, quantity.end,
                    _("“%(indicator)s”%(what)s文中为 %(text)s，台账截至 %(day)s 为 %(ledger)s")
                    % {
                        "indicator": column.name, "what": what, "text": quantity.written, "day": as_of,
                        "ledger": shown,
                    },
                )  # fmt: skip


def _quotas(table, column):
    """Return the sum of the units' quotas on an indicator, which a text may name as well."""
    owed = [line.target for line in table.of_column(column.line_id) if line.target is not None]
    return sum(owed, Decimal(0)) if owed else None


def _names(text, plain, campaign):
    tree = Unit.objects.filter(path__startswith=f"/{campaign.organiser.path.split('/')[1]}/")
    known = {folded(name) for name in tree.values_list("name", flat=True)}
    known |= {folded(title) for title in campaign.roster.exclude(title="").values_list("title", flat=True)}
    for match in UNIT_NAME.finditer(plain):
        if (
            match[0] not in known
            and not GENERAL.search(match[0])
            and not any(match[0].endswith(name) for name in known)
        ):
            yield Note(
                "name", text[match.start() : match.end()], *match.span(), _("组织架构中没有这个单位，请核对名称")
            )
