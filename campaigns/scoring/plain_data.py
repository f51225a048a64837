"""Schemes from plain data (fixtures, stored rows): everything is read exactly or refused with what to do."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from campaigns.scoring.methods import METHODS, OPS
from campaigns.scoring.parameters import ParameterError, build, exact_fraction
from campaigns.scoring.scheme import Condition, Kind, Row, Scheme
from campaigns.scoring.values import AGAINST, OF_CASES, OF_FIGURES, Reads, Source

ROW_KEYS = {
    "code", "label", "method", "parameters", "source", "kind", "clause", "scope", "weight", "low", "high", "within",
    "needs", "unreported", "decimals", "starts_on", "ends_on",
}  # fmt: skip
SOURCE_KEYS = {
    "reads", "key", "label", "against", "measure", "factor", "more", "doubled", "roles", "at_least", "tags",
    "invested_at_least", "raters",
}  # fmt: skip
SCHEME_KEYS = {
    "name", "version", "rows", "decimals", "low", "high", "rescaled", "bonus_cap", "penalty_cap", "grades",
    "promotions_most", "barred_after", "tie_break", "excluded", "document", "issuer", "rank_rounded",
}  # fmt: skip


def scheme_from_json(text: str) -> Scheme:
    """Return the scheme that a JSON text describes; 0.6 in it is read exactly, never as a float."""
    return scheme_of(json.loads(text, parse_float=Decimal))


def scheme_of(data: Mapping) -> Scheme:
    """Return the scheme that plain data describes."""
    _known(data, SCHEME_KEYS, "办法")
    return Scheme(
        name=data["name"],
        version=str(data.get("version", "1")),
        rows=tuple(row_of(row) for row in data["rows"]),
        decimals=data.get("decimals", 2),
        rank_rounded=bool(data.get("rank_rounded", False)),
        low=_optional(data.get("low", 0)),
        high=_optional(data.get("high")),
        rescaled=bool(data.get("rescaled", False)),
        bonus_cap=_optional(data.get("bonus_cap")),
        penalty_cap=_optional(data.get("penalty_cap")),
        grades=tuple((exact_fraction(at), name) for at, name in data.get("grades", ())),
        promotions_most=int(data.get("promotions_most", 1)),
        barred_after=data.get("barred_after"),
        tie_break=tuple(data.get("tie_break", ())),
        excluded=tuple((unit, reason) for unit, reason in data.get("excluded", ())),
    )


def row_of(data: Mapping) -> Row:
    """Return one row; its code is its place in the rules, so it must be given."""
    _known(data, ROW_KEYS, "行")
    if data["method"] not in METHODS:
        raise ParameterError(f"没有“{data['method']}”这种计分方法", "method")
    return Row(
        code=str(data["code"]),
        label=data["label"],
        method=build(METHODS[data["method"]], data.get("parameters", {})),
        source=source_of(data.get("source", {})),
        kind=Kind(data.get("kind", Kind.ITEM)),
        clause=data.get("clause", ""),
        scope=frozenset(data.get("scope", ())),
        weight=exact_fraction(data.get("weight", 1), "weight"),
        low=_optional(data.get("low")),
        high=_optional(data.get("high")),
        within=str(data.get("within", "")),
        needs=tuple(condition_of(need) for need in data.get("needs", ())),
        unreported=data.get("unreported", "zero"),
        decimals=data.get("decimals"),
        starts_on=_day(data.get("starts_on")),
        ends_on=_day(data.get("ends_on")),
    )


def condition_of(data: Mapping) -> Condition:
    """Return a condition {source, op, at}."""
    _known(data, {"source", "op", "at"}, "条件")
    if data["op"] not in OPS:
        raise ParameterError(f"没有“{data['op']}”这种比较", "op")
    return Condition(source_of(data["source"]), data["op"], exact_fraction(data["at"], "at"))


def source_of(data: Mapping) -> Source:
    """Return where a value comes from; the label is the key where none is given."""
    _known(data, SOURCE_KEYS, "取数")
    reads, key, against = Reads(data.get("reads", Reads.NOTHING)), data.get("key", ""), data.get("against", "target")
    if reads != Reads.NOTHING and not key:
        raise ParameterError("请选择取数的指标或事项", "source")
    if reads in OF_FIGURES | OF_CASES and against not in AGAINST:
        raise ParameterError(f"没有“{against}”这种目标", "against")
    return Source(
        reads=reads,
        key=key,
        label=data.get("label", key),
        against=against,
        measure=data.get("measure", ""),
        factor=exact_fraction(data.get("factor", 1), "factor"),
        more=tuple(tuple(pair) if isinstance(pair, (list, tuple)) else (pair, pair) for pair in data.get("more", ())),
        doubled=bool(data.get("doubled", False)),
        roles=tuple((role, exact_fraction(part, "roles")) for role, part in data.get("roles", ())),
        at_least=_optional(data.get("at_least")),
        tags=tuple(data.get("tags", ())),
        invested_at_least=_optional(data.get("invested_at_least")),
        raters=tuple((rater, exact_fraction(part, "raters")) for rater, part in data.get("raters", ())),
    )


def _known(data, keys, what):
    if strange := sorted(set(data) - keys):
        raise ParameterError(f"{what}里没有“{strange[0]}”这一项", strange[0])


def _optional(value) -> Fraction | None:
    return None if value is None or value == "" else exact_fraction(value)


def _day(text) -> date | None:
    return date.fromisoformat(text) if isinstance(text, str) and text else text or None
