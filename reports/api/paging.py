"""Pages of at most 100: what a request may ask for, and what an answer says of itself."""

from collections.abc import Callable
from math import ceil
from typing import Generic, TypeVar

from ninja import Field, Schema

LARGEST = 100
T = TypeVar("T")


class Paging(Schema):
    """Which page of which size."""

    page: int = Field(1, ge=1, le=1_000_000, description="第几页，从 1 起")
    size: int = Field(LARGEST, ge=1, le=LARGEST, description="每页几条，最多 100")

    @property
    def part(self):
        """The rows of the page, as a slice."""
        return slice((self.page - 1) * self.size, self.page * self.size)


class Page(Schema, Generic[T]):
    """One page of rows; count is all of them."""

    count: int
    page: int
    pages: int
    items: list[T]


def paged(rows, paging: Paging, value: Callable, count: int | None = None) -> dict:
    """Return one page of a queryset or a list, each row as value() gives it; a page beyond the last is empty."""
    if count is None:
        count = len(rows) if isinstance(rows, list | tuple) else rows.count()
    return heads(count, paging) | {"items": [value(row) for row in rows[paging.part]]}


def heads(count: int, paging: Paging) -> dict:
    """Return what a page says of itself."""
    return {"count": count, "page": paging.page, "pages": ceil(count / paging.size)}
