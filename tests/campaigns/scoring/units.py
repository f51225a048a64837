"""Units to score, in a line each, and the schemes of fixtures/schemes."""

from fractions import Fraction
from pathlib import Path

from campaigns.scoring.plain_data import scheme_from_json, scheme_of
from campaigns.scoring.scheme import evaluate
from campaigns.scoring.values import Case, Entry, Facts, Figure

SCHEMES = Path(__file__).parents[3] / "fixtures/schemes"
F = Fraction


def fixture(code):
    """Return the scheme of a fixture by the beginning of its name."""
    (path,) = SCHEMES.glob(f"{code}-*.json")
    return scheme_from_json(path.read_text())


def number(value):
    """Return a number exactly; None stays None."""
    return None if value is None else Fraction(str(value))


def figure(done=None, target=None, **more):
    """Return a figure of a unit."""
    return Figure(number(done), number(target), **{name: number(value) for name, value in more.items()})


def case(key, amount=1, **more):
    """Return a case."""
    return Case(key, number(amount), **more)


def unit(name="甲镇", group="镇街", items=None, figures=None, time=None, **more):
    """Return a unit: figures {name: (done, target)} or figures, items {name: count} or [(value, rater)]."""
    made = {key: value if isinstance(value, Figure) else figure(*value) for key, value in (figures or {}).items()}
    entries = {
        key: tuple(Entry(number(mark), rater) for mark, rater in value)
        if isinstance(value, list)
        else (Entry(number(value)),)
        for key, value in (items or {}).items()
    }
    return Facts(name, name, group, figures=made, items=entries, time=number(time), **more)


def row(method, source=None, code="1", label="甲项", **more):
    """Return a row as plain data; source is (reads, key) or a mapping."""
    source = {"reads": source[0], "key": source[1]} if isinstance(source, tuple) else source or {}
    return {"code": code, "label": label, "method": method, "source": source, **more}


def scheme(*rows, **more):
    """Return a scheme of rows given as plain data, exact unless decimals are asked for."""
    return scheme_of({"name": "试验办法", "decimals": None, "low": None, **more, "rows": list(rows)})


def scored(rules, *units, **more):
    """Return {unit: result}."""
    return evaluate(rules, units, **more)


def points(result):
    """Return {code: points} of all rows."""
    return {found.row.code: found.points for found in result.all_rows()}


def one(rules, facts):
    """Return (score, {code: points}) of a unit that stands alone."""
    result = evaluate(rules, [facts])[facts.unit]
    return result.score, points(result)
