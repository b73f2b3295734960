"""Standard responses: an operator's texts with a few fields, in the language of the post."""

import re
from collections.abc import Mapping

from bridge.core.model import Post

FIELDS = ("customer", "handle", "name", "channel")
"""What a response may name in braces."""

_FIELD = re.compile(r"\{(\w{1,20})\}")


def chosen(responses: Mapping[str, str], name: str, post: Post, *, platform: str) -> str | None:
    """The response `name`, or its translation `name.LANG` where there is one, with its fields filled in.

    None where there is no such response.
    """
    wanted = name.strip().lower()
    template = responses.get(f"{wanted}.{post.lang}") if post.lang else None
    template = template if template is not None else responses.get(wanted)
    return None if template is None else filled(template, post, platform=platform)


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
