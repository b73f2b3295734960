"""A search of Mastodon's as a listing: it pages from the newest post to the past only, and whoever reads it wants to go on."""

from collections.abc import Mapping

import msgspec

from bridge.channels._api import Api
from bridge.channels._mastodon.listing import Fetch, Portion, named
from bridge.channels._mastodon.shapes import order

_PAGES = 20
"""Pages of forty that are read down to the place where the search was left."""


class _Found(msgspec.Struct, frozen=True):
    statuses: list[msgspec.Raw]


def searching(api: Api, words: str) -> Fetch:
    """Everything above `min_id` that the server finds, or one page; where that is too much, the newest of it."""

    async def fetch(bounds: Mapping[str, str]) -> Portion:
        found: list[msgspec.Raw] = []
        for _ in range(_PAGES):
            query = {"q": words, "type": "statuses", "limit": "40", **bounds}
            page = (await api.ask("/api/v2/search", query, _Found)).statuses
            found += page
            lowest = min(filter(None, map(named, page)), key=order, default="")
            if "min_id" not in bounds or not lowest:
                return Portion(raws=found)
            bounds = {**bounds, "max_id": lowest}
        return Portion(raws=found, cut_at=bounds["max_id"])

    return fetch
