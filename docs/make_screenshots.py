"""Draws docs/img/proxy-*.png: the HTML part of made-up proxies in Debian's Chromium, by day and in the dark.

Run it with `python docs/make_screenshots.py` after a change of the look, and look at the pictures.
It fails where a page asks the network for anything: mails must not (E04).
"""

import asyncio
import shutil
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from email.policy import default
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, async_playwright

from bridge.core import render, wording
from bridge.core.conversation import Given, Record, Sent
from bridge.core.model import Author, Kind, Media, Post, Priority, Reason, Verdict, Visibility
from bridge.core.policy import ChannelPolicy, DeskPolicy, Limits
from bridge.core.proxies import Contact, Notice, Proxy
from bridge.core.replies import LetterKind, Reading
from bridge.core.split import measure
from bridge.letters.address import KeyRing
from bridge.letters.compose import Stationery, compose
from bridge.letters.profiles import PROFILES

IMAGES = Path(__file__).parent / "img"
PHONE, DESKTOP = 390, 680
AT = datetime(2026, 11, 24, 9, 41, tzinfo=UTC)
LIMITS = Limits(max_length=280, count=len, max_private_length=10_000, max_media=4)
CHANNEL = ChannelPolicy(name="x-acme", platform="X", limits=LIMITS, brand=("acme",))
DESK = DeskPolicy(name="support", live=True)
STATIONERY = Stationery(
    desk="support",
    to="queue@acd.example",
    brand="Acme",
    reply_domain="reply.acme.example",
    ring=KeyRing(keys={"k1": b"not a secret: for pictures only."}, signing="k1"),
    instance="docs",
    profile=PROFILES["plain"],
)


def post(post_id: str, text: str, *, author: Author, **changes: object) -> Post:
    """A public mention."""
    made = Post(
        channel="x-acme",
        id=post_id,
        kind=Kind.MENTION,
        visibility=Visibility.PUBLIC,
        thread="t1",
        author=author,
        text=text,
        at=AT,
        url=f"https://x.example/{author.handle}/status/{post_id}",
        lang="en",
        answers=frozenset(Visibility),
    )
    return replace(made, **changes)  # type: ignore[arg-type] # names and types are checked by replace when it runs


JANE = Author(id="4711", handle="jane_doe", name="Jane Doe", reach=12_400, since=datetime(2019, 3, 1, tzinfo=UTC))
FIRST = post("170", "Your login page shows an error, again.", author=JANE, at=AT - timedelta(hours=2))
SECOND = post(
    "171",
    "I can't log in since this morning. Is the site down again?\n\n"
    "Third time this month, and nobody tells us anything. I have a deadline at noon.",
    author=JANE,
    media=(Media(url="https://x.example/media/1.png", type="image/png", alt="an error page"),),
)
URGENT = Verdict(
    route="urgent",
    desk="support",
    priority=Priority.HIGH,
    points=5,
    tags=("outage", "login"),
    lang="en",
    target=timedelta(hours=1),
    why=(
        Reason(rule="outage", hit=True, detail="down"),
        Reason(rule="cannot-log-in", hit=True, detail="can't log in"),
        Reason(rule="repeated", hit=True, detail="third time"),
    ),
)


def ordinary() -> Proxy:
    """A follow-up with a thread and an earlier contact."""
    record = replace(
        Record(key=FIRST.conversation, posts=(FIRST,)),
        given=(
            Given(
                key="a",
                text="Sorry to hear that, Jane. We are looking into it and will tell you here.",
                at=AT - timedelta(hours=1),
                published="r1",
            ),
        ),
    )
    contacts = (
        Contact(
            channel="forum", at=AT - timedelta(days=21), text="How do I change my invoice address?", phase="answered"
        ),
    )
    made = render.proxy(
        record, SECOND, URGENT, desk=DESK, channel=CHANNEL, contacts=contacts, now=AT, delimiter="k3v9x7q2", gap=""
    )
    return replace(made, responses=("outage", "sorry", "thanks"), by_mail=True)


def doubtful() -> Proxy:
    """A review with everything that must not be overlooked."""
    author = Author(id="90210", handle="acme_he1p", name="\u0410cme Help", reach=3)
    review = post(
        "172",
        "لا يعمل الموقع منذ الصباح. هل من مساعدة؟\nhttps://\u0430cme.example/refund",
        author=author,
        kind=Kind.REVIEW,
        rating=1,
        lang="ar",
        answers=frozenset({Visibility.PUBLIC}),
    )
    verdict = replace(
        URGENT,
        route="reviews",
        priority=Priority.URGENT,
        tags=("review",),
        points=2,
        target=None,
        why=(Reason(rule="one-star", hit=True, detail="1 star"),),
    )
    return render.proxy(
        Record(key=review.conversation), review, verdict, desk=replace(DESK, live=False), channel=CHANNEL,
        contacts=(), now=AT, delimiter="k3v9x7q2", gap="3 h 20 min",
    )  # fmt: skip


def too_long() -> Notice:
    """A notice about an answer that does not fit."""
    proxy = ordinary()
    sent = Sent(
        key=proxy.key, post=SECOND.id, fingerprint=SECOND.fingerprint, message_id="<k3v9x7q2@reply.acme.example>",
        desk="support", text="", delimiter="k3v9x7q2", at=AT,
    )  # fmt: skip
    record = Record(key=FIRST.conversation, posts=(FIRST, SECOND), sent=(sent,), subject=proxy.subject)
    text = (
        "Hi Jane, we are very sorry for the trouble this morning. One of our data centres lost its power at 7:10, and the "
        "machines behind the login did not come back as they should. Since 9:30 everything works again; if it does not "
        "for you, please close the browser and try once more. We owe you a better status page."
    )
    overrun = measure(text, limit=280, count=len, unit="characters")
    assert overrun is not None
    reading = Reading(fingerprint="f1", kind=LetterKind.REPLY, text=text)
    return wording.too_long(record, reading, overrun, whole=False, desk="support", to="ann@acme.example", now=AT)


def page(message: Proxy | Notice) -> str:
    """The HTML part as it is sent."""
    body = BytesParser(policy=default).parsebytes(compose(message, STATIONERY).content).get_body(("html",))
    assert body is not None
    return str(body.get_content())


Scheme = Literal["light", "dark"]
PICTURES: Mapping[str, tuple[str, Scheme, int]] = {
    "proxy-light": ("ordinary", "light", DESKTOP),
    "proxy-dark": ("ordinary", "dark", DESKTOP),
    "proxy-warnings-light": ("doubtful", "light", DESKTOP),
    "proxy-warnings-dark": ("doubtful", "dark", DESKTOP),
    "proxy-notice-light": ("too_long", "light", DESKTOP),
    "proxy-notice-dark": ("too_long", "dark", DESKTOP),
    "proxy-phone-dark": ("ordinary", "dark", PHONE),
}


async def draw(browser: Browser, html: str, *, scheme: Scheme, width: int, path: Path) -> None:
    """One picture of a whole page; raises RuntimeError where the page asks the network for anything."""
    asked: list[str] = []
    surface = await browser.new_page(
        color_scheme=scheme, viewport={"width": width, "height": 400}, device_scale_factor=1.5
    )
    surface.on("request", lambda request: asked.append(request.url))
    await surface.set_content(html)
    await surface.screenshot(path=path, full_page=True)
    await surface.close()
    if asked:
        raise RuntimeError(f"the page asks for {asked}")


async def main() -> None:
    """Draw all pictures."""
    program = shutil.which("chromium")
    if program is None:
        sys.exit("chromium is missing: apt-get install chromium")
    pages = {message.__name__: page(message()) for message in (ordinary, doubtful, too_long)}
    IMAGES.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for name, (message, scheme, width) in PICTURES.items():
            await draw(browser, pages[message], scheme=scheme, width=width, path=IMAGES / f"{name}.png")
        await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
