"""Parameters of the methods: how each is called, typed, checked and read exactly from plain data."""

import re
from dataclasses import MISSING, dataclass, field, fields
from decimal import Decimal
from fractions import Fraction

from campaigns.rounding import fraction_text

NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,8})?")
PERCENT = re.compile(r"([+-]?[0-9]{1,12}(?:\.[0-9]{1,6})?)%")


class ParameterError(ValueError):
    """A parameter that cannot be read; name says which one, the text what to do."""

    def __init__(self, text, name=""):
        super().__init__(text)
        self.name = name


@dataclass(frozen=True)
class Parameter:
    """How one parameter is asked for: number, switch, choice, or a table of rows; columns are those of a table.

    of_value: it is compared with what the row reads, so it is a percentage where that is one.
    """

    name: str
    label: str
    kind: str
    help: str = ""
    required: bool = True
    default: object = None
    may_be_empty: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    columns: tuple[tuple[str, str], ...] = ()  # (kind, label)
    of_value: bool = False


def number(label, default=MISSING, *, help="", may_be_empty=False, of_value=False):
    """Declare an exact number; one that may be empty has no value then, not its default."""
    empty = may_be_empty or default is None
    return _declared(label, "number", default, help, may_be_empty=empty, of_value=of_value)


def switch(label, default=False, *, help=""):
    """Declare a yes or no."""
    return _declared(label, "switch", default, help)


def choice(label, choices, default, *, help=""):
    """Declare one of several words."""
    return _declared(label, "choice", default, help, choices=tuple(choices))


def table(label, columns, default=MISSING, *, help=""):
    """Declare rows of numbers and words: columns are (kind, label), the kind number, value, optional or text."""
    return _declared(label, "table", default, help, columns=tuple(columns))


def _declared(label, kind, default, help, **more):
    return field(default=default, metadata={"label": label, "kind": kind, "help": help, **more})


def parameters_of(method):
    """Return the parameters of a method in their order."""
    return tuple(
        Parameter(
            name=row.name,
            label=row.metadata["label"],
            kind=row.metadata["kind"],
            help=row.metadata["help"],
            required=row.default is MISSING,
            default=None if row.default is MISSING else row.default,
            may_be_empty=row.metadata.get("may_be_empty", False),
            choices=row.metadata.get("choices", ()),
            columns=row.metadata.get("columns", ()),
            of_value=row.metadata.get("of_value", False),
        )
        for row in fields(method)
    )


def exact_fraction(value, name="") -> Fraction:
    """Read a number exactly: an integer, a Decimal, 0.6 or 60% as text; a binary float is refused."""
    if isinstance(value, (int, Decimal, Fraction)) and not isinstance(value, bool):
        return Fraction(value)
    text = value.strip() if isinstance(value, str) else ""
    if NUMBER.fullmatch(text):
        return Fraction(text)
    if percent := PERCENT.fullmatch(text):
        return Fraction(percent[1]) / 100
    raise ParameterError(f"“{value}”不是精确数字，请写成 60、0.6 或 60%", name)


def build(method, data):
    """Return a method with its parameters read from plain data; refuses what is missing, unknown or not a number."""
    known = {parameter.name: parameter for parameter in parameters_of(method)}
    if strange := sorted(set(data) - set(known)):
        raise ParameterError(f"“{method.label}”没有参数“{strange[0]}”", strange[0])
    read = {}
    for name, parameter in known.items():
        value = data.get(name)
        if value in (None, "", [], ()):
            if parameter.required:
                raise ParameterError(f"请填写“{parameter.label}”", name)
            if name in data and parameter.may_be_empty:
                read[name] = None
            continue
        read[name] = _read(parameter, value)
    made = method(**read)
    if problem := made.problem():
        raise ParameterError(problem)
    return made


def _read(parameter, value):
    if parameter.kind == "number":
        return exact_fraction(value, parameter.name)
    if parameter.kind == "switch":
        if not isinstance(value, bool):
            raise ParameterError(f"“{parameter.label}”只能是“是”或“否”", parameter.name)
        return value
    if parameter.kind == "choice":
        if value not in dict(parameter.choices):
            raise ParameterError(f"“{parameter.label}”没有“{value}”这个选项", parameter.name)
        return value
    return tuple(_row(parameter, row) for row in value)


def _row(parameter, row):
    row = list(row) if isinstance(row, (list, tuple)) else [row]
    if len(row) > len(parameter.columns):
        raise ParameterError(f"“{parameter.label}”每行最多 {len(parameter.columns)} 列", parameter.name)
    row += [None] * (len(parameter.columns) - len(row))
    cells = []
    for (kind, label), value in zip(parameter.columns, row, strict=True):
        empty = value is None or value == ""
        if kind == "text":
            cells.append("" if empty else str(value).strip())
        elif kind == "optional" and empty:
            cells.append(None)
        elif empty:
            raise ParameterError(f"“{parameter.label}”缺少“{label}”", parameter.name)
        else:
            cells.append(exact_fraction(value, parameter.name))
    return tuple(cells)


def plain_parameters(method):
    """Return the parameters of a method as plain data: numbers as text, so that nothing makes a float of them."""
    return {
        row.name: _plain(getattr(method, row.name))
        for row in fields(method)
        if row.default is MISSING or getattr(method, row.name) != row.default
    }


def _plain(value):
    if isinstance(value, tuple):
        return [[_plain(cell) for cell in row] for row in value]
    return number_text(value) if isinstance(value, Fraction) else value


def number_text(value: Fraction) -> str:
    """Print a parameter for storing, with all its decimals (eight at most, as it was read)."""
    return fraction_text(value, 8)
