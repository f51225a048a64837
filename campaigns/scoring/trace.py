"""How a score came about: what was read, the formula in words, the values in between."""

from dataclasses import dataclass
from fractions import Fraction

from campaigns.rounding import fraction_text, percentage_text


@dataclass(frozen=True)
class Input:
    """One value that was read; key names the indicator or item, so that a page can turn it into a link."""

    key: str
    label: str
    value: Fraction | None
    measure: str = ""
    is_ratio: bool = False

    @property
    def text(self):
        """The value with its measure; "—" where there is none, never 0."""
        return shown(self.value, self.measure, self.is_ratio)


@dataclass(frozen=True)
class Step:
    """One intermediate value: what it is, the arithmetic, the result."""

    label: str
    arithmetic: str
    value: Fraction | None = None

    @property
    def text(self):
        """The arithmetic with its result."""
        told = self.arithmetic if self.value is None else f"{self.arithmetic} = {fraction_text(self.value)}"
        return told.replace("= ≈", "≈ ")


@dataclass(frozen=True)
class Trace:
    """Everything that explains the points of one row."""

    inputs: tuple[Input, ...] = ()
    formula: str = ""
    steps: tuple[Step, ...] = ()
    note: str = ""


def shown(value, measure="", is_ratio=False):
    """Print a value that was read; "—" where there is none."""
    if value is None:
        return "—"
    return percentage_text(value) if is_ratio else fraction_text(value) + (f" {measure}" if measure else "")
