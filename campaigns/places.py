"""Places: competition ranking (1, 2, 2, 4), overall and within groups; pure."""

from collections import defaultdict
from itertools import groupby
from operator import itemgetter


def competition_ranks(values: dict) -> dict:
    """Return {key: (rank, tied)} by value from high to low: 1, 2, 2, 4."""
    # floats only tell apart faster what they can, the exact value decides the rest
    ordered = sorted((((float(value), value), key) for key, value in values.items()), key=itemgetter(0), reverse=True)
    ranks, place = {}, 1
    for _value, equals in groupby(ordered, key=itemgetter(0)):
        keys = [key for _value, key in equals]
        ranks |= dict.fromkeys(keys, (place, len(keys) > 1))
        place += len(keys)
    return ranks


def ranks_within_groups(values: dict, group_of: dict) -> dict:
    """Return {key: (rank, tied)} within each group; keys whose value is None have no rank."""
    by_group = defaultdict(dict)
    for key, value in values.items():
        if value is not None:
            by_group[group_of[key]][key] = value
    ranks = {}
    for group_values in by_group.values():
        ranks |= competition_ranks(group_values)
    return ranks
