"""Hand-made figures for tests of sentences: no database."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

from campaigns.numbers import amount_text, percent_text
from reports.figures import AnnexRow, CampaignFigures, IndicatorFigure, Number, Signings, UnitFigure


def best_unit(name, completion):
    """Return a unit at the top of an indicator."""
    return UnitFigure(
        unit=name, group="", done=None, target="10个", completion=completion, percent=percent_text(completion)
    )


def indicator(name="招商信息", done="171", target="358", measure="条", progress=Fraction(1), **changes):
    """Return an indicator's figure; done and target are in the base measure of `measure`."""
    done = Decimal(done)
    owed = Decimal(target) if target is not None else None
    completion = Fraction(done) / Fraction(owed) if owed else None
    beyond = done - owed if owed else Decimal(0)
    values = {
        "name": name,
        "measure": measure,
        "basis": "上报",
        "part_of": "",
        "is_level": False,
        "done": Number(amount_text(done, measure), "/campaigns/1/rows/?line=1"),
        "done_value": done,
        "target": amount_text(owed, measure) if owed else None,
        "quota_from_units": False,
        "completion": completion,
        "percent": percent_text(completion),
        "lead": completion - progress if completion is not None else None,
        "gap": amount_text(-beyond, measure) if beyond < 0 else "",
        "surplus": amount_text(beyond, measure) if beyond > 0 else "",
        "met": 11,
        "owing": 48 if owed else 0,
        "zero_units": (),
        "unreported_units": (),
        "best": (),
    }
    return IndicatorFigure(**values | changes)


def level(name="满意度", done="92", target="95", measure="%", **changes):
    """Return a level: its distance to the target is in points."""
    figure = indicator(name, done, target, measure)
    points = {"gap": figure.gap.replace("%", "个百分点"), "surplus": figure.surplus.replace("%", "个百分点")}
    return indicator(name, done, target, measure, **{"is_level": True, **points, **changes})


def campaign(*indicators, **changes):
    """Return the figures of a campaign of 92 days that is over."""
    cells = tuple((figure.target or "—", figure.done.text, figure.percent) for figure in indicators)
    values = {
        "campaign": "百日会战",
        "organiser": "示范区",
        "starts_on": date(2026, 7, 1),
        "ends_on": date(2026, 9, 30),
        "as_of": date(2026, 9, 30),
        "is_over": True,
        "basis": "上报",
        "time_progress": Fraction(1),
        "days": 92,
        "day_number": 92,
        "months": 0,
        "months_over": 0,
        "units": 48,
        "indicators": indicators,
        "signings": None,
        "annex_total": AnnexRow("", "合计", cells, "—", "—"),
        "annex_rows": (AnnexRow("乡镇", "甲镇", cells, "47.77", "1"),),
    }
    return CampaignFigures(**values | changes)


def signings(count=16, above=1, **changes):
    """Return what contracts show."""
    values = {
        "basis": "上报",
        "count": count,
        "largest_name": "汽车热管理部件项目" if count else "",
        "largest": "1.4亿元" if count else "",
        "above_big": above,
        "intents": (),
    }
    return Signings(**values | changes)
