"""Standard responses at the foot of a proxy: their names, and links that begin the mail which uses one (RFC 6068)."""

from dataclasses import dataclass
from urllib.parse import quote

from bridge.core import showing
from bridge.core.proxies import Proxy

MAX_NAME = 40
_ADDRESS = "@"
"""The sign that stays as it is; a plus is spelled out, since some programs would make a space of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """One standard response."""

    name: str
    href: str
    """A `mailto:` link; empty where a mail from the agent's own mailbox would not be an answer."""


def ready(proxy: Proxy, *, reply: str, message_id: str) -> tuple[Ready, ...]:
    """The responses that there are for the post; each link says which proxy it answers, which some programs drop."""
    names = [showing.line(name, MAX_NAME) for name in proxy.responses]
    fields = {"subject": f"Re: {proxy.subject}", "In-Reply-To": message_id}
    return tuple(Ready(name=name, href=_link(reply, fields, name) if proxy.by_mail else "") for name in names)


def _link(reply: str, fields: dict[str, str], name: str) -> str:
    asked = fields | {"body": f"#use {name}"}
    query = "&".join(f"{field}={quote(showing.line(value, 1_000), safe='')}" for field, value in asked.items())
    return f"mailto:{quote(reply, safe=_ADDRESS)}?{query}"
