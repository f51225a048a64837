"""Rules judged on the unrounded figures of standings: whom a rule finds, by which arithmetic, what would clear it.

Pure: rules and standings come in, hits go out; no query. A unit without a quota is outside of every rule but that of
places among units that owe nothing; a quota on which nothing was reported counts as nothing done, and says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from django.utils.translation import gettext as _

from campaigns.clock import month_end, next_month
from campaigns.lines import Standings
from campaigns.models import Basis, Campaign, Rule
from campaigns.models.rulebook import SPANS
from campaigns.numbers import amount_text, fraction12, measure_of, percent_text, plain, points_text, round_half_up

HUNDREDTH = Fraction(1, 100)
BASES = dict(Basis.choices)
DIGITS = 3  # behind the point, of figures that decide; more where that would hide on which side of the limit


@dataclass(frozen=True)
class Reading:
    """One figure of a unit as of a day: on an indicator, or (indicator_id None) the composite score.

    share is the completion, of the composite the score ÷ the full score; value is what the unit is ranked by, others
    what the other ranked units of its group have, from low to high, each with its name.
    """

    day: date
    unit_id: int
    unit: str
    group: str
    leader: str
    indicator_id: int | None
    name: str
    is_owed: bool
    share: Fraction
    progress: Fraction
    value: Fraction | None
    rank: int | None
    others: tuple[tuple[Fraction, str], ...]
    is_met: bool
    has_result: bool
    full: Decimal = Decimal(100)
    measure: str = ""
    is_level: bool = False
    target: Decimal | None = None
    done: Decimal | None = None
    basis: str = ""
    parts: tuple["Reading", ...] = ()  # of the composite: the indicators the unit owes


@dataclass(frozen=True)
class Hit:
    """A rule that holds for a unit: the figures, the arithmetic in words, and what would clear it."""

    unit_id: int
    unit: str
    group: str
    leader: str
    indicator_id: int | None
    name: str
    inputs: tuple[tuple[str, str], ...]
    arithmetic: str
    remedy: str


@dataclass(frozen=True)
class Condition:
    """One kind of rule: when it holds, its arithmetic, what would clear it."""

    holds: Callable[[Rule, Reading], bool]
    told: Callable[[Rule, Reading], str]
    remedy: Callable[[Rule, Reading], str]


# --- when a rule is judged ------------------------------------------------------------------------


def span_closes(campaign: Campaign, as_of: date, months: int = 1) -> list[date]:
    """Return the ends of the months of a campaign (quarters: 3, half-years: 6) up to a day, the latest first.

    They are those of the calendar; the campaign's own last day closes its last span.
    """
    closes, day = [], month_end(campaign.starts_on)
    while day <= min(as_of, campaign.ends_on):
        if day.month % months == 0:
            closes.append(day)
        day = month_end(next_month(day))
    if campaign.ends_on <= as_of and campaign.ends_on not in closes:
        closes.append(campaign.ends_on)
    return closes[::-1]


def moments(rule: Rule, as_of: date) -> list[tuple[Campaign, date]]:
    """Return the campaigns and days at which a rule's condition must hold, the newest first; none where not due."""
    campaign = rule.campaign
    if as_of < campaign.starts_on or (rule.only_at_end and as_of < campaign.ends_on):
        return []
    as_of = min(as_of, campaign.ends_on)
    if rule.span_months:
        closes = span_closes(campaign, as_of, rule.span_months)
        return [(campaign, day) for day in closes[: rule.running]] if len(closes) >= rule.running else []
    if rule.window == Rule.Window.CAMPAIGNS:
        return [(campaign, as_of), (rule.earlier, rule.earlier.ends_on)]
    return [(campaign, as_of)]


# --- figures --------------------------------------------------------------------------------------


def readings(rule: Rule, state: Standings) -> list[Reading]:
    """Return the figures that a rule looks at, of the units of its groups, in roster order."""
    units = [unit_id for unit_id in state.unit_ids if in_scope(rule, state.scores[unit_id].group)]
    if rule.subject == Rule.Subject.OVERALL:
        scores, lines = ranked_overall(state), [(column, ranked_on(state, column)) for column in state.columns]
        return [overall(state, unit_id, scores, lines) for unit_id in units]
    columns = [column for column in state.columns if rule.indicator_id in (None, column.indicator_id)]
    lines = [(column, ranked_on(state, column)) for column in columns]
    return [on_line(state, unit_id, column, ranked) for unit_id in units for column, ranked in lines]


def in_scope(rule, group):
    """Say whether a rule holds for a group."""
    return not rule.group_names or group in rule.group_names


class Ranked:
    """What units are ranked by on one figure, each group from low to high: sorted once for all its units."""

    def __init__(self, values: dict[int, Fraction], state: Standings):
        self.values, self.groups = values, {}
        for unit_id, value in values.items():
            score = state.scores[unit_id]
            self.groups.setdefault(score.group, []).append((value, score.unit, unit_id))
        for rows in self.groups.values():
            rows.sort()

    def others(self, unit_id, group):
        """Return what the other units of a group are ranked by, from low to high, each with its name."""
        return tuple((value, name) for value, name, other in self.groups.get(group, ()) if other != unit_id)


def ranked_on(state, column):
    """Return what units are ranked by on an indicator: completion, or the figure where nobody has a quota."""
    lines = state.of_column(column.line_id)
    owed = any(line.target is not None for line in lines)
    return Ranked(
        {line.unit_id: line.completion if owed else Fraction(line.done) for line in lines if line.rank}, state
    )


def ranked_overall(state):
    """Return the scores that units are ranked by."""
    scored = {unit_id: row.score for unit_id, row in state.scores.items() if row.score is not None}
    return Ranked(scored, state)


def on_line(state, unit_id, column, ranked):
    """Return a unit's figure on an indicator."""
    line, score = state.lines[unit_id, column.line_id], state.scores[unit_id]
    return Reading(
        day=state.as_of, unit_id=unit_id, unit=line.unit, group=line.group, leader=score.leader,
        indicator_id=column.indicator_id, name=column.name, is_owed=bool(line.target),
        share=line.completion or Fraction(0), progress=state.time_progress, value=ranked.values.get(unit_id),
        rank=line.rank, others=ranked.others(unit_id, line.group), is_met=line.is_met,
        has_result=bool(line.done and line.done > 0), measure=column.measure,
        is_level=column.is_level or column.ratio_of is not None, target=line.target, done=line.done, basis=line.basis,
    )  # fmt: skip


def overall(state, unit_id, ranked, lines):
    """Return a unit's composite score; lines are all indicators with what units are ranked by on them."""
    score, full = state.scores[unit_id], Fraction(state.campaign.full_score)
    parts = tuple(
        on_line(state, unit_id, column, of_line)
        for column, of_line in lines
        if state.lines[unit_id, column.line_id].target
    )
    return Reading(
        day=state.as_of, unit_id=unit_id, unit=score.unit, group=score.group, leader=score.leader, indicator_id=None,
        name=_("综合得分"), is_owed=score.score is not None,
        share=score.score / full if score.score is not None and full else Fraction(0), progress=state.time_progress,
        value=score.score, rank=score.rank, others=ranked.others(unit_id, score.group),
        is_met=all(part.is_met for part in parts), has_result=any(part.has_result for part in parts),
        full=state.campaign.full_score, basis=state.basis or "", parts=parts,
    )  # fmt: skip


def limit_of(rule):
    """Return the threshold of a rule as an exact number."""
    return Fraction(rule.threshold)


# --- the conditions -------------------------------------------------------------------------------


def is_below_pace(rule, row):
    """Completion below so many percent of the time progress."""
    return row.is_owed and row.progress > 0 and row.share < limit_of(rule) * HUNDREDTH * row.progress


def is_behind(rule, row):
    """Completion at least so many points behind the time progress."""
    return row.is_owed and row.progress - row.share >= limit_of(rule) * HUNDREDTH


def is_zero(rule, row):
    """Nothing done on what is owed."""
    return row.is_owed and not row.has_result


def is_last(rule, row):
    """Fewer than so many units of the group stand lower."""
    return stands_last(row, limit_of(rule))


def stands_last(row, places):
    """Say whether a unit has one of the last places of its group; who shares the first place is never last."""
    if row.rank is None or row.rank == 1:
        return False
    return lower_than(row) < places


def lower_than(row):
    """Count the units of the group that stand lower."""
    return sum(value < row.value for value, _unit in row.others)


def is_missed(rule, row):
    """The quota (of the composite: one of the quotas) not reached."""
    return row.is_owed and not row.is_met


def sides(value, limit):
    """Print a share that decides, so that it stands on its true side of the limit."""
    return percent_text(value, decimals=DIGITS, thresholds=(Fraction(1), limit))


def share_told(row):
    """Say how the share comes about."""
    share = percent_text(row.share, decimals=DIGITS)
    if row.indicator_id is None:
        return _("综合得分 %(score)s ÷ 满分 %(full)s = %(share)s") % {
            "score": score_text(row.value), "full": plain(row.full), "share": share,
        }  # fmt: skip
    told = {"done": done_told(row), "target": amount_text(row.target, row.measure, space=True), "share": share}
    return _("完成 %(done)s ÷ 目标 %(target)s = %(share)s") % told


def done_told(row):
    """Print what was done; nothing reported is said, not printed as 0."""
    return _("0（未填报）") if row.done is None else amount_text(row.done, row.measure, space=True)


def score_text(score):
    """Print a score or a share of points."""
    return plain(round_half_up(score, DIGITS))


def progress_told(row):
    """Name the time progress and its day."""
    told = {"day": row.day.isoformat(), "progress": percent_text(row.progress, decimals=DIGITS)}
    return _("截至 %(day)s 时序进度 %(progress)s") % told


def pace_told(rule, row):
    """Completion ÷ time progress against the limit."""
    limit = limit_of(rule) * HUNDREDTH
    pace = {
        "share": percent_text(row.share, decimals=DIGITS), "progress": percent_text(row.progress, decimals=DIGITS),
        "pace": sides(row.share / row.progress, limit), "limit": percent_text(limit),
    }  # fmt: skip
    ratio = _("%(share)s ÷ %(progress)s = %(pace)s，低于 %(limit)s") % pace
    return f"{share_told(row)}；{progress_told(row)}；{ratio}"


def behind_told(rule, row):
    """Completion less time progress against the limit."""
    lead = points_text(row.share - row.progress)
    return f"{share_told(row)}；{progress_told(row)}；" + _("%(lead)s，达到 %(n)s 个百分点") % {
        "lead": lead, "n": plain(rule.threshold),
    }  # fmt: skip


def zero_told(rule, row):
    """What was done of what is owed."""
    day = _("截至 %s：") % row.day.isoformat()
    return day + "；".join(
        _("%(name)s完成 %(done)s（目标 %(target)s）")
        % {"name": part.name, "done": done_told(part), "target": amount_text(part.target, part.measure, space=True)}
        for part in row.parts or (row,)
    )


def last_told(rule, row):
    """The place among the units of the group that have one."""
    return f"{place_told(row)}；{lower_told(row, rule.threshold)}"


def place_told(row):
    """Name the place of a unit among the units of its group."""
    return _("截至 %(day)s %(name)s %(value)s，%(group)s有名次的 %(size)s 个单位中列第 %(rank)s 位") % {
        "day": row.day.isoformat(), "name": row.name, "value": value_text(row, row.value), "group": row.group,
        "size": len(row.others) + 1, "rank": row.rank,
    }  # fmt: skip


def lower_told(row, places):
    """Say that fewer than so many units stand lower."""
    return _("低于它的有 %(lower)s 个，不足 %(limit)s 个") % {"lower": lower_than(row), "limit": plain(places)}


def missed_told(rule, row):
    """Each quota that was not reached."""
    missed = [part for part in row.parts or (row,) if not part.is_met]
    return _("期末 %s：") % row.day.isoformat() + "；".join(
        f"{part.name} {share_told(part)}" + _("，未达 100%") for part in missed
    )


def value_text(row, value):
    """Print what a unit is ranked by: a score, a completion, or the figure itself where nobody owes anything."""
    if row.indicator_id is None:
        return _("%s 分") % score_text(value)
    if row.is_owed:
        return percent_text(value, decimals=DIGITS)
    return amount_text(round_half_up(value, 6), row.measure, space=True)


# --- what would clear it --------------------------------------------------------------------------


def more_needed(row, share, *, beyond=False):
    """Say how much more brings the completion to a share of the quota (beyond: above it), as of the same day."""
    if row.indicator_id is None:
        wanted, tenth = share * Fraction(row.full), Fraction(1, 10)
        steps = floor(wanted / tenth) + 1 if beyond else ceil(wanted / tenth)
        told = {"wanted": score_text(steps * tenth), "score": score_text(row.value)}
        return _("综合得分升到 %(wanted)s 分（现 %(score)s 分）") % told
    wanted = share * Fraction(row.target)
    return lacking(row, wanted, beyond=beyond)


def lacking(row, wanted, *, beyond=False):
    """Say how much is lacking to an amount, in whole pieces of the measure, money in hundredths of it."""
    measure, done = measure_of(row.measure), Fraction(row.done or 0)
    whole = not row.is_level and measure.single == 1
    step = Fraction(measure.factor) * (1 if whole else HUNDREDTH)
    steps = floor((wanted - done) / step) + 1 if beyond else ceil((wanted - done) / step)
    more = round_half_up(steps * step, 6)
    total = amount_text(round_half_up(done, 6) + more, row.measure, space=True)
    if row.is_level:
        return _("%(name)s达到 %(total)s") % {"name": row.name, "total": total}
    told = {"name": row.name, "more": amount_text(more, row.measure, space=True), "total": total}
    return _("%(name)s再完成 %(more)s（累计 %(total)s）") % told


def clear_pace(rule, row):
    """Completion up to the limit."""
    share = limit_of(rule) * HUNDREDTH * row.progress
    return _("%s；时序每天推移，以重新评定之日为准") % more_needed(row, share)


def clear_behind(rule, row):
    """Completion to less than so many points behind."""
    share = row.progress - limit_of(rule) * HUNDREDTH
    return _("%s；时序每天推移，以重新评定之日为准") % more_needed(row, share, beyond=True)


def clear_zero(rule, row):
    """Anything done."""
    names = "、".join(part.name for part in row.parts) or row.name
    return _("%s有一笔实绩入账") % names if not row.parts else _("%s中任一项有一笔实绩入账") % names


def clear_last(rule, row):
    """More than the unit that stands just above the last places."""
    value, unit = row.others[min(ceil(limit_of(rule)), len(row.others)) - 1]
    above = _("其他单位不变时，超过%(unit)s（%(value)s）") % {"unit": unit, "value": value_text(row, value)}
    if row.indicator_id is None:
        return above
    if not row.is_owed:
        return f"{above}：{lacking(row, value, beyond=True)}"
    return f"{above}：{more_needed(row, value, beyond=True)}"


def clear_missed(rule, row):
    """The quota itself; the term is over."""
    missed = [part for part in row.parts or (row,) if not part.is_met]
    lack = "；".join(more_needed(part, Fraction(1)) for part in missed)
    return _("期限已过，期内事实补报入账后达到目标（%s），或经批准豁免") % lack


CONDITIONS = {
    Rule.Kind.PACE: Condition(is_below_pace, pace_told, clear_pace),
    Rule.Kind.BEHIND: Condition(is_behind, behind_told, clear_behind),
    Rule.Kind.ZERO: Condition(is_zero, zero_told, clear_zero),
    Rule.Kind.LAST: Condition(is_last, last_told, clear_last),
    Rule.Kind.MISSED: Condition(is_missed, missed_told, clear_missed),
}


# --- judging --------------------------------------------------------------------------------------


def holds(rule: Rule, row: Reading) -> bool:
    """Say whether a rule's condition holds for one figure."""
    return CONDITIONS[rule.kind].holds(rule, row) and not (rule.spare_met and row.is_met)


def hits(rule: Rule, states: Sequence[Standings]) -> list[Hit]:
    """Return whom a rule finds, given the standings at its moments, the newest first.

    A rule over several moments finds a unit only where its condition held at each of them.
    """
    found = []
    earlier = [{(row.unit_id, row.indicator_id): row for row in readings(rule, state)} for state in states[1:]]
    for row in readings(rule, states[0]):
        course = [row, *(rows.get((row.unit_id, row.indicator_id)) for rows in earlier)]
        if all(one is not None and holds(rule, one) for one in course):
            found.append(hit(rule, course))
    return found


def hit(rule, course):
    """Return a unit as found, with the arithmetic of every moment, the newest first."""
    row, condition = course[0], CONDITIONS[rule.kind]
    told = "。".join(condition.told(rule, one) for one in course)
    remedy = condition.remedy(rule, row)
    if rule.span_months:
        told_span = {"end": SPANS[rule.window][2], "remedy": remedy}
        remedy = _("下一个%(end)s不再触发即解除；按本次的数：%(remedy)s") % told_span
    return Hit(
        row.unit_id, row.unit, row.group, row.leader, row.indicator_id, row.name, inputs_of(row), f"{told}。", remedy
    )


def inputs_of(row):
    """Return the figures a hit rests on as (label, text); shares unrounded to twelve places."""
    told = []
    for part in row.parts or (row,):
        if part.indicator_id is not None:
            basis = BASES.get(part.basis, "")
            target = "—" if part.target is None else amount_text(part.target, part.measure, space=True)
            text = _("完成 %(done)s / 目标 %(target)s") % {"done": done_told(part), "target": target}
            told.append((f"{part.name}（{basis}）" if basis else part.name, text))
    if row.value is not None:
        label = _("综合得分") if row.indicator_id is None else _("完成率") if row.is_owed else _("排名依据")
        told.append((_("%s（未取整）") % label, fraction12(row.value)))
    told.append((_("时序进度（未取整）"), fraction12(row.progress)))
    if row.rank is not None:
        told.append((_("名次"), _("%(rank)d / %(size)d") % {"rank": row.rank, "size": len(row.others) + 1}))
    return tuple((str(label), str(text)) for label, text in told)
