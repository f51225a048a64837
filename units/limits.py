"""Limits that a process sets itself before it touches what a stranger sent. Imports no Django."""

import resource


def bound(*, memory: int, seconds: int, writes: bool = True) -> None:
    """Bound memory in bytes and processor time, leave no core behind and, if asked to, write no file."""
    bounds = [(resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds)]
    for kind, most in bounds if writes else [(resource.RLIMIT_FSIZE, 0), *bounds]:
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
