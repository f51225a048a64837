"""The ranking of a campaign as of a day: overall or on one indicator, by group; the same as a sheet."""

import csv
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from urllib.parse import quote, urlencode

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from campaigns import clock, links
from campaigns.models import Basis
from campaigns.numbers import in_measure, percent_text
from campaigns.pages import CampaignPage
from campaigns.ranking import group_label, heads, line_rows, ranking_rows, score_texts, score_trace, total_rows
from campaigns.standings import standings
from units import stamps
from units.lists import safe_cell, workbook_response
from units.models import BUSINESS_ROLES

NAMELESS = "-"  # ?group= of the units without a group, where there are others
MONTHS_OFFERED = 3  # ends of months to compare with


class Ranking(CampaignPage, TemplateView):
    """Who stands where, as of a day and on a basis."""

    template_name = "campaigns/campaign_ranking.html"

    def get(self, request, *args, **kwargs):
        """Answer with the page, or with the sheet of what it shows."""
        answer = {"xlsx": self.workbook, "csv": self.csv}.get(request.GET.get("export"))
        return answer() if answer else super().get(request, *args, **kwargs)

    @cached_property
    def since(self):
        """The earlier day of ?since= that places are compared with; None for the usual one."""
        return self.day_asked("since", None, self.as_of - timedelta(days=1))

    @cached_property
    def standings(self):
        """The standings of the page, with the places of the earlier day: three queries."""
        return standings(self.campaign, self.as_of, basis=self.basis, previous=self.since)

    @cached_property
    def column(self):
        """The indicator of ?line=, None for the overall ranking."""
        wanted = self.request.GET.get("line", "")
        return next((column for column in self.standings.columns if str(column.line_id) == wanted), None)

    @cached_property
    def group(self):
        """The group of ?group=, None for all of them."""
        wanted = self.request.GET.get("group", "")
        name = "" if wanted == NAMELESS else wanted
        return name if wanted and name in self.standings.groups else None

    @cached_property
    def above(self):
        """The units in which the user holds a role, and those above them."""
        return {
            unit_id
            for member in self.request.user.memberships
            if member.role in BUSINESS_ROLES
            for unit_id in member.unit.lineage
        }

    @cached_property
    def mine(self):
        """The roster units on whose line, or below which, the user holds a role."""
        held = {self.standings.owner.get(unit_id) for unit_id in self.above}
        return (self.above | held) & set(self.standings.unit_ids)

    def rows_url(self, line):
        """Return where a figure opens."""
        return links.rows_url(self.campaign.pk, line.column.line_id, line.unit_id, line.basis, self.as_of)

    def unit_url(self, unit_id):
        """Return where a unit's name leads."""
        return links.unit_url(self.campaign.pk, unit_id, self.basis, self.as_of)

    @cached_property
    def groups(self):
        """The groups to show."""
        builders = {"url_for": self.rows_url, "unit_url": self.unit_url, "mine": self.mine}
        if self.column:
            groups = line_rows(self.standings, self.column.line_id, years=self.year_row, **builders)
        else:
            groups = ranking_rows(self.standings, **builders)
        return [group for group in groups if self.group is None or group.name == self.group]

    def address(self, **changes):
        """Return the address of this page with some of its switches set another way."""
        asked = {name: self.request.GET.get(name, "") for name in ("basis", "group", "line")}
        asked["as_of"] = self.as_of.isoformat() if self.request.GET.get("as_of") else ""
        asked["since"] = self.since.isoformat() if self.since else ""
        return "?" + urlencode({name: value for name, value in (asked | changes).items() if value})

    def days_offered(self):
        """Return the days that places are often compared with, each [label, day, url, active]: usual, month ends."""
        usual = clock.previous_day(self.campaign, self.as_of)
        days = [(_("默认"), usual, "")] if usual else []
        closed = self.as_of.replace(day=1) - timedelta(days=1)
        for _month in range(MONTHS_OFFERED):
            if closed >= self.campaign.starts_on:
                days.append((_("%s月末") % closed.month, closed, closed.isoformat()))
            closed = closed.replace(day=1) - timedelta(days=1)
        return [
            {
                "label": label,
                "day": day,
                "url": self.address(since=value),
                "active": value == (self.since.isoformat() if self.since else ""),
            }
            for label, day, value in days
        ]

    def basis_switch(self):
        """Return the links to the other bases, each [label, url, active]."""
        return [
            {"label": label, "url": self.address(basis=value), "active": value == (self.basis or "")}
            for value, label in [("", _("各指标依据")), *Basis.choices]
        ]

    def group_tabs(self):
        """Return the links to the groups, each [label, url, active]; none where there is but one."""
        names = list(self.standings.groups)
        tabs = [(None, _("全部组别")), *((name, group_label(name)) for name in names)] if len(names) > 1 else []
        return [
            {
                "label": label,
                "url": self.address(group="" if name is None else name or NAMELESS),
                "active": name == self.group,
            }
            for name, label in tabs
        ]

    @cached_property
    def may_set_up(self):
        """Whether the user sets up the campaign."""
        return self.request.user.holds("editor", self.campaign.organiser)

    def told(self):
        """Return what the page says of the standings, the tables as finished text."""
        standings = self.standings
        head = {
            "heads": heads(standings),
            "column": self.column,
            "previous": standings.previous,
            "progress": percent_text(standings.time_progress),
            "group": self.request.GET.get("group", "") if self.group is not None else "",
        }
        tables = {
            "campaign": self.campaign,
            "group_tabs": self.group_tabs(),
            "groups": self.groups if standings.unit_ids else [],
            "ranks_by_value": self.column is not None and not self.has_unit_quota(),
            "totals": total_rows(standings, self.rows_url),
            "trace": score_trace(standings),
            "overall_url": self.address(line=""),
            "may_set_up": self.may_set_up,
            **self.year_notes(),
        }
        return head | {"tables": render_to_string("campaigns/_ranking_tables.html", head | tables)}

    def get_context_data(self, **kwargs):
        """Add the tables and the switches; the tables are kept until the next write, apart for who sees others."""
        asked = tuple(self.request.GET.get(name, "") for name in ("as_of", "basis", "group", "line", "since"))
        seen_by = (tuple(sorted(self.above)), self.may_set_up)
        told = stamps.kept("ranking", (self.campaign.pk, self.as_of, self.since, asked, seen_by), self.told)
        return super().get_context_data(
            **{
                **told,
                "title": f"{self.campaign} · {_('排名')}",
                "basis_switch": self.basis_switch(),
                "since": self.since,
                "day_before": self.as_of - timedelta(days=1),
                "issues_url": reverse("reports:issued_days", args=[self.campaign.pk]) + self.address(),
                "days_offered": self.days_offered(),
                "may_start": self.may_set_up,
                "exports": [(kind, f"{self.address()}&export={kind}") for kind in ("xlsx", "csv")],
                **kwargs,
            }
        )

    def year_notes(self):
        """Say whether the indicator shown is known of last year, and why not where it is not."""
        if self.column is None:
            return {}
        rows = [self.year_row(line) for line in self.standings.of_column(self.column.line_id)]
        known = any(row.url for row in rows)
        return {"has_year": known, "year_note": "" if known or not rows else rows[0].note}

    def has_unit_quota(self):
        """Say whether any roster unit owes something on the indicator shown."""
        return any(line.target is not None for line in self.standings.of_column(self.column.line_id))

    # --- the sheet --------------------------------------------------------------------------------

    @property
    def sheet_name(self):
        """The name of the file: campaign, what, as of which day."""
        what = self.column.name if self.column else _("综合排名")
        return f"{self.campaign}-{what}-{self.as_of.isoformat()}"

    def sheet(self):
        """Return the rows of the sheet, the first the heads; amounts stay numbers."""
        columns = [self.column] if self.column else self.standings.columns
        first = [_("组别"), _("名次"), _("并列"), _("单位"), _("领导")]
        first += [self.change_head()] if self.column else [_("综合得分"), self.change_head()]
        rows = [first + [head for column in columns for head in self.sheet_heads(column)]]
        texts = score_texts(self.standings)
        for group in self.groups:
            for row in group.rows:
                score = self.standings.scores[row.unit_id]
                cells = [group.label, int(row.place) if row.place != "—" else "", _("并列") if row.is_tied else ""]
                cells += [score.unit, score.leader]
                if self.column:
                    cells += [self.standings.lines[row.unit_id, self.column.line_id].change]
                else:
                    cells += [Decimal(texts[row.unit_id]) if score.score is not None else "", score.change]
                lines = (self.standings.lines[row.unit_id, column.line_id] for column in columns)
                rows.append(cells + [cell for line in lines for cell in sheet_cells(line)])
        return rows

    def change_head(self):
        """Return the head of the changes of place: which day was asked for."""
        return _("较 %s 名次变化") % self.since.isoformat() if self.since else _("较上期名次变化")

    def sheet_heads(self, column):
        """Return the heads of one indicator, with measure and basis."""
        basis = dict(Basis.choices)[self.basis or column.basis]
        return [
            _("%(name)s目标（%(measure)s）") % {"name": column.name, "measure": column.measure},
            _("%(name)s完成（%(measure)s，%(basis)s）")
            % {"name": column.name, "measure": column.measure, "basis": basis},
            _("%(name)s完成率") % {"name": column.name},
        ]

    def workbook(self):
        """Answer with an Excel file."""
        return workbook_response(self.sheet_name, str(self.campaign), self.sheet())

    def csv(self):
        """Answer with a CSV file that Excel and WPS read as UTF-8."""
        response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(self.sheet_name)}.csv"
        writer = csv.writer(response)
        writer.writerows([safe_cell("" if cell is None else cell) for cell in row] for row in self.sheet())
        return response


def sheet_cells(line):
    """Return target, figure and completion of a line for a sheet."""
    measure = line.column.measure
    amounts = [in_measure(value, measure) if value is not None else "" for value in (line.target, line.done)]
    return [*amounts, percent_text(Fraction(line.completion)) if line.completion is not None else ""]
