"""Rule sets that bureaus have published (fixtures/schemes): what each asks for, its rows made a campaign's own."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from django.conf import settings

from campaigns.scoring.methods import METHODS, Tiers
from campaigns.scoring.parameters import build, plain_parameters
from campaigns.scoring.plain_data import row_of, scheme_of
from campaigns.scoring.values import OF_CASES, OF_FIGURES, READS, Reads

FOLDER = settings.BASE_DIR / "fixtures" / "schemes"
FIGURE, COUNT, MARK, TAG, SCOPE = "figure", "count", "mark", "tag", "scope"
OF_SCHEME = ("decimals", "rank_rounded", "low", "high", "rescaled", "bonus_cap", "penalty_cap", "promotions_most",
             "barred_after")  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One thing that a rule set reads and that a campaign calls by a name of its own."""

    kind: str
    name: str
    measure: str = ""

    @property
    def key(self):
        """What tells it from the others of its set."""
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True)
class RuleSet:
    """A published rule set: its words, and its rows as plain data."""

    code: str
    name: str
    document: str
    data: dict

    @property
    def rows(self):
        """The rows as plain data, in their order."""
        return self.data["rows"]

    @property
    def told(self):
        """Each row as (label, method, clause)."""
        return [(row["label"], METHODS[row["method"]].label, row.get("clause", "")) for row in self.rows]

    @property
    def asks(self) -> list[Asked]:
        """What a campaign says of it: its own indicators, items, tags of projects and groups."""
        found = {}
        for row in self.rows:
            for source in sources(row):
                found |= {made.key: made for made in asked_by(source)}
            tags = [
                line[2]
                for line in row.get("parameters", {}).get("rows", ())
                if row["method"] == Tiers.name and line[2]
            ]
            found |= {made.key: made for made in (Asked(TAG, tag) for tag in tags)}
            found |= {made.key: made for made in (Asked(SCOPE, word) for word in row.get("scope", ()))}
        return list(found.values())

    @property
    def is_split(self):
        """Whether rows hold for different groups, so that one cannot simply hold for all."""
        return len({tuple(row.get("scope", ())) for row in self.rows if row.get("scope")}) > 1


def sources(row):
    """Return everything that a row reads: its value and its conditions."""
    return [row.get("source", {}), *(need["source"] for need in row.get("needs", ()))]


def asked_by(source):
    """Return what one source asks of a campaign."""
    reads = Reads(source.get("reads", Reads.NOTHING))
    if reads == Reads.NOTHING:
        return []
    kind = FIGURE if reads in OF_FIGURES | OF_CASES else COUNT if reads == Reads.COUNT else MARK
    names = [source["key"], *(key for key, _label in source.get("more", ()))]
    return [Asked(kind, name, source.get("measure", "")) for name in names]


@cache
def all_sets() -> dict[str, RuleSet]:
    """Return the rule sets by their code, in the order of the list of rules."""
    found = {}
    for path in sorted(FOLDER.glob("*.json")):
        data = json.loads(path.read_text(), parse_float=Decimal)
        scheme_of(data)  # refused here, not when somebody picks it
        found[path.stem] = RuleSet(path.stem, data["name"], data.get("document", "").partition("：")[2], data)
    return found


def scheme_facts(rules: RuleSet) -> dict:
    """Return the rules of the total as a stored scheme takes them; what names rows is left for later."""
    made = {name: rules.data[name] for name in OF_SCHEME if name in rules.data}
    for name in {"low", "high", "bonus_cap", "penalty_cap"} & set(made):
        made[name] = None if made[name] is None else Decimal(made[name])
    return made | {"grades": [[str(at), name] for at, name in rules.data.get("grades", ())]}


def adopted_rows(
    rules: RuleSet, chosen: Callable[[str], object], stored: Callable[[str, object], dict]
) -> list[dict]:
    """Return the rows of a rule set as a campaign's own; a row that reads what the campaign has not is left out.

    chosen(key of an Asked) is what stands for it, None where nothing does; stored(kind, that) gives the fields of a
    row that name it. Rows below one that is left out go with it.
    """
    made, kept = [], {""}
    for row in rules.rows:
        asked = [part for source in sources(row) for part in asked_by(source)]
        scope = [chosen(Asked(SCOPE, word).key) for word in row.get("scope", ())]
        parameters = own_parameters(row, chosen)
        here = row.get("within", "") in kept and parameters is not None
        if here and all(chosen(part.key) is not None for part in asked) and (not scope or any(
            word is not None for word in scope
        )):  # fmt: skip
            kept.add(row["code"])
            words = [word for word in scope if word is not None]
            made.append(own_row(row, parameters, [] if "" in words else words, chosen, stored))
    return made


def own_parameters(row, chosen):
    """Return the parameters as plain data, tiers under the campaign's tags; None where no tier is left."""
    parameters = dict(row.get("parameters", {}))
    if row["method"] == Tiers.name:
        tiers = [
            [*line[:2], chosen(Asked(TAG, line[2]).key) if line[2] else "", *line[3:]] for line in parameters["rows"]
        ]
        parameters["rows"] = [line for line in tiers if line[2] is not None]
        if not parameters["rows"]:
            return None
    return plain_parameters(build(METHODS[row["method"]], parameters))


def own_row(row, parameters, scope, chosen, stored):
    """Return one row as the action that writes rows takes it."""
    rule = row_of(row)
    source = row.get("source", {})
    reads = Reads(source.get("reads", Reads.NOTHING))
    made = {
        "code": rule.code, "label": rule.label, "method": row["method"], "kind": rule.kind.value, "scope": scope,
        "parameters": parameters, "clause": rule.clause, "within": rule.within, "decimals": rule.decimals,
        "weight": decimal(rule.weight), "low": decimal(rule.low), "high": decimal(rule.high),
        "unreported": rule.unreported, "source": own_source(source, chosen, stored), "needs": [],
    }  # fmt: skip
    if reads != Reads.NOTHING:
        (first, *_more) = asked_by(source)
        made |= stored(first.kind, chosen(first.key))
    for need in row.get("needs", ()):
        (part,) = asked_by(need["source"])
        told = {"reads": need["source"]["reads"], **stored("need", chosen(part.key))}
        made["needs"].append({"source": told, "op": need["op"], "at": str(need["at"])})
    return made


def own_source(source, chosen, stored):
    """Return what a row reads beside its indicator or item, as plain data."""
    reads = Reads(source.get("reads", Reads.NOTHING))
    made = {"reads": reads.value}
    made |= {name: source[name] for name in ("against", "doubled") if name in source}
    if source.get("at_least") is not None:
        made["at_least"] = str(source["at_least"])
    if source.get("raters"):
        made["raters"] = [[rater, str(part)] for rater, part in source["raters"]]
    if source.get("more"):
        further = [chosen(Asked(FIGURE, key).key) for key, _label in source["more"]]
        made["more"] = [stored("more", row) for row in further]
    return made


def decimal(value):
    """Return an exact fraction as a decimal number; None stays None."""
    return None if value is None else Decimal(value.numerator) / value.denominator


def told_kind(part: Asked) -> str:
    """Say what something is that a rule set asks for."""
    return {FIGURE: "指标", COUNT: "计次事项", MARK: "评分事项", TAG: "项目属于", SCOPE: "适用组别"}[part.kind]


def told_reads(rules: RuleSet, part: Asked) -> str:
    """Say where a rule set reads something: the labels of its rows with what they read."""
    told = []
    for row in rules.rows:
        for source in sources(row):
            if part.key in {found.key for found in asked_by(source)}:
                told.append(f"{row['label']}（{READS[Reads(source['reads'])]}）")
    return "、".join(dict.fromkeys(told))
