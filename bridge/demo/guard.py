"""Who may use the page's server: browsers on this machine that show its own page, and the daemon."""

from collections.abc import Awaitable, Callable

from aiohttp import web

PAGE = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "frame-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""The page loads nothing from elsewhere and runs nothing but its own files."""

MAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)
"""A mail's HTML part runs nothing and fetches nothing; its links open beside the page."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_HERE = frozenset({"127.0.0.1", "localhost"})
_OWN = frozenset({"same-origin", "none"})

Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def guard(request: web.Request, handler: Respond) -> web.StreamResponse:
    """Refuse names that lead here from elsewhere (DNS rebinding) and writing from other pages (CSRF)."""
    if request.url.host not in _HERE:
        raise web.HTTPMisdirectedRequest(text="this server answers to 127.0.0.1 and localhost only")
    if request.method not in {"GET", "HEAD"} and request.headers.get("Sec-Fetch-Site", "none") not in _OWN:
        raise web.HTTPForbidden(text="only the demo's own page may write here")
    return await handler(request)


async def dress(_request: web.Request, response: web.StreamResponse) -> None:
    """The headers of every answer; a mail brings a stricter policy of its own."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", PAGE)
