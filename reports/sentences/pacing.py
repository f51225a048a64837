"""Clauses on who keeps pace with the time progress, who is behind, who has nothing."""

NAMED = 10  # how many units are named before 等…个单位


def units_counted(names, most: int = NAMED) -> str:
    """Count units and name them: 3个（甲镇、乙镇、丙镇）; of many the first ones."""
    names = list(names)
    told = "、".join(names[:most]) + ("等" if len(names) > most else "")
    return f"{len(names)}个（{told}）"


def pace_clause(row) -> str:
    """Say how many units keep pace on an indicator, how many do not, who is farthest behind."""
    if row.owing == 1:
        return f"{row.name}有任务的1个单位{only_unit(row)}"
    if not row.behind and not row.silent:
        return f"{row.name}{row.owing}个单位全部达到序时进度"
    counts = [f"{len(row.keeping)}个单位达到序时进度"] if row.keeping else []
    if row.behind:
        many = "全部" if len(row.behind) == row.owing else ""
        counts.append(f"{len(row.behind)}个{'' if row.keeping else '单位'}{many}落后")
    if row.silent:
        counts.append(f"{len(row.silent)}个{'' if counts else '单位'}未报数")
    return f"{row.name}{'、'.join(counts)}{farthest(row)}"


def only_unit(row) -> str:
    """Say where the only unit with a quota stands."""
    if row.silent:
        return f"（{row.silent[0]}）未报数"
    unit = (row.keeping or row.behind)[0]
    return f"（{unit.unit}）{unit.text}"


def farthest(row) -> str:
    """Name who is farthest behind; nothing where nobody is, or all are level."""
    if not row.behind or (len(row.behind) > 1 and row.behind[0].lead == row.behind[-1].lead and not row.keeping):
        return f"，均{row.behind[0].text}" if row.behind else ""
    last = [unit.unit for unit in row.behind if unit.lead == row.behind[0].lead]
    text = row.behind[0].text
    if len(last) > 3:
        return f"，差距最大的{len(last)}个单位均{text}"
    return f"，{'、'.join(last)}{'均' if len(last) > 1 else ''}{text}" + ("，差距最大" if len(row.behind) > 1 else "")


def nothing_clause(row) -> str:
    """Say how many units stand at zero on an indicator and who did not report; "" where neither is."""
    told = []
    if row.zero:
        told.append(f"{units_counted(row.zero)}为零" if len(row.zero) < row.owing else all_at_zero(row))
    if row.silent:
        told.append(f"{units_counted(row.silent)}未报数" if len(row.silent) < row.owing else "有任务的单位均未报数")
    return f"{row.name}{'，'.join(told)}" if told else ""


def all_at_zero(row) -> str:
    """Say that all units with a quota stand at zero."""
    return "有任务的单位均为零" if row.owing > 1 else f"有任务的1个单位（{row.zero[0]}）为零"


def need_clause(need) -> str:
    """Say what is missing to the quota and how much a week that takes."""
    return f"{need.name}尚差{need.gap.text}" + (f"，{need.a_week}" if need.a_week else "")
