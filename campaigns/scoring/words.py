"""The plain data of a stored row in words: its parameters, what it reads, on which condition."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from campaigns.rounding import percentage_text
from campaigns.scoring.methods import METHODS, OPS
from campaigns.scoring.parameters import Parameter, ParameterError, exact_fraction, parameters_of
from campaigns.scoring.values import AGAINST, RATIOS, READS, Reads


def value_text(value, is_ratio: bool) -> str:
    """Print a number that is compared with what a row reads: as a percentage, where that is one."""
    if value in (None, ""):
        return ""
    try:
        return percentage_text(exact_fraction(value)) if is_ratio else str(value)
    except ParameterError:
        return str(value)


def reads_ratio(source: Mapping) -> bool:
    """Say whether what a source reads is a ratio."""
    return source.get("reads") in RATIOS


def typed(parameter: Parameter, value, is_ratio: bool):
    """Return a stored parameter the way it is typed into a form: ratios as percentages."""
    if parameter.kind == "table" and isinstance(value, (list, tuple)):
        kinds = [kind for kind, _label in parameter.columns]
        return [
            [value_text(cell, is_ratio) if kind == "value" else cell for kind, cell in zip(kinds, row, strict=False)]
            for row in value
        ]
    return value_text(value, is_ratio) or None if parameter.of_value else value


def told_parameters(method: str, parameters: Mapping, source: Mapping) -> list[tuple[str, str]]:
    """Return the parameters of a row's method as (label, words)."""
    if method not in METHODS:
        return []
    known = {parameter.name: parameter for parameter in parameters_of(METHODS[method])}
    is_ratio = reads_ratio(source)
    return [
        (known[name].label, told_value(known[name], typed(known[name], value, is_ratio)))
        for name, value in parameters.items()
        if name in known
    ]


def told_value(parameter: Parameter, value) -> str:
    """Say one parameter in words."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if value is None:
        return "—"
    if parameter.kind == "table":
        return "；".join(told_line(parameter.columns, row) for row in value)
    return str(dict(parameter.choices).get(value, value))


def told_line(columns, row) -> str:
    """Say one line of a table: each cell under its label."""
    return "，".join(
        str(cell) if kind == "text" else f"{label} {cell}"
        for (kind, label), cell in zip(columns, row, strict=False)
        if cell not in (None, "")
    )


def told_source(name: str, source: Mapping) -> str:
    """Say what a row reads of an indicator or item."""
    reads = Reads(source.get("reads", Reads.NOTHING))
    names = "、".join([name, *(label for _key, label in source.get("more", ()))])
    if reads == Reads.NOTHING or not name:
        return READS[Reads.NOTHING]
    more = []
    if source.get("against", "target") != "target":
        more.append(f"与{AGAINST[source['against']]}比")
    if source.get("doubled"):
        more.append("双计")
    if source.get("at_least") not in (None, ""):
        more.append(f"只计不低于 {source['at_least']} 的")
    if source.get("raters"):
        more.append("、".join(f"{rater} {value_text(part, is_ratio=True)}" for rater, part in source["raters"]))
    return f"{names} {READS[reads]}" + (f"（{'；'.join(more)}）" if more else "")


def told_needs(needs: Sequence[Mapping]) -> str:
    """Say on which conditions a row counts."""
    return "；".join(
        f"{told_source(need['source'].get('label', ''), need['source'])}{OPS[need['op']][0]}"
        f" {value_text(need['at'], reads_ratio(need['source']))}"
        for need in needs
    )


def told_weight(weight) -> str:
    """Print a weight as a percentage."""
    return percentage_text(Fraction(weight))
