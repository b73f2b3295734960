"""Standard responses: an operator's texts with a few fields, in the language of the post."""

import re
from collections.abc import Iterator, Mapping

from bridge.core.model import Post

FIELDS = ("customer", "handle", "name", "channel")
"""What a response may name in braces."""

MAX_OFFERED = 12
"""Responses that a proxy lists; all others are used by name."""

_FIELD = re.compile(r"\{(\w{1,20})\}")


def chosen(responses: Mapping[str, str], name: str, post: Post, *, platform: str) -> str | None:
    """The response `name`, or its translation `name.LANG` where there is one, with its fields filled in.

    None where there is no such response.
    """
    template = _template(responses, name.strip().lower(), post.lang)
    return None if template is None else filled(template, post, platform=platform)


def offered(responses: Mapping[str, str], post: Post) -> tuple[str, ...]:
    """The names of the responses that there are for this post, at most MAX_OFFERED of them; none where nobody can answer."""
    names = sorted({name.partition(".")[0] for name in responses}) if post.answers else []
    return tuple(name for name in names if _template(responses, name, post.lang) is not None)[:MAX_OFFERED]


def _template(responses: Mapping[str, str], name: str, lang: str) -> str | None:
    return next((responses[each] for each in _spellings(name, lang) if each in responses), None)


def _spellings(name: str, lang: str) -> Iterator[str]:
    """From the most particular to the least: de-at, de, and no language at all."""
    lang = lang.lower()
    if lang:
        yield f"{name}.{lang}"
        yield f"{name}.{lang.partition('-')[0]}"
    yield name


def unknown_fields(template: str) -> tuple[str, ...]:
    """Names in braces that are no fields, and would be sent as they stand."""
    return tuple(name for name in _FIELD.findall(template) if name not in FIELDS)


def filled(template: str, post: Post, *, platform: str) -> str:
    """The template with its fields; what is no field stays as it is, and values are never read as templates (E16)."""
    author = post.author
    values = {
        "customer": author.name or author.handle,
        "handle": author.handle,
        "name": author.name or author.handle,
        "channel": platform,
    }
    return _FIELD.sub(lambda field: values.get(field[1], field[0]), template).strip()
