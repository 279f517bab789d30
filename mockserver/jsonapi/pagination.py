"""Pages of a list: which records stand on one, and the links and numbers beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from mockserver.world.calls import Call, ListPage
from mockserver.world.ordered import Ordered


def paged(call: Call, items: Ordered | list[tuple[Any, ...]], name_at: int = 0) -> ListPage:
    """The page that `page[number]` and `page[size]` name, of items in list order.

    An item is `(*sort, key)`. `search[name]` keeps those whose sort entry at `name_at` contains
    the text in any case; it reads names, and touches no record that is not on the page.
    """
    needle = (call.query.get("search[name]") or "").casefold()
    if needle:
        items = [item for item in items if needle in item[name_at].casefold()]
    return _page(call, items)


def _page(call: Call, items: Ordered | list[tuple[Any, ...]]) -> ListPage:
    number, size = call.query["page[number]"], call.query["page[size]"]
    start = (number - 1) * size
    chosen: Iterable[tuple[Any, ...]] = (
        items.slice(start, size) if isinstance(items, Ordered) else items[start : start + size]
    )
    records = call.state.several([item[-1] for item in chosen])
    return ListPage(records, number, size, len(items))


def listed(call: Call, keys: Iterable[int]) -> ListPage:
    """Records in list order, as the query has left them: a page of them where the edition pages the
    list, else all as one page (decision: clients need the meta).
    """
    if "page[size]" in call.query:
        return _page(call, [(key,) for key in keys])
    return unpaged(call.state.several(keys))


def unpaged(items: Sequence[Any]) -> ListPage:
    """All of them on one page."""
    return ListPage(items, 1, len(items), len(items), paged=False)


def meta(page: ListPage) -> dict[str, Any]:
    """`meta.pagination`; the page asked for is echoed, even past the end."""
    pages = 1 if not page.paged else -(-page.total // page.size)
    number = page.number
    return {
        "pagination": {
            "current-page": number,
            "prev-page": number - 1 if number > 1 else None,
            "next-page": number + 1 if number < pages else None,
            "total-pages": pages,
            "total-count": page.total,
        }
    }


def page_links(page: ListPage, url: str, query: Mapping[str, Any]) -> dict[str, str | None]:
    """Absolute links with encoded brackets; search and include are kept."""
    pagination = meta(page)["pagination"]
    kept = {
        name: ",".join(value) if isinstance(value, list) else value
        for name, value in query.items()
        if not name.startswith("page[") and value
    }

    rest = f"&page%5Bsize%5D={page.size}" + (f"&{urlencode(kept)}" if kept else "")

    def link(number: int | None) -> str | None:
        return None if number is None else f"{url}?page%5Bnumber%5D={number}{rest}"

    return {
        "self": link(page.number),
        "first": link(1),
        "prev": link(pagination["prev-page"]),
        "next": link(pagination["next-page"]),
        "last": link(max(pagination["total-pages"], 1)),
    }
